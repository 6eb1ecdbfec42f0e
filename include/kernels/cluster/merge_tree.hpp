// Spanning edges to the single-linkage tree.
#pragma once

#include <kernels/cluster/types.hpp>
#include <kernels/cluster/union_find.hpp>
#include <kernels/core/error.hpp>
#include <kernels/math/mutual_reachability.hpp>

#include <algorithm>
#include <span>
#include <string>

namespace kernels::inline KERNELS_ABI::cluster {

inline math::edge_key key_of(const spanning_edge& e) {
  return math::make_edge_key(e.weight, e.distance, e.a, e.b);
}

inline void sort_edges(std::vector<spanning_edge>& edges) {
  std::sort(edges.begin(), edges.end(),
            [](const spanning_edge& x, const spanning_edge& y) { return key_of(x) < key_of(y); });
}

/// Refuses edges that are not a spanning tree of `points` points, that have a NaN or negative
/// weight, or whose ends are not a < b.
inline void check_spanning_tree(std::string_view operation, std::span<const spanning_edge> edges,
                                std::int64_t points) {
  if (points < 0 || points > (std::int64_t{1} << 30)) {
    refuse(operation, "points", "0 to 2^30", std::to_string(points));
  }
  const auto wanted = static_cast<std::size_t>(std::max<std::int64_t>(points - 1, 0));
  if (edges.size() != wanted) {
    refuse(operation, "edges", std::to_string(wanted) + " edges", std::to_string(edges.size()));
  }
  union_find sets(points);
  for (std::size_t k = 0; k < edges.size(); ++k) {
    const spanning_edge& e = edges[k];
    const std::string name = "edge " + std::to_string(k);
    if (e.a < 0 || e.a >= e.b || e.b >= points) {
      refuse(operation, "edges", "0 <= a < b < " + std::to_string(points),
             name + " (" + std::to_string(e.a) + ", " + std::to_string(e.b) + ")");
    }
    if (!(e.weight >= 0) || !(e.distance >= 0)) {
      refuse(operation, "edges", "a weight and a distance of 0 or more",
             name + ": " + number_text(e.weight) + ", " + number_text(e.distance));
    }
    const auto x = sets.find(e.a), y = sets.find(e.b);
    if (x == y) refuse(operation, "edges", "a tree", name + " closes a circle");
    sets.join(x, y);
  }
}

/// The merges of a spanning tree whose edges are in their order: left is what holds a, right what
/// holds b.
inline std::vector<cluster_merge> merge_tree(std::span<const spanning_edge> edges,
                                             std::int64_t points) {
  std::vector<cluster_merge> merges;
  merges.reserve(edges.size());
  union_find sets(points);
  std::vector<std::int32_t> node(static_cast<std::size_t>(points));  // of a set's root
  std::iota(node.begin(), node.end(), 0);
  for (const spanning_edge& e : edges) {
    const auto x = sets.find(e.a), y = sets.find(e.b);
    const auto left = node[static_cast<std::size_t>(x)], right = node[static_cast<std::size_t>(y)];
    const auto both = sets.join(x, y);
    node[static_cast<std::size_t>(both)] =
        static_cast<std::int32_t>(points + static_cast<std::int64_t>(merges.size()));
    merges.push_back({left, right, static_cast<double>(e.weight), sets.size(both)});
  }
  return merges;
}

/// The merges with left < right.
inline std::vector<cluster_merge> single_linkage_of(const std::vector<spanning_edge>& edges,
                                                    std::int64_t points) {
  auto merges = merge_tree(edges, points);
  for (cluster_merge& m : merges) {
    if (m.right < m.left) std::swap(m.left, m.right);
  }
  return merges;
}

}  // namespace kernels::inline KERNELS_ABI::cluster
