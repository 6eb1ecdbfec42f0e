// The nearest-neighbour chain: all merges of a linkage in which a merged cluster is never nearer to
// others than both its parts were (average and complete are such), by walking from cluster to
// nearest cluster until two are nearest to each other. F. Murtagh, A survey of recent advances in
// hierarchical clustering algorithms (1983).
#pragma once

#include <kernels/cluster/linkage_tree.hpp>

namespace kernels::inline KERNELS_ABI::cluster {

/// A cluster, by its node number in the order of the merges made here, and how far it is.
struct near_cluster {
  std::int32_t node;
  double distance;
};

/// Clusters has, for nodes 0 … points − 1 and then points + m for merge m:
///   first()               a cluster that is left
///   alive(node)           is it one that is left?
///   nearest(node, before) the nearest other one; `before` (−1: none) if none is nearer than that
///   merge(a, b)           into the next node
///   lowest(node)          its lowest member
template <class Clusters>
std::vector<joined_pair> nearest_chain(Clusters& clusters, std::int64_t points) {
  std::vector<joined_pair> pairs;
  std::vector<std::int32_t> chain;
  while (static_cast<std::int64_t>(pairs.size()) + 1 < points) {
    while (!chain.empty() && !clusters.alive(chain.back())) chain.pop_back();
    if (chain.empty()) chain.push_back(clusters.first());
    const std::int32_t here = chain.back();
    const std::int32_t before =
        chain.size() > 1 && clusters.alive(chain[chain.size() - 2]) ? chain[chain.size() - 2] : -1;
    const near_cluster next = clusters.nearest(here, before);
    if (next.node != before) {
      chain.push_back(next.node);
      continue;
    }
    chain.resize(chain.size() - 2);
    const std::int32_t a = clusters.lowest(here), b = clusters.lowest(before);
    pairs.push_back({std::min(a, b), std::max(a, b), next.distance});
    clusters.merge(here, before);
  }
  return pairs;
}

}  // namespace kernels::inline KERNELS_ABI::cluster
