// assignment's checks, the same in C++ (assignment.hpp) and in CUDA code (assignment.cuh).
#pragma once

#include <kernels/core/buffer.hpp>
#include <kernels/math/assignment.hpp>

#include <span>

namespace kernels::inline KERNELS_ABI {

/// Refuses a matrix with negative or huge sides, or a null pointer.
template <class T, space Space>
void check_assignment_costs(const view<const T, 2, Space>& cost) {
  for (const auto e : cost.extent) {
    if (e < 0 || e > std::numeric_limits<std::int32_t>::max()) {
      refuse("assign", "cost", "sides of 0 to 2^31 - 1", shape_text(cost.extent));
    }
  }
  if (cost.data == nullptr && cost.size() > 0) {
    refuse("assign", "cost", "a pointer to " + shape_text(cost.extent) + " costs", "null");
  }
}

template <class T>
void check_assignment_limit(T limit) {
  if (!(limit == limit)) refuse("assign", "limit", "a number", "nan");
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

/// Refuses an array whose elements are not adjacent, or more than 2^31 − 1.
template <class T, space Space>
void check_assignment_array(std::string_view argument, const view<T, 1, Space>& v) {
  if (v.extent[0] < 0 || v.extent[0] > std::numeric_limits<std::int32_t>::max() ||
      (v.extent[0] > 0 && v.data == nullptr) || (v.extent[0] > 1 && v.stride[0] != 1)) {
    refuse("assign", argument, "up to 2^31 - 1 adjacent elements",
           shape_text(v.extent) + " of stride " + std::to_string(v.stride[0]) +
               (v.data == nullptr ? " at null" : ""));
  }
}
template <class T>
std::span<T> assignment_span(std::string_view argument, const view<T, 1>& v) {
  check_assignment_array(argument, v);
  return {v.data, static_cast<std::size_t>(v.extent[0])};
}

/// What every form checks that is in host memory: shapes and the limit.
template <class T, space Space>
void check_assignment_lists(const sparse_costs<T, Space>& cost) {
  check_assignment_array("cost.row_offsets", cost.row_offsets);
  check_assignment_array("cost.columns", cost.columns);
  check_assignment_array("cost.costs", cost.costs);
  check_assignment_size("cost.costs", cost.costs.extent[0], cost.columns.extent[0]);
  if (cost.row_offsets.extent[0] < 1) {
    refuse("assign", "cost.row_offsets", "one more than there are rows", "none");
  }
}
template <space Space>
void check_assignment_problems(const assignment_problems<Space>& problems) {
  check_assignment_array("problems.row_offsets", problems.row_offsets);
  check_assignment_array("problems.column_offsets", problems.column_offsets);
  if (problems.row_offsets.extent[0] < 1) {
    refuse("assign", "problems.row_offsets", "one more than there are problems", "none");
  }
  check_assignment_size("problems.column_offsets", problems.column_offsets.extent[0],
                        problems.row_offsets.extent[0]);
}

}  // namespace kernels::inline KERNELS_ABI
