// Greedy assignment on the GPU: each row knows its cheapest free column; the block takes the
// cheapest of these pairs, and warps look again for the rows whose column has gone.
#pragma once

#include <kernels/assignment_problem.cuh>

namespace kernels::inline KERNELS_ABI::gpu {

/// The row's cheapest free column, searched by a warp; the same in every lane. key: the column.
template <class T>
__device__ __forceinline__ math::assignment_step greedy_look(const assignment_problem<T>& p,
                                                             std::int32_t row) {
  const auto lane = static_cast<std::int32_t>(threadIdx.x % 32);
  math::assignment_step best{math::kAssignmentFar, math::kAssignmentNone};
  const auto take = [&](std::int32_t j, T cost) {
    if (!assignment_allowed(cost, p.ceiling) || p.row_of[j] >= 0) return;
    const math::assignment_step step{static_cast<double>(cost), static_cast<std::uint32_t>(j)};
    if (math::assignment_before(step, best)) best = step;
  };
  if (p.columns_of_list == nullptr) {
    const T* cost = p.costs + row * p.row_stride;
    for (std::int32_t j = lane; j < p.columns; j += 32) take(j, cost[j * p.column_stride]);
  } else {
    const std::int32_t end = p.list_offsets[row + 1];
    for (std::int32_t k = p.list_offsets[row] + lane; k < end; k += 32) {
      const std::int32_t j = p.columns_of_list[k];
      if (j >= 0 && j < p.columns) take(j, p.costs[k]);
    }
  }
  return assignment_first<1>(best, nullptr);
}

/// Block: 32·Warps threads; grid: any. A row's price holds the cost of its wanted pair, and
/// column_of −2 − column that column until the row is matched; −1: there is none.
template <int Warps, class T>
__global__ void __launch_bounds__(32 * Warps) assignment_greedy_kernel(assignment_job<T> job) {
  KERNELS_SHARED(math::assignment_step, partial, Warps);
  const auto lane = static_cast<std::int32_t>(threadIdx.x % 32);
  const auto warp = static_cast<std::int32_t>(threadIdx.x / 32);
  for (std::int64_t g = blockIdx.x; g < job.costs.problems; g += gridDim.x) {
    const assignment_problem<T> p = assignment_problem_of(job, g);
    for (auto j = static_cast<std::int32_t>(threadIdx.x); j < p.columns; j += 32 * Warps) {
      p.row_of[j] = -1;
    }
    assignment_sync<Warps>();
    std::int32_t gone = -1;  // the column that was taken last; −1: every row looks
    for (;;) {
      math::assignment_step best{math::kAssignmentFar, math::kAssignmentNone};
      for (std::int32_t first = 32 * warp; first < p.rows; first += 32 * Warps) {
        const std::int32_t row = first + lane;
        std::int32_t wanted = row < p.rows && gone >= 0 ? p.column_of[row] : -1;
        double cost = wanted <= -2 ? p.row_price[row] : math::kAssignmentFar;
        const bool again = row < p.rows && (gone < 0 || wanted == -2 - gone);
        for (unsigned rows = __ballot_sync(0xffffffffU, again ? 1 : 0); rows != 0;
             rows &= rows - 1) {
          const std::int32_t other = __ffs(static_cast<int>(rows)) - 1;
          const math::assignment_step step = greedy_look(p, first + other);
          if (lane != other) continue;
          const bool none = step.key == math::kAssignmentNone;
          wanted = none ? -1 : -2 - static_cast<std::int32_t>(step.key);
          cost = step.reach;
          p.column_of[row] = wanted;
          p.row_price[row] = cost;
        }
        if (wanted > -2) continue;
        const math::assignment_step step{cost, static_cast<std::uint32_t>(row)};
        if (math::assignment_before(step, best)) best = step;
      }
      best = assignment_first<Warps>(best, partial);
      if (best.key == math::kAssignmentNone) break;
      const auto row = static_cast<std::int32_t>(best.key);
      assignment_sync<Warps>();
      gone = -2 - p.column_of[row];
      assignment_sync<Warps>();
      if (threadIdx.x == 0) {
        p.column_of[row] = gone;
        p.row_of[gone] = row;
      }
      assignment_sync<Warps>();
    }
    assignment_sync<Warps>();
  }
}

}  // namespace kernels::inline KERNELS_ABI::gpu
