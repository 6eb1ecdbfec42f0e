// nms on the GPU: order (nms_order.cuh), then rounds of 64·kWords boxes a group:
//   mask    which box of the round suppresses which later one of it, as bits
//   scan    one warp a group walks down the rows and finds the kept ones
//   apply   what they suppress after the round
// No host round trip: rounds are as many as the largest group may need. Limit: the tests of pairs;
// only boxes that are still there are tested, and after the round only against kept ones.
#pragma once

#include <kernels/core/workspace.hpp>
#include <kernels/nms_gpu.hpp>
#include <kernels/nms_order.cuh>

#include <algorithm>

namespace kernels::inline KERNELS_ABI::gpu {

/// Boxes sorted in one block, and words of a row of the mask (one a lane of a warp, so 32 at most).
struct nms_tuning {
  static constexpr int kTile = 1024;
  static constexpr int kWords = 32;
};

/// Boxes of a round in each group: `words` · 64 from place 64 · words · round on.
struct nms_round {
  std::int32_t start, words;
};

template <class T>
__device__ __forceinline__ bool nms_pair(const nms_problem<T>& p, const box<T>& a, T area_a,
                                         std::int32_t class_a, const box<T>& b, T area_b,
                                         std::int32_t class_b) {
  return class_a == class_b &&
         math::nms_suppresses(a, area_a, b, area_b, p.iou_threshold, p.convention);
}

/// Block: 64 threads, one a row; grid: groups · words · words.
template <int kWords, class T>
__global__ void __launch_bounds__(64)
    nms_mask_kernel(nms_problem<T> p, nms_scratch<T> s, nms_round round) {
  static_assert(kWords >= 1 && kWords <= 32);
  KERNELS_SHARED(box<T>, boxes, 64);
  KERNELS_SHARED(T, areas, 64);
  KERNELS_SHARED(std::int32_t, classes, 64);
  const auto words = static_cast<unsigned>(round.words);
  const auto group = static_cast<std::int32_t>(blockIdx.x / (words * words));
  const unsigned tile = blockIdx.x % (words * words);
  const auto row_tile = static_cast<std::int32_t>(tile / words);
  const auto column_tile = static_cast<std::int32_t>(tile % words);
  const auto thread = static_cast<std::int32_t>(threadIdx.x);
  const std::int64_t count = std::int64_t{s.candidates[group]} - round.start;
  // the same for the whole block
  if (column_tile < row_tile || 64 * row_tile >= count || 64 * column_tile >= count) return;
  const std::int64_t first = std::int64_t{nms_range_of(p, group).first} + round.start;
  const std::int64_t here = count - 64 * column_tile;
  const auto columns = static_cast<std::int32_t>(here < 64 ? here : 64);
  if (thread < columns) {
    const std::int64_t place = first + 64 * column_tile + thread;
    boxes[thread] = s.boxes[place];
    areas[thread] = s.areas[place];
    classes[thread] = p.classes != nullptr ? s.classes[place] : 0;
  }
  __syncthreads();
  const std::int32_t row = 64 * row_tile + thread;
  if (row >= count || s.removed[first + row] != 0) return;
  const box<T> b = s.boxes[first + row];
  const T area = s.areas[first + row];
  const std::int32_t class_of = p.classes != nullptr ? s.classes[first + row] : 0;
  unsigned long long bits = 0;
  for (std::int32_t k = row_tile == column_tile ? thread + 1 : 0; k < columns; ++k) {
    if (nms_pair(p, b, area, class_of, boxes[k], areas[k], classes[k])) bits |= 1ULL << k;
  }
  const std::int64_t rows = std::int64_t{64} * round.words;
  s.mask[(group * rows + row) * round.words + column_tile] = bits;
}

/// The lowest `count` bits that are set.
__device__ __forceinline__ unsigned long long nms_lowest_bits(unsigned long long bits,
                                                              std::int32_t count) {
  unsigned long long taken = 0;
  for (; count > 0 && bits != 0; --count) {
    taken |= bits & (~bits + 1);
    bits &= bits - 1;
  }
  return taken;
}

/// Block: one warp; grid: groups. Lane w holds word w of what is removed.
template <int kWords, class T>
__global__ void __launch_bounds__(32)
    nms_scan_kernel(nms_problem<T> p, nms_scratch<T> s, nms_round round) {
  constexpr unsigned kAll = 0xffffffffU;
  const auto group = static_cast<std::int32_t>(blockIdx.x);
  const auto lane = static_cast<std::int32_t>(threadIdx.x);
  const std::int64_t left = std::int64_t{s.candidates[group]} - round.start;
  std::int32_t kept_before = p.counts[group * p.count_stride];
  if (lane == 0) s.round_starts[group] = kept_before;
  if (left <= 0) return;
  const auto count = static_cast<std::int32_t>(left < 64 * round.words ? left : 64 * round.words);
  const std::int64_t first = nms_range_of(p, group).first;
  const std::int64_t base = first + round.start;
  const unsigned long long* mask = s.mask + group * (std::int64_t{64} * round.words * round.words);
  unsigned long long removed = ~0ULL;
  for (std::int32_t w = 0; w < round.words; ++w) {
    const std::int32_t k = 64 * w + lane;
    const unsigned low = __ballot_sync(kAll, k >= count || s.removed[base + k] != 0);
    const unsigned high = __ballot_sync(kAll, k + 32 >= count || s.removed[base + k + 32] != 0);
    if (lane == w) removed = (static_cast<unsigned long long>(high) << 32) | low;
  }
  for (std::int32_t w = 0; w < round.words && 64 * w < count; ++w) {
    unsigned long long gone = __shfl_sync(kAll, removed, w);
    const std::int32_t row = 64 * w + lane;
    // the word of 64 rows in which they suppress one another; those of removed rows are not there
    const bool has_low = ((gone >> lane) & 1U) == 0;
    const bool has_high = ((gone >> (lane + 32)) & 1U) == 0;
    const unsigned long long low = has_low ? mask[std::int64_t{row} * round.words + w] : 0;
    const unsigned long long high = has_high ? mask[(std::int64_t{row} + 32) * round.words + w] : 0;
    unsigned long long kept = 0;
    for (unsigned long long open = ~gone; open != 0; open = ~gone & ~kept) {
      const int bit = __ffsll(static_cast<long long>(open)) - 1;
      kept |= 1ULL << bit;
      const unsigned long long of_low = __shfl_sync(kAll, low, bit % 32);
      const unsigned long long of_high = __shfl_sync(kAll, high, bit % 32);
      gone |= bit < 32 ? of_low : of_high;
    }
    if (p.max_kept > 0) kept = nms_lowest_bits(kept, p.max_kept - kept_before);
    KERNELS_UNROLL
    for (std::int32_t half = 0; half < 64; half += 32) {
      const std::int32_t bit = lane + half;
      if (((kept >> bit) & 1U) == 0) continue;
      const std::int32_t place = kept_before + __popcll(kept & ((1ULL << bit) - 1));
      s.kept_places[first + place] = round.start + 64 * w + bit;
      p.kept[(first + place) * p.kept_stride] = s.order[base + 64 * w + bit];
    }
    kept_before += __popcll(kept);
    if (p.max_kept > 0 && kept_before >= p.max_kept) {
      if (lane == 0) s.candidates[group] = 0;  // this group is done
      break;
    }
    for (unsigned long long open = kept; open != 0; open &= open - 1) {
      const int bit = __ffsll(static_cast<long long>(open)) - 1;
      if (lane > w && lane < round.words && 64 * lane < count) {
        removed |= mask[(64 * std::int64_t{w} + bit) * round.words + lane];
      }
    }
  }
  __syncwarp();
  if (lane == 0) p.counts[group * p.count_stride] = kept_before;
}

/// Block: 128 threads, one a box after the round; grid: groups · blocks.
template <class T>
__global__ void __launch_bounds__(128)
    nms_apply_kernel(nms_problem<T> p, nms_scratch<T> s, std::int32_t start, std::int32_t blocks) {
  KERNELS_SHARED(box<T>, boxes, 128);
  KERNELS_SHARED(T, areas, 128);
  KERNELS_SHARED(std::int32_t, classes, 128);
  const auto group = static_cast<std::int32_t>(blockIdx.x / static_cast<unsigned>(blocks));
  const auto thread = static_cast<std::int32_t>(threadIdx.x);
  const std::int64_t block_start =
      start + 128 * (std::int64_t{blockIdx.x} - std::int64_t{group} * blocks);
  const std::int32_t count = s.candidates[group];
  if (block_start >= count) return;  // the same for the whole block
  const std::int64_t first = nms_range_of(p, group).first;
  const std::int64_t place = first + block_start + thread;
  bool open = block_start + thread < count && s.removed[place] == 0;
  box<T> b{};
  T area{};
  std::int32_t class_of = 0;
  if (open) {
    b = s.boxes[place];
    area = s.areas[place];
    if (p.classes != nullptr) class_of = s.classes[place];
  }
  bool gone = false;
  const std::int32_t end = p.counts[group * p.count_stride];
  for (std::int32_t from = s.round_starts[group]; from < end; from += 128) {
    const std::int32_t here = end - from < 128 ? end - from : 128;
    __syncthreads();
    if (thread < here) {
      const std::int64_t k = first + s.kept_places[first + from + thread];
      boxes[thread] = s.boxes[k];
      areas[thread] = s.areas[k];
      classes[thread] = p.classes != nullptr ? s.classes[k] : 0;
    }
    __syncthreads();
    for (std::int32_t k = 0; open && k < here; ++k) {
      if (nms_pair(p, boxes[k], areas[k], classes[k], b, area, class_of)) {
        open = false;
        gone = true;
      }
    }
  }
  if (gone) s.removed[place] = 1;
}

/// Sizes of a call's launches.
struct nms_sizes {
  std::int64_t n, groups, largest, tiles, words, rounds;
};
template <int kTile, int kWords, class T>
nms_sizes nms_sizes_of(const nms_arguments<T, space::device>& a, const nms_options& options) {
  nms_sizes z{};
  z.n = a.boxes.extent[0];
  z.groups = a.counts.extent[0];
  z.largest = z.n;
  if (options.largest_group > 0 && a.offsets.extent[0] > 0) {
    z.largest = std::min(z.n, options.largest_group);
  }
  z.tiles = std::max<std::int64_t>(1, (z.largest + kTile - 1) / kTile);
  z.words = std::clamp<std::int64_t>((z.largest + 63) / 64, 1, kWords);
  z.rounds = (z.largest + 64 * z.words - 1) / (64 * z.words);
  constexpr std::int64_t kMost = std::numeric_limits<std::int32_t>::max();
  const std::int64_t blocks = std::max({z.tiles, z.words * z.words, (z.largest + 127) / 128});
  if (z.groups > kMost / blocks) {
    refuse("nms", "counts", "at most " + std::to_string(kMost / blocks) + " groups of that size",
           std::to_string(z.groups));
  }
  return z;
}

template <class T>
nms_scratch<T> nms_layout(workspace_carver& carver, const nms_sizes& z, bool classes) {
  return {carver.take<T>(z.n),
          carver.take<std::int32_t>(z.n),
          carver.take<std::int32_t>(z.groups * z.tiles),
          carver.take<std::int32_t>(z.groups),
          carver.take<std::int32_t>(z.n),
          carver.take<box<T>>(z.n),
          carver.take<T>(z.n),
          carver.take<std::int32_t>(classes ? z.n : 0),
          carver.take<std::uint8_t>(z.n),
          carver.take<std::int32_t>(z.n),
          carver.take<std::int32_t>(z.groups),
          carver.take<unsigned long long>(z.groups * 64 * z.words * z.words)};
}

/// The launcher with other tile sizes than nms_tuning's.
template <int kTile, int kWords, class T>
void nms_with(CUstream_st* stream, const nms_arguments<T, space::device>& a,
              const nms_options& options, view<std::byte, 1, space::device> workspace) {
  check_nms(a, options);
  const nms_sizes z = nms_sizes_of<kTile, kWords>(a, options);
  workspace_carver carver(workspace);
  const nms_scratch<T> s = nms_layout<T>(carver, z, a.classes.data != nullptr);
  if (z.groups == 0) return;
  check_device_pointer("nms", "counts", a.counts.data);
  check_device_pointer("nms", "workspace", workspace.data);
  if (z.n > 0) {
    check_device_pointer("nms", "boxes", a.boxes.data);
    check_device_pointer("nms", "scores", a.scores.data);
    check_device_pointer("nms", "kept", a.kept.data);
  }
  if (a.classes.data != nullptr) check_device_pointer("nms", "classes", a.classes.data);
  if (a.offsets.extent[0] > 0) check_device_pointer("nms", "offsets", a.offsets.data);
  constexpr std::int64_t kMost = std::numeric_limits<std::int32_t>::max();
  const nms_problem<T> p{a.boxes.data,
                         a.scores.data,
                         a.classes.data,
                         a.offsets.extent[0] > 0 ? a.offsets.data : nullptr,
                         a.kept.data,
                         a.counts.data,
                         a.boxes.stride[0],
                         a.scores.stride[0],
                         a.classes.stride[0],
                         a.offsets.stride[0],
                         a.kept.stride[0],
                         a.counts.stride[0],
                         static_cast<std::int32_t>(z.n),
                         static_cast<std::int32_t>(z.groups),
                         static_cast<std::int32_t>(z.largest),
                         static_cast<std::int32_t>(std::min(options.max_kept, kMost)),
                         static_cast<T>(options.score_threshold),
                         static_cast<T>(options.iou_threshold),
                         options.convention};
  const auto shape = [&](std::int64_t blocks, unsigned threads) {
    return launch_shape{dim3(static_cast<unsigned>(z.groups * blocks), 1, 1), dim3(threads, 1, 1),
                        0};
  };
  const auto tiles = static_cast<std::int32_t>(z.tiles);
  launch(stream, shape(z.tiles, 256), &nms_tile_kernel<kTile, T>, p, s, tiles);
  launch(stream, shape(z.tiles, 256), &nms_rank_kernel<kTile, T>, p, s, tiles);
  for (std::int64_t r = 0; r < z.rounds; ++r) {
    const std::int64_t size = 64 * z.words;
    const nms_round round{static_cast<std::int32_t>(r * size), static_cast<std::int32_t>(z.words)};
    launch(stream, shape(z.words * z.words, 64), &nms_mask_kernel<kWords, T>, p, s, round);
    launch(stream, shape(1, 32), &nms_scan_kernel<kWords, T>, p, s, round);
    const std::int64_t after = z.largest - (r + 1) * size;
    if (after <= 0) break;
    const std::int64_t blocks = (after + 127) / 128;
    launch(stream, shape(blocks, 128), &nms_apply_kernel<T>, p, s,
           static_cast<std::int32_t>((r + 1) * size), static_cast<std::int32_t>(blocks));
  }
}

template <class T>
std::int64_t nms_workspace_bytes(const nms_arguments<T, space::device>& a,
                                 const nms_options& options) {
  check_nms(a, options);
  workspace_carver counter;
  static_cast<void>(nms_layout<T>(counter,
                                  nms_sizes_of<nms_tuning::kTile, nms_tuning::kWords>(a, options),
                                  a.classes.data != nullptr));
  return counter.bytes();
}

/// The launcher behind kernels::nms(on_gpu(stream), …).
template <class T>
void nms(CUstream_st* stream, const nms_arguments<T, space::device>& a, const nms_options& options,
         view<std::byte, 1, space::device> workspace) {
  nms_with<nms_tuning::kTile, nms_tuning::kWords, T>(stream, a, options, workspace);
}

}  // namespace kernels::inline KERNELS_ABI::gpu
