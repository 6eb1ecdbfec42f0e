// Points in the order of their components, so that blocks of pairs inside one component can be
// passed over.
#pragma once

#include <kernels/cluster/union_find.hpp>

namespace kernels::inline KERNELS_ABI::cluster {

/// Components are numbered by their smallest point, and points keep their order within one.
struct component_order {
  std::vector<std::int32_t> index;      ///< of the point at a position
  std::vector<std::int32_t> component;  ///< of the point at a position
  std::int64_t components = 0;

  /// Of the points p in [0, points) that `takes(p)`.
  template <class Takes>
  component_order(std::int64_t points, union_find& sets, const Takes& takes) {
    const auto n = static_cast<std::size_t>(points);
    std::vector<std::int32_t> number(n, -1), of_point(n, -1), start;
    for (std::size_t p = 0; p < n; ++p) {
      if (!takes(static_cast<std::int32_t>(p))) continue;
      auto& c = number[static_cast<std::size_t>(sets.find(static_cast<std::int32_t>(p)))];
      if (c < 0) {
        c = static_cast<std::int32_t>(start.size());
        start.push_back(0);
      }
      of_point[p] = c;
      ++start[static_cast<std::size_t>(c)];
    }
    components = static_cast<std::int64_t>(start.size());
    std::int32_t before = 0;
    for (auto& s : start) before += std::exchange(s, before);
    index.resize(static_cast<std::size_t>(before));
    component.resize(static_cast<std::size_t>(before));
    for (std::size_t p = 0; p < n; ++p) {
      if (of_point[p] < 0) continue;
      const auto at = static_cast<std::size_t>(start[static_cast<std::size_t>(of_point[p])]++);
      index[at] = static_cast<std::int32_t>(p);
      component[at] = of_point[p];
    }
  }
  component_order(std::int64_t points, union_find& sets)
      : component_order(points, sets, [](std::int32_t) { return true; }) {}
};

}  // namespace kernels::inline KERNELS_ABI::cluster
