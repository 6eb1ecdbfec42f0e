// assignment on the GPU: one block a problem (one warp where problems are small), its threads share
// the columns; the steps are those of the CPU, so the matching is the same. Limit: the latency of
// one step, which reads a row of costs and finds the smallest of all reaches; many problems hide
// it.
#pragma once

#include <kernels/assignment_gpu.hpp>
#include <kernels/assignment_greedy.cuh>
#include <kernels/assignment_problem.cuh>
#include <kernels/core/workspace.hpp>

#include <algorithm>

namespace kernels::inline KERNELS_ABI::gpu {

/// Takes one row into account in the columns of the search's level. first: nothing was reached yet.
template <int Warps, class T>
__device__ __forceinline__ void assignment_expand(const assignment_problem<T>& p,
                                                  const assignment_columns& s, std::int32_t row,
                                                  double h, bool second, bool first) {
  const auto threads = static_cast<std::int32_t>(32 * Warps);
  const auto own = static_cast<std::int32_t>(threadIdx.x);
  const std::int32_t wanted = second ? kAssignmentSecond : 0;
  const auto take = [&](std::int32_t j, T cost) {
    if (s.mark[j] != wanted || !assignment_allowed(cost, p.ceiling)) return;
    const double there = math::assignment_reach(static_cast<double>(cost), s.price[j], h);
    if (!(there < s.reach[j])) return;
    s.reach[j] = there;
    s.from[j] = row;
  };
  if (first) {
    for (std::int32_t j = own; j < p.columns; j += threads) {
      s.reach[j] = math::kAssignmentFar;
      s.mark[j] &= kAssignmentSecond;
    }
    if (p.columns_of_list != nullptr) assignment_sync<Warps>();
  }
  if (p.columns_of_list == nullptr) {
    const T* cost = p.costs + row * p.row_stride;
    for (std::int32_t j = own; j < p.columns; j += threads) take(j, cost[j * p.column_stride]);
  } else {
    const std::int32_t end = p.list_offsets[row + 1];
    for (std::int32_t k = p.list_offsets[row] + own; k < end; k += threads) {
      const std::int32_t j = p.columns_of_list[k];
      if (j >= 0 && j < p.columns) take(j, p.costs[k]);
    }
    assignment_sync<Warps>();
  }
}

/// The step to go to: the same in every thread.
template <int Warps, class T>
__device__ __forceinline__ math::assignment_step assignment_next(const assignment_problem<T>& p,
                                                                 const assignment_columns& s,
                                                                 bool second,
                                                                 math::assignment_step* partial) {
  const std::int32_t wanted = second ? kAssignmentSecond : 0;
  math::assignment_step best{math::kAssignmentFar, math::kAssignmentNone};
  for (auto j = static_cast<std::int32_t>(threadIdx.x); j < p.columns; j += 32 * Warps) {
    if (s.mark[j] != wanted || !(s.reach[j] < math::kAssignmentFar)) continue;
    const math::assignment_step step{s.reach[j], math::assignment_key(j, s.owner[j])};
    if (math::assignment_before(step, best)) best = step;
  }
  return assignment_first<Warps>(best, partial);
}

/// Adds one row to the matching, as cpu::assignment_add_row does.
template <int Warps, class T>
__device__ __forceinline__ void assignment_add_row(const assignment_problem<T>& p,
                                                   const assignment_columns& s, std::int32_t added,
                                                   math::assignment_step* partial) {
  const bool limited = p.limit < math::kAssignmentFar;
  const double unmatched_cost = limited ? p.limit : 0.0;
  bool may_leave = limited;  // may a row be left unmatched?
  double leave = limited ? p.limit : math::kAssignmentFar;
  std::int32_t left = added;
  std::int32_t visited = 0;
  bool second = false;       // on the second level
  std::int32_t replay = -1;  // rows of the first level that the second has seen; −1: all it needs
  bool first = true;
  std::int32_t row = added;
  double h = 0.0;
  math::assignment_step step{};
  for (;;) {
    assignment_expand<Warps>(p, s, row, h, second, first);
    first = false;
    if (replay >= 0 && replay < visited) {
      const std::int32_t column = s.visited[replay];
      row = s.owner[column];
      h = exact::add(s.reach[column], -p.row_price[row]);
      if (h < leave) {
        leave = h;
        left = row;
      }
      ++replay;
      continue;
    }
    replay = -1;
    step = assignment_next<Warps>(p, s, second, partial);
    if (step.key == math::kAssignmentNone || step.reach > leave) {
      step.key = math::kAssignmentNone;
      if (may_leave) break;
      may_leave = true;  // no column of the first level: on to the second
      second = true;
      replay = 0;
      leave = 0.0;
      row = added;
      h = 0.0;
      assignment_sync<Warps>();
      continue;
    }
    if ((step.key & math::kAssignmentTaken) == 0) break;
    const std::int32_t column = math::assignment_column(step.key);
    row = s.owner[column];
    h = exact::add(step.reach, -p.row_price[row]);
    if (threadIdx.x == 0) {  // all have looked at the marks, or they would not agree on the step
      s.mark[column] |= kAssignmentClosed;
      s.visited[visited] = column;
    }
    assignment_sync<Warps>();
    ++visited;
    if (may_leave && exact::add(h, unmatched_cost) < leave) {
      leave = exact::add(h, unmatched_cost);
      left = row;
    }
  }

  const bool found = step.key != math::kAssignmentNone;
  const double length = found ? step.reach : leave;
  assignment_sync<Warps>();
  for (auto k = static_cast<std::int32_t>(threadIdx.x); k < visited; k += 32 * Warps) {
    const std::int32_t j = s.visited[k];
    double& row_price = p.row_price[s.owner[j]];
    s.price[j] = exact::add(s.price[j], exact::add(s.reach[j], -length));
    row_price = exact::add(row_price, exact::add(length, -s.reach[j]));
    if (!found && !limited) s.mark[j] |= kAssignmentSecond;
  }
  assignment_sync<Warps>();
  if (threadIdx.x == 0) {  // hand each column on the path to the row that reached it
    p.row_price[added] = length;
    std::int32_t column = math::assignment_column(step.key);
    if (!found) {
      column = p.column_of[left];
      p.column_of[left] = -1;
    }
    while (column >= 0) {
      const std::int32_t to = s.from[column];
      const std::int32_t before = p.column_of[to];
      p.column_of[to] = column;
      s.owner[column] = to;
      column = to == added ? -1 : before;
    }
  }
  assignment_sync<Warps>();
}

/// Block: 32·Warps threads; grid: any. Dynamic shared memory: the columns of problems of up to
/// `shared_columns` columns; larger ones keep theirs in the workspace.
template <int Warps, class T>
__global__ void __launch_bounds__(32 * Warps, Warps == 1 ? 16 : 3)
    assignment_kernel(assignment_job<T> job, std::int32_t shared_columns) {
  KERNELS_DYNAMIC_SHARED(double, shared);
  KERNELS_SHARED(math::assignment_step, partial, Warps);
  for (std::int64_t g = blockIdx.x; g < job.costs.problems; g += gridDim.x) {
    const assignment_problem<T> p = assignment_problem_of(job, g);
    const assignment_columns s = p.columns <= shared_columns
                                     ? assignment_columns_in(shared, shared_columns)
                                     : assignment_columns_at(job.columns, p.first_column);
    for (auto j = static_cast<std::int32_t>(threadIdx.x); j < p.columns; j += 32 * Warps) {
      s.price[j] = 0.0;
      s.owner[j] = -1;
      s.mark[j] = 0;
    }
    for (auto i = static_cast<std::int32_t>(threadIdx.x); i < p.rows; i += 32 * Warps) {
      p.column_of[i] = -1;
    }
    assignment_sync<Warps>();
    for (std::int32_t i = 0; i < p.rows; ++i) assignment_add_row<Warps>(p, s, i, partial);
    for (auto j = static_cast<std::int32_t>(threadIdx.x); j < p.columns; j += 32 * Warps) {
      p.row_of[j] = s.owner[j];
    }
    assignment_sync<Warps>();
  }
}

template <class T>
std::int64_t assignment_launchers<T>::workspace_bytes(std::int64_t rows, std::int64_t columns) {
  workspace_carver counter;
  static_cast<void>(assignment_layout(counter, rows, columns));
  return counter.bytes();
}

template <class T>
void assignment_launchers<T>::run(CUstream_st* stream, const assignment_costs<T>& costs,
                                  bool greedy, T limit,
                                  const view<std::int32_t, 1, space::device>& row_to_column,
                                  const view<std::int32_t, 1, space::device>& column_to_row,
                                  const view<std::byte, 1, space::device>& workspace) {
  if (costs.problems == 0 || (costs.rows == 0 && costs.columns == 0)) return;
  workspace_carver carver(workspace);
  const assignment_space scratch = assignment_layout(carver, costs.rows, costs.columns);
  check_device_pointer("assign", "workspace", workspace.data);
  if (costs.rows > 0) check_device_pointer("assign", "row_to_column", row_to_column.data);
  if (costs.columns > 0) check_device_pointer("assign", "column_to_row", column_to_row.data);
  if (costs.costs != nullptr) check_device_pointer("assign", "cost", costs.costs);
  const assignment_job<T> job{costs,
                              math::assignment_ceiling(limit),
                              math::assignment_limit(limit),
                              row_to_column.data,
                              column_to_row.data,
                              scratch.row_price,
                              scratch.columns};
  const auto blocks =
      static_cast<unsigned>(std::min(costs.problems, assignment_tuning::kMostBlocks));
  const std::int64_t typical = (costs.columns + costs.problems - 1) / costs.problems;
  const auto start = [&](auto kernel, int warps, std::size_t bytes, auto... more) {
    launch(stream, {dim3(blocks, 1, 1), dim3(static_cast<unsigned>(32 * warps), 1, 1), bytes},
           kernel, job, more...);
  };
  const bool small = typical <= assignment_tuning::kSmall;
  if (greedy) {
    if (small) {
      start(&assignment_greedy_kernel<1, T>, 1, 0);
    } else {
      start(&assignment_greedy_kernel<assignment_tuning::kWarps, T>, assignment_tuning::kWarps, 0);
    }
    return;
  }
  const std::int32_t in_shared = assignment_shared_columns(typical);
  const std::size_t bytes = static_cast<std::size_t>(in_shared) * kAssignmentColumnBytes;
  if (small) {
    start(&assignment_kernel<1, T>, 1, bytes, in_shared);
  } else {
    start(&assignment_kernel<assignment_tuning::kWarps, T>, assignment_tuning::kWarps, bytes,
          in_shared);
  }
}

}  // namespace kernels::inline KERNELS_ABI::gpu
