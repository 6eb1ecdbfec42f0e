// The order of nms on the GPU: candidates of each group by descending score, ties by index. Tiles
// are sorted in shared memory; then each candidate counts, by binary search in the group's other
// tiles, how many come before it, and goes to that place.
#pragma once

#include <kernels/math/nms.hpp>
#include <kernels/portable.cuh>

#include <limits>

namespace kernels::inline KERNELS_ABI::gpu {

/// The arguments of a call as kernels see them; strides in elements.
template <class T>
struct nms_problem {
  const box<T>* boxes;
  const T* scores;
  const std::int32_t *classes, *offsets;  // or null
  std::int32_t *kept, *counts;
  std::int64_t box_stride, score_stride, class_stride, offset_stride, kept_stride, count_stride;
  std::int32_t n, groups, largest, max_kept;
  T score_threshold, iou_threshold;
  pixel_convention convention;
};

/// Scratch of a call. Arrays of n are divided into groups as the boxes are.
template <class T>
struct nms_scratch {
  T* tile_scores;              ///< n: the tiles, sorted
  std::int32_t* tile_index;    ///< n: and the boxes' indices
  std::int32_t* tile_counts;   ///< tiles of all groups: candidates
  std::int32_t* candidates;    ///< groups
  std::int32_t* order;         ///< n: in order, the boxes' indices,
  box<T>* boxes;               ///< n: the boxes,
  T* areas;                    ///< n: their areas,
  std::int32_t* classes;       ///< n: classes,
  std::uint8_t* removed;       ///< n: and whether one is suppressed
  std::int32_t* kept_places;   ///< n: places (in order) of kept boxes
  std::int32_t* round_starts;  ///< groups: kept before this round
  unsigned long long* mask;    ///< groups × rows × words
};

/// What fills a tile behind its candidates.
inline constexpr std::int32_t kNmsNone = std::numeric_limits<std::int32_t>::max();
template <class T>
inline constexpr T kNmsLowest = -std::numeric_limits<T>::infinity();

/// Boxes [first, first + size) of a group; 0 of a group that is larger than promised.
struct nms_range {
  std::int32_t first, size;
  bool too_large;
};
template <class T>
__device__ __forceinline__ nms_range nms_range_of(const nms_problem<T>& p, std::int32_t group) {
  if (p.offsets == nullptr) return {0, p.n, false};
  const auto cut = [&](std::int32_t x) { return x < 0 ? 0 : x > p.n ? p.n : x; };
  const std::int32_t first = cut(p.offsets[group * p.offset_stride]);
  const std::int32_t end = cut(p.offsets[(group + 1) * p.offset_stride]);
  const std::int32_t size = end > first ? end - first : 0;
  const bool too_large = size > p.largest;
  return {first, too_large ? 0 : size, too_large};
}

/// Block: 256 threads; grid: tiles · groups, tiles = ⌈largest/kTile⌉ (1 at least). Also fills kept
/// with −1 and starts the counts.
template <int kTile, class T>
__global__ void __launch_bounds__(256)
    nms_tile_kernel(nms_problem<T> p, nms_scratch<T> s, std::int32_t tiles) {
  KERNELS_SHARED(T, scores, kTile);
  KERNELS_SHARED(std::int32_t, index, kTile);
  const auto group = static_cast<std::int32_t>(blockIdx.x / static_cast<unsigned>(tiles));
  const auto tile = static_cast<std::int32_t>(blockIdx.x) - group * tiles;
  const auto thread = static_cast<std::int32_t>(threadIdx.x);
  const auto threads = static_cast<std::int32_t>(blockDim.x);
  const nms_range range = nms_range_of(p, group);
  if (tile == 0 && thread == 0) p.counts[group * p.count_stride] = range.too_large ? -1 : 0;
  if (tile == 0 && range.too_large) {
    for (std::int64_t k = range.first + thread; k < p.n; k += threads) {
      if (k >= p.offsets[(group + 1) * p.offset_stride]) break;
      p.kept[k * p.kept_stride] = -1;
    }
  }
  const std::int64_t start = std::int64_t{tile} * kTile;
  const std::int64_t rest = range.size - start;
  const auto count = static_cast<std::int32_t>(rest < 0 ? 0 : rest < kTile ? rest : kTile);
  const std::int64_t base = range.first + start;
  std::int32_t padded = 2;
  while (padded < count) padded *= 2;
  for (std::int32_t k = thread; k < padded; k += threads) {
    T score = kNmsLowest<T>;
    std::int32_t i = kNmsNone;
    if (k < count) {
      p.kept[(base + k) * p.kept_stride] = -1;
      const T given = p.scores[(base + k) * p.score_stride];
      if (math::nms_takes_part(p.boxes[(base + k) * p.box_stride], given, p.score_threshold)) {
        score = given;
        i = static_cast<std::int32_t>(base) + k;
      }
    }
    scores[k] = score;
    index[k] = i;
  }
  __syncthreads();
  for (std::int32_t run = 2; run <= padded; run *= 2) {  // bitonic
    for (std::int32_t step = run / 2; step > 0; step /= 2) {
      for (std::int32_t k = thread; k < padded / 2; k += threads) {
        const std::int32_t a = 2 * k - (k & (step - 1));
        const std::int32_t b = a + step;
        const bool ascending = (a & run) == 0;
        const std::int32_t early = ascending ? b : a;
        const std::int32_t late = ascending ? a : b;
        if (math::nms_before(scores[early], index[early], scores[late], index[late])) {
          const T score = scores[a];
          const std::int32_t i = index[a];
          scores[a] = scores[b];
          index[a] = index[b];
          scores[b] = score;
          index[b] = i;
        }
      }
      __syncthreads();
    }
  }
  for (std::int32_t k = thread; k < count; k += threads) {
    s.tile_scores[base + k] = scores[k];
    s.tile_index[base + k] = index[k];
    // the last candidate says how many there are
    if (index[k] != kNmsNone && (k + 1 == count || index[k + 1] == kNmsNone)) {
      s.tile_counts[blockIdx.x] = k + 1;
    }
  }
  if (thread == 0 && (count == 0 || index[0] == kNmsNone)) s.tile_counts[blockIdx.x] = 0;
}

/// How many of the `count` sorted entries come before (score, index).
template <class T>
__device__ __forceinline__ std::int32_t nms_rank(const T* scores, const std::int32_t* index,
                                                 std::int32_t count, T score, std::int32_t i) {
  std::int32_t low = 0;
  std::int32_t high = count;
  while (low < high) {
    const std::int32_t middle = low + (high - low) / 2;
    if (math::nms_before(scores[middle], index[middle], score, i)) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return low;
}

/// Block: 256 threads; grid: as nms_tile_kernel.
template <int kTile, class T>
__global__ void __launch_bounds__(256)
    nms_rank_kernel(nms_problem<T> p, nms_scratch<T> s, std::int32_t tiles) {
  const auto group = static_cast<std::int32_t>(blockIdx.x / static_cast<unsigned>(tiles));
  const auto tile = static_cast<std::int32_t>(blockIdx.x) - group * tiles;
  const std::int64_t first = nms_range_of(p, group).first;
  const std::int32_t* counts = s.tile_counts + std::int64_t{group} * tiles;
  if (tile == 0 && threadIdx.x == 0) {
    std::int32_t sum = 0;
    for (std::int32_t t = 0; t < tiles; ++t) sum += counts[t];
    s.candidates[group] = sum;
  }
  for (auto k = static_cast<std::int32_t>(threadIdx.x); k < counts[tile];
       k += static_cast<std::int32_t>(blockDim.x)) {
    const std::int64_t from = first + std::int64_t{tile} * kTile + k;
    const T score = s.tile_scores[from];
    const std::int32_t i = s.tile_index[from];
    std::int64_t place = first + k;
    for (std::int32_t t = 0; t < tiles; ++t) {
      if (t == tile) continue;
      const std::int64_t other = first + std::int64_t{t} * kTile;
      place += nms_rank(s.tile_scores + other, s.tile_index + other, counts[t], score, i);
    }
    const box<T> b = p.boxes[i * p.box_stride];
    s.order[place] = i;
    s.boxes[place] = b;
    s.areas[place] = math::box_area(b, p.convention);
    s.removed[place] = 0;
    if (p.classes != nullptr) s.classes[place] = p.classes[i * p.class_stride];
  }
}

}  // namespace kernels::inline KERNELS_ABI::gpu
