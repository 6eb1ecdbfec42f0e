// assignment's checks, the same in C++ (assignment.hpp) and in CUDA code (assignment.cuh).
#pragma once

#include <kernels/core/buffer.hpp>
#include <kernels/math/assignment.hpp>

#include <span>

namespace kernels::inline KERNELS_ABI {

/// Refuses a matrix with negative or huge sides, or a null pointer.
template <class T, space Space>
void check_assignment_costs(std::string_view argument, const view<const T, 2, Space>& cost) {
  for (const auto e : cost.extent) {
    if (e < 0 || e > std::numeric_limits<std::int32_t>::max()) {
      refuse("assign", argument, "sides of 0 to 2^31 - 1", shape_text(cost.extent));
    }
  }
  if (cost.data == nullptr && cost.size() > 0) {
    refuse("assign", argument, "a pointer to " + shape_text(cost.extent) + " costs", "null");
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

/// The elements of a view, which must be adjacent.
template <class T>
std::span<T> assignment_span(std::string_view argument, const view<T, 1>& v) {
  if (v.extent[0] < 0 || (v.extent[0] > 0 && v.data == nullptr) ||
      (v.extent[0] > 1 && v.stride[0] != 1)) {
    refuse("assign", argument, "adjacent elements",
           shape_text(v.extent) + " of stride " + std::to_string(v.stride[0]));
  }
  return {v.data, static_cast<std::size_t>(v.extent[0])};
}

}  // namespace kernels::inline KERNELS_ABI
