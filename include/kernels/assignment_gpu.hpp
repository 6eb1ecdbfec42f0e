// assignment's checks and its front door to the GPU, the same in C++ (assignment.hpp, compiled
// kernels from kernels::cuda) and in CUDA code (assignment.cuh, which brings the kernels).
#pragma once

#include <kernels/core/arrays.hpp>
#include <kernels/core/exec.hpp>
#include <kernels/math/assignment.hpp>

#include <cmath>
#include <span>
#include <type_traits>
#include <utility>

namespace kernels::inline KERNELS_ABI {

namespace gpu {
/// Costs on the device as the kernels see them: one matrix, matrices, or lists.
template <class T>
struct assignment_costs {
  using number = T;
  const T* costs = nullptr;
  std::int64_t row_stride = 0, column_stride = 0;  ///< of the one matrix
  const std::int64_t* offsets = nullptr;           ///< of packed matrices
  const std::int32_t* list_offsets = nullptr;      ///< of lists
  const std::int32_t* list_columns = nullptr;
  std::int64_t size = 0;                      ///< number of costs, of lists
  const std::int32_t* row_offsets = nullptr;  ///< of problems; null: one problem
  const std::int32_t* column_offsets = nullptr;
  std::int64_t problems = 1, rows = 0, columns = 0;
};

/// Defined in cuda/kernels/assignment.cuh. kernels::cuda holds those of float and double.
template <class T>
struct assignment_launchers {
  static std::int64_t workspace_bytes(std::int64_t rows, std::int64_t columns);
  static void run(CUstream_st* stream, const assignment_costs<T>& costs, bool greedy, T limit,
                  const view<std::int32_t, 1, space::device>& row_to_column,
                  const view<std::int32_t, 1, space::device>& column_to_row,
                  const view<std::byte, 1, space::device>& workspace);
};
}  // namespace gpu

/// Refuses a matrix with negative or huge sides, and one that check_array() refuses.
template <class T, space Space>
void check_assignment_costs(const view<const T, 2, Space>& cost) {
  for (const auto e : cost.extent) {
    if (e < 0 || e > std::numeric_limits<std::int32_t>::max()) {
      refuse("assign", "cost", "sides of 0 to 2^31 - 1", shape_text(cost.extent));
    }
  }
  check_array("assign", "cost", cost);
}

template <class T>
void check_assignment_limit(T limit) {
  if (std::isnan(limit)) refuse("assign", "limit", "a number", "nan");
}

inline void check_assignment_size(std::string_view argument, std::int64_t given,
                                  std::int64_t wanted) {
  if (given != wanted) {
    refuse("assign", argument, std::to_string(wanted) + " elements", std::to_string(given));
  }
}

[[noreturn]] inline void refuse_assignment_cost() {
  refuse("assign", "cost", "costs above -infinity (-2^980 in double)", "one below");
}

/// Refuses an array that check_array() refuses, and one whose elements are not adjacent.
template <class T, space Space>
void check_assignment_adjacent(std::string_view argument, const view<T, 1, Space>& v) {
  check_array("assign", argument, v);
  if (v.extent[0] > 1 && v.stride[0] != 1) {
    refuse("assign", argument, "adjacent elements", "a stride of " + std::to_string(v.stride[0]));
  }
}
/// The same for lists that 32 bits count.
template <class T, space Space>
void check_assignment_array(std::string_view argument, const view<T, 1, Space>& v) {
  check_assignment_adjacent(argument, v);
  if (v.extent[0] > std::numeric_limits<std::int32_t>::max()) {
    refuse("assign", argument, "up to 2^31 - 1 elements", std::to_string(v.extent[0]));
  }
}
template <class T>
std::span<T> assignment_span(std::string_view argument, const view<T, 1>& v) {
  check_assignment_array(argument, v);
  return {v.data, static_cast<std::size_t>(v.extent[0])};
}

/// What every form checks that is in host memory: shapes and pointers.
template <class T, space Space>
void check_assignment_lists(const sparse_costs<T, Space>& cost) {
  check_assignment_array("cost.row_offsets", cost.row_offsets);
  check_assignment_array("cost.columns", cost.columns);
  check_assignment_array("cost.costs", cost.costs);
  check_length("assign", "cost.costs", cost.costs, cost.columns.extent[0]);
  if (cost.row_offsets.extent[0] < 1) {
    refuse("assign", "cost.row_offsets", "at least one entry, 0", "none");
  }
}
template <space Space>
void check_assignment_problems(const assignment_problems<Space>& problems) {
  check_assignment_array("problems.row_offsets", problems.row_offsets);
  check_assignment_array("problems.column_offsets", problems.column_offsets);
  if (problems.row_offsets.extent[0] < 1) {
    refuse("assign", "problems.row_offsets", "at least one entry, 0", "none");
  }
  check_length("assign", "problems.column_offsets", problems.column_offsets,
               problems.row_offsets.extent[0]);
}
template <class T, space Space>
void check_assignment_ragged(const ragged_costs<T, Space>& cost, std::int64_t entries) {
  check_assignment_adjacent("cost.costs", cost.costs);
  check_assignment_array("cost.offsets", cost.offsets);
  check_length("assign", "cost.offsets", cost.offsets, entries);
}

// The costs of a call on the GPU, checked as far as the host can see them: one problem …
template <class T>
gpu::assignment_costs<T> device_costs(const view<const T, 2, space::device>& cost,
                                      const view<std::int32_t, 1, space::device>& column_to_row) {
  check_assignment_costs(cost);
  check_length("assign", "column_to_row", column_to_row, cost.extent[1]);
  gpu::assignment_costs<T> c;
  c.costs = cost.data;
  c.row_stride = cost.stride[0];
  c.column_stride = cost.stride[1];
  c.rows = cost.extent[0];
  return c;
}
template <class T>
gpu::assignment_costs<T> device_costs(const sparse_costs<T, space::device>& cost,
                                      const view<std::int32_t, 1, space::device>&) {
  check_assignment_lists(cost);
  gpu::assignment_costs<T> c;
  c.costs = cost.costs.data;
  c.list_offsets = cost.row_offsets.data;
  c.list_columns = cost.columns.data;
  c.size = cost.costs.extent[0];
  c.rows = cost.row_offsets.extent[0] - 1;
  return c;
}
// … or many.
template <class T>
gpu::assignment_costs<T> device_costs(const sparse_costs<T, space::device>& cost,
                                      const assignment_problems<space::device>& problems) {
  check_assignment_problems(problems);
  return device_costs(cost, view<std::int32_t, 1, space::device>{});
}
template <class T>
gpu::assignment_costs<T> device_costs(const ragged_costs<T, space::device>& cost,
                                      const assignment_problems<space::device>& problems) {
  check_assignment_problems(problems);
  check_assignment_ragged(cost, problems.row_offsets.extent[0]);
  gpu::assignment_costs<T> c;
  c.costs = cost.costs.data;
  c.offsets = cost.offsets.data;
  return c;
}
/// The type of the numbers in costs that device_costs() takes with a Second.
template <class Costs, class Second>
using device_cost_number = typename decltype(device_costs(std::declval<const Costs&>(),
                                                          std::declval<const Second&>()))::number;

template <bool Greedy, class T>
void assignment_run([[maybe_unused]] on_gpu exec, gpu::assignment_costs<T> costs,
                    const assignment_problems<space::device>* problems,
                    const view<std::int32_t, 1, space::device>& row_to_column,
                    const view<std::int32_t, 1, space::device>& column_to_row, T limit,
                    [[maybe_unused]] const view<std::byte, 1, space::device>& workspace) {
  static_assert(gpu_has_type<T, float, double>,
                "assign on the GPU from a .cpp takes costs of float or double; for another type "
                "include <kernels/assignment.cuh> in a .cu");
  check_assignment_limit(limit);
  check_assignment_array("row_to_column", row_to_column);
  check_assignment_array("column_to_row", column_to_row);
  if (costs.offsets == nullptr) {  // else the rows are known on the device only
    check_length("assign", "row_to_column", row_to_column, costs.rows);
  }
  if (problems != nullptr) {
    costs.row_offsets = problems->row_offsets.data;
    costs.column_offsets = problems->column_offsets.data;
    costs.problems = problems->row_offsets.extent[0] - 1;
  }
  costs.rows = row_to_column.extent[0];
  costs.columns = column_to_row.extent[0];
#if KERNELS_HAS_CUDA || defined(KERNELS_EMULATED)
  gpu::assignment_launchers<T>::run(exec.stream, costs, Greedy, limit, row_to_column, column_to_row,
                                    workspace);
#else
  refuse_without_cuda("assign");
#endif
}

/// Scratch that the forms below need on the GPU, in bytes, for so many rows and columns in all.
template <class T>
std::int64_t assignment_workspace_bytes([[maybe_unused]] on_gpu exec,
                                        [[maybe_unused]] std::int64_t rows,
                                        [[maybe_unused]] std::int64_t columns) {
#if KERNELS_HAS_CUDA || defined(KERNELS_EMULATED)
  return gpu::assignment_launchers<T>::workspace_bytes(rows, columns);
#else
  refuse_without_cuda("assign");
#endif
}

// The same on the GPU, queued on exec's stream: one block a problem (one warp where problems are
// small). Offsets and lists live in device memory and are not checked; costs of −infinity are
// taken as not allowed. workspace: assignment_workspace_bytes() bytes, aligned to 256.
// Errors: as above, as far as the host can see; a workspace that is too small; cuda_error;
// kernels::error without CUDA.

/// One problem. cost: a matrix, view<const T, 2, space::device>, or sparse_costs<T, space::device>.
template <class Costs, class T = device_cost_number<Costs, view<std::int32_t, 1, space::device>>>
void assign(on_gpu exec, const Costs& cost,
            const view<std::int32_t, 1, space::device>& row_to_column,
            const view<std::int32_t, 1, space::device>& column_to_row,
            const assignment_parameters<std::type_identity_t<T>>& parameters,
            const view<std::byte, 1, space::device>& workspace) {
  assignment_run<false>(exec, device_costs(cost, column_to_row), nullptr, row_to_column,
                        column_to_row, parameters.limit, workspace);
}
template <class Costs, class T = device_cost_number<Costs, view<std::int32_t, 1, space::device>>>
void assign_greedy(on_gpu exec, const Costs& cost,
                   const view<std::int32_t, 1, space::device>& row_to_column,
                   const view<std::int32_t, 1, space::device>& column_to_row,
                   const assignment_parameters<std::type_identity_t<T>>& parameters,
                   const view<std::byte, 1, space::device>& workspace) {
  assignment_run<true>(exec, device_costs(cost, column_to_row), nullptr, row_to_column,
                       column_to_row, parameters.limit, workspace);
}

/// Many problems. cost: ragged_costs<T, space::device> or sparse_costs<T, space::device>.
template <class Costs, class T = device_cost_number<Costs, assignment_problems<space::device>>>
void assign(on_gpu exec, const Costs& cost, const assignment_problems<space::device>& problems,
            const view<std::int32_t, 1, space::device>& row_to_column,
            const view<std::int32_t, 1, space::device>& column_to_row,
            const assignment_parameters<std::type_identity_t<T>>& parameters,
            const view<std::byte, 1, space::device>& workspace) {
  assignment_run<false>(exec, device_costs(cost, problems), &problems, row_to_column, column_to_row,
                        parameters.limit, workspace);
}
template <class Costs, class T = device_cost_number<Costs, assignment_problems<space::device>>>
void assign_greedy(on_gpu exec, const Costs& cost,
                   const assignment_problems<space::device>& problems,
                   const view<std::int32_t, 1, space::device>& row_to_column,
                   const view<std::int32_t, 1, space::device>& column_to_row,
                   const assignment_parameters<std::type_identity_t<T>>& parameters,
                   const view<std::byte, 1, space::device>& workspace) {
  assignment_run<true>(exec, device_costs(cost, problems), &problems, row_to_column, column_to_row,
                       parameters.limit, workspace);
}

}  // namespace kernels::inline KERNELS_ABI
