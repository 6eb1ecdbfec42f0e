// single_linkage: the merge tree of nearest clusters, exactly, without an N² matrix.
//
//   const auto merges = kernels::single_linkage(kernels::on_cpu(), points);
//   merges[k].left, merges[k].right, merges[k].distance, merges[k].size   // scipy's linkage matrix
//
// Class: exact. The spanning tree of hdbscan.hpp without core distances.
#pragma once

#include <kernels/cluster/check.hpp>
#include <kernels/cpu/hdbscan.hpp>

namespace kernels::inline KERNELS_ABI {

struct single_linkage_params {
  kernels::metric metric = metric::cosine;  ///< or euclidean
};

/// The N − 1 merges of the rows of `points` (N, D), nearest first: scipy's
/// linkage(points, "single"), left < right. Merges at equal distances come by the indices of the
/// points that are at that distance, the smaller one first. Distances are hdbscan()'s: float32.
/// A row that is not finite is merged last, at an infinite distance. Cost, memory and errors as for
/// hdbscan().
template <class T>
std::vector<cluster_merge> single_linkage(on_cpu exec, const view<const T, 2>& points,
                                          const single_linkage_params& params = {}) {
  cluster::check_points("single_linkage", points, params.metric);
  const auto tree = cpu::spanning_tree(exec, points, params.metric, 0, 1.0F);
  auto merges = cluster::merge_tree(tree.edges, points.extent[0]);
  for (cluster_merge& m : merges) {
    if (m.right < m.left) std::swap(m.left, m.right);
  }
  return merges;
}

}  // namespace kernels::inline KERNELS_ABI
