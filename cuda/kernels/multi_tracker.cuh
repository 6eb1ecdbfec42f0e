// multi_tracker on the GPU: the prices of the associations of many cameras, one block a camera, in
// the arithmetic of the CPU. Between them stand kalman's and assignment's kernels.
// Limit: arithmetic in double; each pair is priced once, twice with SORT's one-to-one rule.
#pragma once

#include <kernels/portable.cuh>
#include <kernels/tracking/prices.hpp>

#include <algorithm>

namespace kernels::inline KERNELS_ABI::gpu {

struct tracker_tuning {
  static constexpr int kThreads = 128;
  static constexpr std::int64_t kMostBlocks = 1 << 16;
};

/// A camera's pairs.
struct tracker_problem {
  std::int32_t first_row, rows, first_column, columns;
  std::int64_t first_pair;
};
__device__ __forceinline__ tracker_problem tracker_problem_of(const tracking::priced_batch& b,
                                                              std::int64_t g) {
  return {b.row_offsets[g], b.row_offsets[g + 1] - b.row_offsets[g], b.column_offsets[g],
          b.column_offsets[g + 1] - b.column_offsets[g], b.offsets[g]};
}

/// Are these of classes that are kept apart?
__device__ __forceinline__ bool tracker_separate(const tracking::priced_batch& b, std::int32_t i,
                                                 std::int32_t j) {
  return b.rules.apart && b.row_classes[i] != b.column_classes[j];
}

/// IoU of row i and column j of the whole batch; 0 for classes that are kept apart.
__device__ __forceinline__ double tracker_iou(const tracking::priced_batch& b, std::int32_t i,
                                              std::int32_t j) {
  if (tracker_separate(b, i, j)) return 0.0;
  return math::iou(b.row_boxes[i], b.column_boxes[j], b.rules.convention);
}

/// What the pair costs, infinite if it must not be matched; see tracking/associate.hpp.
__device__ __forceinline__ double tracker_price(const tracking::priced_batch& b, std::int32_t i,
                                                std::int32_t j, std::int64_t pair, double iou) {
  const bool all_pairs = b.rules.limit == math::kNeverMatched;
  const bool apart = tracker_separate(b, i, j);
  if (apart || !(iou > 0.0)) {
    if (!all_pairs || math::is_lost(b.row_boxes[i])) return math::kNeverMatched;
    if (apart) return 0.0;
    iou = 0.0;
  }
  const double gain =
      b.rules.price == math::pair_price::direction
          ? math::direction_gain(b.row_directions[i], b.column_boxes[j], b.rules.inertia)
          : 0.0;
  const double own = math::price_of(b.rules.price, iou, b.column_scores[j], gain);
  if (b.appearance == nullptr) return own;
  return math::price_with_appearance(own, iou, b.appearance[pair], b.appearance_limits.proximity,
                                     b.appearance_limits.most);
}

/// Are the pairs with IoU > least_iou one to one, and is there any? Every thread of the block gets
/// the answer (and calls it).
struct tracker_census {
  bool any, one_to_one;
};
__device__ __forceinline__ tracker_census tracker_count(const tracking::priced_batch& b,
                                                        const tracker_problem& p) {
  int any = 0;
  int several = 0;
  const auto thread = static_cast<std::int32_t>(threadIdx.x);
  const auto threads = static_cast<std::int32_t>(blockDim.x);
  for (std::int32_t i = thread; i < p.rows; i += threads) {
    int found = 0;
    for (std::int32_t j = 0; j < p.columns; ++j) {
      found += tracker_iou(b, p.first_row + i, p.first_column + j) > b.rules.least_iou ? 1 : 0;
    }
    any |= found > 0 ? 1 : 0;
    several |= found > 1 ? 1 : 0;
  }
  for (std::int32_t j = thread; j < p.columns; j += threads) {
    int found = 0;
    for (std::int32_t i = 0; i < p.rows; ++i) {
      found += tracker_iou(b, p.first_row + i, p.first_column + j) > b.rules.least_iou ? 1 : 0;
    }
    several |= found > 1 ? 1 : 0;
  }
  const bool is_any = __syncthreads_or(any) != 0;
  const bool is_several = __syncthreads_or(several) != 0;
  return {is_any, is_any && !is_several};
}

/// Block: kThreads in one dimension; grid: any.
template <int = 0>
__global__ void __launch_bounds__(tracker_tuning::kThreads, 1)
    tracker_prices_kernel(KERNELS_GRID_CONSTANT const tracking::priced_batch b) {
  for (std::int64_t g = blockIdx.x; g < b.problems; g += gridDim.x) {
    const tracker_problem p = tracker_problem_of(b, g);
    tracker_census census{true, false};
    if (b.rules.one_to_one || b.rules.needs_one) census = tracker_count(b, p);
    const bool none = b.rules.needs_one && !census.any;
    const bool only_enough = b.rules.one_to_one && census.one_to_one;
    const std::int64_t pairs = static_cast<std::int64_t>(p.rows) * p.columns;
    for (std::int64_t k = threadIdx.x; k < pairs; k += blockDim.x) {
      const auto row = static_cast<std::int32_t>(k / p.columns);
      const std::int32_t i = p.first_row + row;
      const std::int32_t j = p.first_column + static_cast<std::int32_t>(
                                                  k - static_cast<std::int64_t>(row) * p.columns);
      const double iou = tracker_iou(b, i, j);
      const bool never = none || (only_enough && !(iou > b.rules.least_iou));
      b.prices[p.first_pair + k] =
          never ? math::kNeverMatched : tracker_price(b, i, j, p.first_pair + k, iou);
    }
  }
}

template <int = 0>
__global__ void __launch_bounds__(tracker_tuning::kThreads, 1)
    tracker_take_apart_kernel(KERNELS_GRID_CONSTANT const tracking::priced_batch b) {
  for (std::int64_t g = blockIdx.x; g < b.problems; g += gridDim.x) {
    const tracker_problem p = tracker_problem_of(b, g);
    for (auto i = static_cast<std::int32_t>(threadIdx.x); i < p.rows;
         i += static_cast<std::int32_t>(blockDim.x)) {
      const std::int32_t row = p.first_row + i;
      if (b.match[row] < 0) continue;
      const std::int32_t column = p.first_column + b.match[row];
      if (tracker_separate(b, row, column) || tracker_iou(b, row, column) < b.rules.least_iou) {
        b.match[row] = -1;
      }
    }
  }
}

template <int = 0>
__global__ void __launch_bounds__(tracker_tuning::kThreads, 1)
    tracker_copy_slots_kernel(double* planes, std::int64_t stride, std::int32_t count,
                              std::uint8_t* flags, const std::int32_t* from, const std::int32_t* to,
                              std::int64_t size) {
  const std::int64_t step = static_cast<std::int64_t>(gridDim.x) * blockDim.x;
  for (std::int64_t k = static_cast<std::int64_t>(blockIdx.x) * blockDim.x + threadIdx.x; k < size;
       k += step) {
    for (std::int32_t plane = 0; plane < count; ++plane) {
      planes[plane * stride + to[k]] = planes[plane * stride + from[k]];
    }
    flags[to[k]] = flags[from[k]];
  }
}

inline launch_shape tracker_shape(std::int64_t blocks) {
  return {
      dim3(static_cast<unsigned>(std::clamp<std::int64_t>(blocks, 1, tracker_tuning::kMostBlocks)),
           1, 1),
      dim3(tracker_tuning::kThreads, 1, 1), 0};
}

template <int>
void tracker_prices(CUstream_st* stream, const tracking::priced_batch& batch) {
  if (batch.problems == 0) return;
  launch(stream, tracker_shape(batch.problems), &tracker_prices_kernel<0>, batch);
}
template <int>
void tracker_take_apart(CUstream_st* stream, const tracking::priced_batch& batch) {
  if (batch.problems == 0) return;
  launch(stream, tracker_shape(batch.problems), &tracker_take_apart_kernel<0>, batch);
}
template <int>
void tracker_copy_slots(CUstream_st* stream, double* planes, std::int64_t stride, int count,
                        std::uint8_t* flags, const std::int32_t* from, const std::int32_t* to,
                        std::int64_t size) {
  if (size == 0) return;
  constexpr std::int64_t kThreads = tracker_tuning::kThreads;
  launch(stream, tracker_shape((size + kThreads - 1) / kThreads), &tracker_copy_slots_kernel<0>,
         planes, stride, count, flags, from, to, size);
}

}  // namespace kernels::inline KERNELS_ABI::gpu
