// Spanning edges between the rows of a matrix, rows that are not finite at the end of infinite
// edges.
#pragma once

#include <kernels/cluster/merge_tree.hpp>
#include <kernels/cpu/clustering_rows.hpp>
#include <kernels/cpu/spanning_tree.hpp>

namespace kernels::inline KERNELS_ABI::cpu {

struct spanning_result {
  std::vector<spanning_edge> edges;  ///< in their order
  std::vector<float> core;
  std::vector<std::int32_t> not_finite;  ///< rows
};

/// min_samples: 0 for raw distances.
template <class T>
spanning_result spanning_tree(on_cpu exec, const view<const T, 2>& rows, metric compared,
                              std::int64_t min_samples, float alpha) {
  constexpr float kInfinite = std::numeric_limits<float>::infinity();
  const clustering_rows finite(exec, rows, compared);
  spanning_result result;
  result.core.assign(static_cast<std::size_t>(rows.extent[0]), kInfinite);
  result.not_finite = finite.not_finite();
  const std::int64_t most = std::max<std::int64_t>(finite.count() - 1, 0);
  spanning_tree_builder builder(exec, finite.points(), std::min(min_samples, most), alpha);
  for (const math::edge_key& e : builder.run()) {
    result.edges.push_back(
        {finite.number(e.smaller()), finite.number(e.larger()), e.weight(), e.distance()});
  }
  for (std::int64_t k = 0; k < finite.count(); ++k) {
    result.core[static_cast<std::size_t>(finite.number(k))] =
        builder.core()[static_cast<std::size_t>(k)];
  }
  // all to one point, so that they leave one by one
  const std::int32_t anchor = finite.count() > 0 ? finite.number(0) : 0;
  for (const std::int32_t r : finite.not_finite()) {
    if (r == anchor) continue;
    result.edges.push_back({std::min(r, anchor), std::max(r, anchor), kInfinite, kInfinite});
  }
  cluster::sort_edges(result.edges);
  return result;
}

}  // namespace kernels::inline KERNELS_ABI::cpu
