// Packed masks on the GPU. Packing and unpacking: a warp a word, limited by memory. Areas and
// boxes: a block a mask. IoU: a block for 4 × 4 pairs, each thread some words of the region where
// any of their boxes overlap; limited by 16 population counts for 8 words read.
#pragma once

#include <kernels/block/reduce.cuh>
#include <kernels/mask_gpu.hpp>
#include <kernels/portable.cuh>

#include <algorithm>

namespace kernels::inline KERNELS_ABI::gpu {

struct mask_tuning {
  static constexpr int kWarps = 8;
  static constexpr int kPairWarps = 4;
  static constexpr int kTile = 4;  ///< masks on each side of a tile of pairs
  static constexpr std::int64_t kMostBlocks = 1 << 16;
};

/// A batch of packed masks, or of pixels, as a kernel sees it.
template <class T>
struct mask_rows {
  T* data;
  std::int64_t mask_stride, row_stride;
  std::int64_t height, words;  ///< words: of a packed row
  __device__ __forceinline__ T* row(std::int64_t mask, std::int64_t y) const {
    return data + (mask * mask_stride + y * row_stride);
  }
};
template <class T>
mask_rows<T> as_mask_rows(const view<T, 3, space::device>& v, std::int64_t words) {
  return {v.data, v.stride[0], v.stride[1], v.extent[1], words};
}

/// Grid: any; a warp takes words in strides.
template <class Word>
__global__ void __launch_bounds__(32 * mask_tuning::kWarps)
    pack_masks_kernel(mask_rows<const std::uint8_t> pixels, mask_rows<Word> masks,
                      std::int64_t width, std::int64_t count) {
  const std::int32_t lane = static_cast<std::int32_t>(threadIdx.x % 32);
  const std::int64_t warps = std::int64_t{gridDim.x} * mask_tuning::kWarps;
  for (std::int64_t k = std::int64_t{blockIdx.x} * mask_tuning::kWarps + threadIdx.x / 32;
       k < count; k += warps) {
    const std::int64_t row = k / masks.words;
    const std::int64_t x = (k - row * masks.words) * kMaskBits;
    const std::int64_t n = row / masks.height;
    const std::int64_t y = row - n * masks.height;
    const std::uint8_t* p = pixels.row(n, y) + x;
    const bool low = x + lane < width && p[lane] != 0;
    const bool high = x + 32 + lane < width && p[32 + lane] != 0;
    const std::uint32_t low_word = __ballot_sync(0xffffffffU, low);
    const std::uint32_t high_word = __ballot_sync(0xffffffffU, high);
    if (lane == 0) masks.row(n, y)[x / kMaskBits] = Word{high_word} << 32 | low_word;
  }
}

template <class Word>
__global__ void __launch_bounds__(32 * mask_tuning::kWarps)
    unpack_masks_kernel(mask_rows<const Word> masks, mask_rows<std::uint8_t> pixels,
                        std::int64_t width, std::int64_t count, std::uint8_t value) {
  const std::int32_t lane = static_cast<std::int32_t>(threadIdx.x % 32);
  const std::int64_t warps = std::int64_t{gridDim.x} * mask_tuning::kWarps;
  for (std::int64_t k = std::int64_t{blockIdx.x} * mask_tuning::kWarps + threadIdx.x / 32;
       k < count; k += warps) {
    const std::int64_t row = k / masks.words;
    const std::int64_t x = (k - row * masks.words) * kMaskBits;
    const std::int64_t n = row / masks.height;
    const std::int64_t y = row - n * masks.height;
    const Word word = masks.row(n, y)[x / kMaskBits];
    std::uint8_t* p = pixels.row(n, y) + x;
    if (x + lane < width) p[lane] = (word >> lane & 1) != 0 ? value : std::uint8_t{0};
    if (x + 32 + lane < width) {
      p[32 + lane] = (word >> (32 + lane) & 1) != 0 ? value : std::uint8_t{0};
    }
  }
}

/// What a block knows of one mask, in thread 0.
template <class Word>
__device__ __forceinline__ math::mask_facts block_mask_facts(const mask_rows<const Word>& masks,
                                                             std::int64_t n) {
  constexpr int kWarps = mask_tuning::kWarps;
  constexpr std::int32_t kFar = 1 << 30;
  std::int64_t area = 0;
  box<std::int32_t> b{kFar, kFar, 0, 0};
  const std::int64_t size = masks.height * masks.words;
  for (std::int64_t k = threadIdx.x; k < size; k += blockDim.x) {
    const std::int64_t row = k / masks.words;
    const std::int64_t column = k - row * masks.words;
    const Word word = masks.row(n, row)[column];
    if (word == 0) continue;
    area += math::count_bits(word);
    const auto x = static_cast<std::int32_t>(column * kMaskBits);
    const auto y = static_cast<std::int32_t>(row);
    b.left = exact::min(b.left, x + math::lowest_bit(word));
    b.right = exact::max(b.right, x + math::highest_bit(word) + 1);
    b.top = exact::min(b.top, y);
    b.bottom = exact::max(b.bottom, y + 1);
  }
  const auto add = [](std::int64_t p, std::int64_t q) { return p + q; };
  const auto less = [](std::int32_t p, std::int32_t q) { return exact::min(p, q); };
  const auto more = [](std::int32_t p, std::int32_t q) { return exact::max(p, q); };
  area = block_reduce<kWarps>(area, std::int64_t{0}, add);
  b.left = block_reduce<kWarps>(b.left, kFar, less);
  b.top = block_reduce<kWarps>(b.top, kFar, less);
  b.right = block_reduce<kWarps>(b.right, 0, more);
  b.bottom = block_reduce<kWarps>(b.bottom, 0, more);
  if (area == 0) b = {0, 0, 0, 0};
  return {area, b};
}

/// Where to leave the facts of masks; null: nowhere.
struct mask_facts_outputs {
  math::mask_facts* facts;
  std::int64_t* areas;
  std::int64_t area_stride;
  box<std::int32_t>* boxes;
  std::int64_t box_stride;
};

/// Grid: any; a block takes masks in strides.
template <class Word>
__global__ void __launch_bounds__(32 * mask_tuning::kWarps)
    mask_facts_kernel(mask_rows<const Word> masks, std::int64_t count, mask_facts_outputs out) {
  for (std::int64_t n = blockIdx.x; n < count; n += gridDim.x) {
    const math::mask_facts facts = block_mask_facts(masks, n);
    if (threadIdx.x != 0) continue;
    if (out.facts != nullptr) out.facts[n] = facts;
    if (out.areas != nullptr) out.areas[n * out.area_stride] = facts.area;
    if (out.boxes != nullptr) out.boxes[n * out.box_stride] = facts.bounds;
  }
}

/// One side of a matrix of pairs.
struct mask_side {
  mask_rows<const std::uint64_t> masks;
  const math::mask_facts* facts;
  const std::int32_t* order;  ///< which mask stands at a place, or null: in the order given
  std::int64_t count;
  __device__ __forceinline__ std::int64_t at(std::int64_t place) const {
    return order != nullptr ? order[place] : place;
  }
};

/// The pixels that the kTile × kTile pairs from places (i0, j0) share, and gives each to
/// use(i, j, shared, facts of i, facts of j) in thread 0.
template <class Use>
__device__ __forceinline__ void block_mask_pairs(const mask_side& a, const mask_side& b,
                                                 std::int64_t i0, std::int64_t j0, const Use& use) {
  constexpr int kTile = mask_tuning::kTile;
  const std::int64_t na = exact::min(std::int64_t{kTile}, a.count - i0);
  const std::int64_t nb = exact::min(std::int64_t{kTile}, b.count - j0);
  // the words in which any pair of the tile can meet; places beyond the end repeat the last mask
  box<std::int32_t> where{1 << 30, 1 << 30, 0, 0};
  const std::uint64_t* pa[kTile];
  const std::uint64_t* pb[kTile];
  KERNELS_UNROLL
  for (int i = 0; i < kTile; ++i) {
    pa[i] = a.masks.row(a.at(i0 + exact::min(std::int64_t{i}, na - 1)), 0);
    pb[i] = b.masks.row(b.at(j0 + exact::min(std::int64_t{i}, nb - 1)), 0);
  }
  for (std::int64_t i = 0; i < na; ++i) {
    for (std::int64_t j = 0; j < nb; ++j) {
      const auto s = math::shared_words(a.facts[a.at(i0 + i)].bounds, b.facts[b.at(j0 + j)].bounds);
      if (s.top >= s.bottom) continue;
      where = {exact::min(where.left, s.left), exact::min(where.top, s.top),
               exact::max(where.right, s.right), exact::max(where.bottom, s.bottom)};
    }
  }
  std::int64_t shared[kTile][kTile] = {};
  const std::int64_t across = where.right - where.left;
  const std::int64_t size = where.top < where.bottom ? across * (where.bottom - where.top) : 0;
  for (std::int64_t k = threadIdx.x; k < size; k += blockDim.x) {
    const std::int64_t y = k / across;
    const std::int64_t x = where.left + (k - y * across);
    const std::int64_t row = where.top + y;
    std::uint64_t wa[kTile];
    std::uint64_t wb[kTile];
    KERNELS_UNROLL
    for (int i = 0; i < kTile; ++i) {
      wa[i] = pa[i][row * a.masks.row_stride + x];
      wb[i] = pb[i][row * b.masks.row_stride + x];
    }
    KERNELS_UNROLL
    for (int i = 0; i < kTile; ++i) {
      KERNELS_UNROLL
      for (int j = 0; j < kTile; ++j) shared[i][j] += math::count_bits(wa[i] & wb[j]);
    }
  }
  const auto add = [](std::int64_t p, std::int64_t q) { return p + q; };
  KERNELS_UNROLL
  for (int i = 0; i < kTile; ++i) {
    KERNELS_UNROLL
    for (int j = 0; j < kTile; ++j) {
      const std::int64_t sum =
          size > 0 ? block_reduce<mask_tuning::kPairWarps>(shared[i][j], std::int64_t{0}, add) : 0;
      if (threadIdx.x != 0 || i >= na || j >= nb) continue;
      use(i0 + i, j0 + j, sum, a.facts[a.at(i0 + i)], b.facts[b.at(j0 + j)]);
    }
  }
}

/// Grid: tiles of b × tiles of a, both in strides.
template <class T>
__global__ void __launch_bounds__(32 * mask_tuning::kPairWarps)
    mask_iou_kernel(mask_side a, mask_side b, T* out, std::int64_t out_stride) {
  constexpr std::int64_t kTile = mask_tuning::kTile;
  for (std::int64_t i = blockIdx.y * kTile; i < a.count; i += gridDim.y * kTile) {
    for (std::int64_t j = blockIdx.x * kTile; j < b.count; j += gridDim.x * kTile) {
      block_mask_pairs(a, b, i, j,
                       [&](std::int64_t y, std::int64_t x, std::int64_t shared,
                           const math::mask_facts& fa, const math::mask_facts& fb) {
                         out[y * out_stride + x] = math::mask_iou<T>(shared, fa.area, fb.area);
                       });
    }
  }
}

/// Blocks for that many pieces of work.
inline unsigned mask_blocks(std::int64_t pieces) {
  return static_cast<unsigned>(std::clamp<std::int64_t>(pieces, 1, mask_tuning::kMostBlocks));
}

template <class Word>
void pack_masks(CUstream_st* stream, view<const std::uint8_t, 3, space::device> pixels,
                view<Word, 3, space::device> masks) {
  check_packing("pack_masks", pixels, masks);
  const std::int64_t count = masks.size();
  if (count == 0) return;
  check_device_pointer("pack_masks", "pixels", pixels.data);
  check_device_pointer("pack_masks", "masks", masks.data);
  constexpr std::int64_t kWarps = mask_tuning::kWarps;
  launch(stream,
         {dim3(mask_blocks((count + kWarps - 1) / kWarps), 1, 1), dim3(32 * kWarps, 1, 1), 0},
         &pack_masks_kernel<Word>, as_mask_rows(pixels, masks.extent[2]),
         as_mask_rows(masks, masks.extent[2]), pixels.extent[2], count);
}

template <class Word>
void unpack_masks(CUstream_st* stream, view<const Word, 3, space::device> masks,
                  view<std::uint8_t, 3, space::device> pixels, std::uint8_t value) {
  check_packing("unpack_masks", pixels, masks);
  const std::int64_t count = masks.size();
  if (count == 0) return;
  check_device_pointer("unpack_masks", "masks", masks.data);
  check_device_pointer("unpack_masks", "pixels", pixels.data);
  constexpr std::int64_t kWarps = mask_tuning::kWarps;
  launch(stream,
         {dim3(mask_blocks((count + kWarps - 1) / kWarps), 1, 1), dim3(32 * kWarps, 1, 1), 0},
         &unpack_masks_kernel<Word>, as_mask_rows(masks, masks.extent[2]),
         as_mask_rows(pixels, masks.extent[2]), pixels.extent[2], count, value);
}

/// Queues the facts of a batch of masks; at least one mask.
inline void launch_mask_facts(CUstream_st* stream,
                              const view<const std::uint64_t, 3, space::device>& masks,
                              const mask_facts_outputs& out) {
  launch(stream,
         {dim3(mask_blocks(masks.extent[0]), 1, 1), dim3(32 * mask_tuning::kWarps, 1, 1), 0},
         &mask_facts_kernel<std::uint64_t>, as_mask_rows(masks, masks.extent[2]), masks.extent[0],
         out);
}

template <class Word>
void mask_areas(CUstream_st* stream, view<const Word, 3, space::device> masks,
                view<std::int64_t, 1, space::device> areas) {
  check_masks("mask_areas", "masks", masks);
  check_array("mask_areas", "areas", areas, {masks.extent[0]});
  if (masks.extent[0] == 0) return;
  check_device_pointer("mask_areas", "areas", areas.data);
  launch_mask_facts(stream, masks, {nullptr, areas.data, areas.stride[0], nullptr, 0});
}

template <class Word>
void mask_boxes(CUstream_st* stream, view<const Word, 3, space::device> masks,
                view<box<std::int32_t>, 1, space::device> boxes) {
  check_masks("mask_boxes", "masks", masks);
  check_array("mask_boxes", "boxes", boxes, {masks.extent[0]});
  if (masks.extent[0] == 0) return;
  check_device_pointer("mask_boxes", "boxes", boxes.data);
  launch_mask_facts(stream, masks, {nullptr, nullptr, 0, boxes.data, boxes.stride[0]});
}

template <class T>
void mask_iou(CUstream_st* stream, view<const std::uint64_t, 3, space::device> a,
              view<const std::uint64_t, 3, space::device> b, view<T, 2, space::device> iou,
              view<std::byte, 1, space::device> workspace) {
  check_mask_iou(a, b, iou);
  workspace_carver carver(workspace);
  const auto pieces = mask_iou_layout(carver, a.extent[0], b.extent[0]);
  if (iou.size() == 0) return;
  check_device_pointer("mask_iou", "iou", iou.data);
  check_device_pointer("mask_iou", "workspace", workspace.data);
  launch_mask_facts(stream, a, {pieces.a, nullptr, 0, nullptr, 0});
  launch_mask_facts(stream, b, {pieces.b, nullptr, 0, nullptr, 0});
  constexpr std::int64_t kTile = mask_tuning::kTile;
  const auto tiles = [](std::int64_t n) {
    return static_cast<unsigned>(std::min<std::int64_t>((n + kTile - 1) / kTile, 32768));
  };
  launch(stream,
         {dim3(tiles(b.extent[0]), tiles(a.extent[0]), 1), dim3(32 * mask_tuning::kPairWarps, 1, 1),
          0},
         &mask_iou_kernel<T>,
         mask_side{as_mask_rows(a, a.extent[2]), pieces.a, nullptr, a.extent[0]},
         mask_side{as_mask_rows(b, b.extent[2]), pieces.b, nullptr, b.extent[0]}, iou.data,
         iou.stride[0]);
}

}  // namespace kernels::inline KERNELS_ABI::gpu
