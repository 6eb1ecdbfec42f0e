// mask_nms on the GPU: areas and boxes; the order by counting who comes before; a bit for each pair
// of places whose IoU is above the threshold; and one block that walks over 64 places at a time.
// Nothing but integer atomics, whose order does not matter.
#pragma once

#include <kernels/mask.cuh>
#include <kernels/mask_nms_gpu.hpp>

namespace kernels::inline KERNELS_ABI::gpu {

struct mask_nms_tuning {
  static constexpr int kThreads = 256;
};

struct mask_scores {
  const float* data;
  std::int64_t stride, count;
  float threshold;
  __device__ __forceinline__ float at(std::int64_t n) const { return data[n * stride]; }
};

/// Zeroes the bits and the number of places. Grid: any.
template <int = 0>
__global__ void __launch_bounds__(mask_nms_tuning::kThreads)
    mask_nms_clear_kernel(mask_nms_pieces pieces, std::int64_t n, std::int64_t words) {
  const std::int64_t first = std::int64_t{blockIdx.x} * blockDim.x + threadIdx.x;
  const std::int64_t threads = std::int64_t{gridDim.x} * blockDim.x;
  if (first == 0) *pieces.places = 0;
  for (std::int64_t k = first; k < n * words; k += threads) pieces.above[k] = 0;
  for (std::int64_t k = first; k < words; k += threads) pieces.removed[k] = 0;
}

/// Grid: any; a thread a mask.
template <int = 0>
__global__ void __launch_bounds__(mask_nms_tuning::kThreads)
    mask_nms_order_kernel(mask_scores scores, mask_nms_pieces pieces) {
  const std::int64_t threads = std::int64_t{gridDim.x} * blockDim.x;
  for (std::int64_t n = std::int64_t{blockIdx.x} * blockDim.x + threadIdx.x; n < scores.count;
       n += threads) {
    const float own = scores.at(n);
    if (!(own > scores.threshold)) continue;
    std::int32_t place = 0;
    for (std::int64_t k = 0; k < scores.count; ++k) {
      // one that comes before takes part too
      place += math::mask_before(scores.at(k), k, own, n) ? 1 : 0;
    }
    pieces.order[place] = static_cast<std::int32_t>(n);
    atomicAdd(pieces.places, 1);
  }
}

/// Grid: tiles × tiles, in strides; pairs (i, j) of places with i < j.
template <int = 0>
__global__ void __launch_bounds__(32 * mask_tuning::kPairWarps)
    mask_nms_pairs_kernel(mask_rows<const std::uint64_t> masks, mask_nms_pieces pieces,
                          std::int64_t words, double threshold) {
  constexpr std::int64_t kTile = mask_tuning::kTile;
  const mask_side side{masks, pieces.facts, pieces.order, *pieces.places};
  for (std::int64_t i = blockIdx.y * kTile; i < side.count; i += gridDim.y * kTile) {
    for (std::int64_t j = blockIdx.x * kTile; j < side.count; j += gridDim.x * kTile) {
      if (j + kTile <= i + 1) continue;
      block_mask_pairs(side, side, i, j,
                       [&](std::int64_t a, std::int64_t b, std::int64_t shared,
                           const math::mask_facts& fa, const math::mask_facts& fb) {
                         if (a >= b) return;
                         if (!(math::mask_iou<double>(shared, fa.area, fb.area) > threshold))
                           return;
                         atomicOr(pieces.above + (a * words + b / kMaskBits),
                                  1ULL << b % kMaskBits);
                       });
    }
  }
}

/// One block.
template <int = 0>
__global__ void __launch_bounds__(mask_nms_tuning::kThreads)
    mask_nms_scan_kernel(mask_nms_pieces pieces, std::int64_t words, std::int32_t* kept,
                         std::int64_t kept_stride, std::int64_t n, std::int32_t* count) {
  KERNELS_SHARED(unsigned long long, diagonal, 64);
  KERNELS_SHARED(unsigned long long, chosen, 1);
  const std::int64_t places = *pieces.places;
  std::int64_t found = 0;
  for (std::int64_t w = 0; w * kMaskBits < places; ++w) {
    const std::int64_t here = exact::min(kMaskBits, places - w * kMaskBits);
    if (threadIdx.x < here) {
      diagonal[threadIdx.x] = pieces.above[(w * kMaskBits + threadIdx.x) * words + w];
    }
    __syncthreads();
    if (threadIdx.x == 0) {
      unsigned long long gone = pieces.removed[w];
      unsigned long long stay = 0;
      for (std::int64_t b = 0; b < here; ++b) {
        if ((gone >> b & 1) != 0) continue;
        stay |= 1ULL << b;
        gone |= diagonal[b];
      }
      chosen[0] = stay;
    }
    __syncthreads();
    const unsigned long long stay = chosen[0];
    for (std::int64_t v = w + 1 + threadIdx.x; v * kMaskBits < places; v += blockDim.x) {
      unsigned long long gone = pieces.removed[v];
      for (unsigned long long rest = stay; rest != 0; rest &= rest - 1) {
        gone |= pieces.above[(w * kMaskBits + math::lowest_bit(rest)) * words + v];
      }
      pieces.removed[v] = gone;
    }
    if (threadIdx.x < 64 && (stay >> threadIdx.x & 1) != 0) {
      const std::int64_t at = found + math::count_bits(stay & math::low_bits(threadIdx.x));
      kept[at * kept_stride] = pieces.order[w * kMaskBits + threadIdx.x];
    }
    found += math::count_bits(stay);
  }
  for (std::int64_t k = found + threadIdx.x; k < n; k += blockDim.x) kept[k * kept_stride] = -1;
  if (threadIdx.x == 0) *count = static_cast<std::int32_t>(found);
}

/// The launcher behind kernels::mask_nms(on_gpu(stream), …).
template <class Word>
void mask_nms(CUstream_st* stream, view<const Word, 3, space::device> masks,
              view<const float, 1, space::device> scores, view<std::int32_t, 1, space::device> kept,
              view<std::int32_t, 1, space::device> count, const mask_nms_options& options,
              view<std::byte, 1, space::device> workspace) {
  check_mask_nms(masks, scores, kept, count, options);
  const std::int64_t n = masks.extent[0];
  const std::int64_t words = mask_words(n);
  workspace_carver carver(workspace);
  const auto pieces = mask_nms_layout(carver, n);
  check_device_pointer("mask_nms", "count", count.data);
  check_device_pointer("mask_nms", "workspace", workspace.data);
  constexpr int kThreads = mask_nms_tuning::kThreads;
  const auto blocks = [](std::int64_t work) {
    return mask_blocks((work + kThreads - 1) / kThreads);
  };
  const dim3 block(kThreads, 1, 1);
  launch(stream, {dim3(blocks(n * words), 1, 1), block, 0}, &mask_nms_clear_kernel<0>, pieces, n,
         words);
  if (n > 0) {
    check_device_pointer("mask_nms", "kept", kept.data);
    launch_mask_facts(stream, masks, {pieces.facts, nullptr, 0, nullptr, 0});
    launch(stream, {dim3(blocks(n), 1, 1), block, 0}, &mask_nms_order_kernel<0>,
           mask_scores{scores.data, scores.stride[0], n, options.score_threshold}, pieces);
    const auto tiles = static_cast<unsigned>(
        std::min<std::int64_t>((n + mask_tuning::kTile - 1) / mask_tuning::kTile, 4096));
    launch(stream, {dim3(tiles, tiles, 1), dim3(32 * mask_tuning::kPairWarps, 1, 1), 0},
           &mask_nms_pairs_kernel<0>, as_mask_rows(masks, masks.extent[2]), pieces, words,
           options.iou_threshold);
  }
  launch(stream, {dim3(1, 1, 1), block, 0}, &mask_nms_scan_kernel<0>, pieces, words, kept.data,
         kept.stride[0], n, count.data);
}

}  // namespace kernels::inline KERNELS_ABI::gpu
