// The passes of the spanning tree (cluster/spanning_tree.hpp) on the CPU.
#pragma once

#include <kernels/cluster/spanning_tree.hpp>
#include <kernels/cpu/component_edges.hpp>
#include <kernels/cpu/nearest.hpp>

namespace kernels::inline KERNELS_ABI::cpu {

class spanning_passes {
 public:
  /// Up to `table` components are joined by a table of all pairs of them.
  spanning_passes(on_cpu exec, const point_rows& points, std::int64_t table = 2048)
      : exec_(exec), table_(table), points_(points) {}

  [[nodiscard]] std::int64_t count() const { return points_.count; }
  [[nodiscard]] neighbour_lists nearest(std::int64_t k) const {
    return nearest_neighbours(exec_, points_, k);
  }
  template <class Join>
  void join_components(const std::vector<float>& core, float alpha, cluster::union_find& sets,
                       const Join& join) const {
    const ordered_points ordered(exec_, points_, core.data(), sets);
    if (ordered.components() <= table_) {
      const auto table = edges_between_components<true>(exec_, ordered, alpha);
      return join_by_table(table, ordered.components(), join);
    }
    const auto lightest = edges_between_components<false>(exec_, ordered, alpha);
    for (std::int64_t c = 0; c < ordered.components(); ++c) join(lightest.of(c));
  }

 private:
  /// Prim's algorithm on the components.
  template <class Join>
  static void join_by_table(const lightest_edges<true>& table, std::int64_t components,
                            const Join& join) {
    const auto count = static_cast<std::size_t>(components);
    std::vector<math::edge_key> reach(count, math::kNoEdge);
    std::vector<char> inside(count, 0);
    for (std::size_t newest = 0, joined = 1; joined < count; ++joined) {
      inside[newest] = 1;
      std::size_t next = count;
      for (std::size_t c = 0; c < count; ++c) {
        if (inside[c] != 0) continue;
        const auto low = static_cast<std::int64_t>(std::min(c, newest));
        const auto high = static_cast<std::int64_t>(std::max(c, newest));
        reach[c] = std::min(reach[c], table.at(low, high));
        if (next == count || reach[c] < reach[next]) next = c;
      }
      join(reach[next]);
      newest = next;
    }
  }

  on_cpu exec_;
  std::int64_t table_;
  point_rows points_;
};

}  // namespace kernels::inline KERNELS_ABI::cpu
