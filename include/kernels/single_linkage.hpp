// single_linkage: the merge tree of nearest clusters, exactly, without an N² matrix.
//
//   const auto merges = kernels::single_linkage(kernels::on_cpu(), points);
//   merges[k].left, merges[k].right, merges[k].distance, merges[k].size   // scipy's linkage matrix
//
// Class: exact. The spanning tree of hdbscan.hpp without core distances.
#pragma once

#include <kernels/cluster/check.hpp>
#include <kernels/cpu/hdbscan.hpp>
#include <kernels/single_linkage_gpu.hpp>

namespace kernels::inline KERNELS_ABI {

/// The N − 1 merges of the rows of `points` (N, D), nearest first: scipy's
/// linkage(points, "single"), left < right. Merges at equal distances come by the indices of the
/// points that are at that distance, the smaller one first. Distances are hdbscan()'s: float32.
/// A row that is not finite is merged last, at an infinite distance. Cost, memory and errors as for
/// hdbscan().
template <class T>
std::vector<cluster_merge> single_linkage(on_cpu exec, const view<const T, 2>& points,
                                          const single_linkage_params& params = {}) {
  cluster::check_points("single_linkage", points, params.metric);
  return cluster::single_linkage_of(cpu::spanning_tree(exec, points, params.metric, 0, 1.0F).edges,
                                    points.extent[0]);
}

}  // namespace kernels::inline KERNELS_ABI
