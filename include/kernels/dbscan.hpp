// dbscan: clusters of points that have many neighbours, and threshold_components: what is connected
// by pairs that are near enough. Neither makes an N² matrix.
//
//   const auto found = kernels::dbscan(kernels::on_cpu(), points, {.eps = 0.3F, .min_samples = 4});
//   found.labels[i], found.core[i], found.clusters
//   const auto same = kernels::threshold_components(kernels::on_cpu(), points, {.threshold =
//   0.85F});
//
// Class: exact: the same labels with any instruction set and number of threads.
// M. Ester, H.-P. Kriegel, J. Sander, X. Xu: A density-based algorithm for discovering clusters
// (1996); labels as scikit-learn's of the same order.
#pragma once

#include <kernels/cluster/dbscan.hpp>
#include <kernels/cpu/clustering_rows.hpp>
#include <kernels/cpu/dbscan.hpp>
#include <kernels/dbscan_gpu.hpp>

namespace kernels::inline KERNELS_ABI {

/// Clusters of the rows of `points` (N, D): float, half or bfloat16.
///
/// Distance: 1 − cosine similarity in [0, 2] of rows brought to unit length, or euclidean; both
/// float32 in a fixed order (math/dot.hpp) and compared with <= eps. A core point has min_samples
/// neighbours, itself counted; core points that are neighbours are in one cluster. Clusters are
/// numbered by their lowest core point. Another point that has a core point as a neighbour goes to
/// the lowest-numbered such cluster; what is left is noise. Permuting the rows changes nothing for
/// core points and noise; a point between two clusters may change.
///
/// A zero row has cosine distance 1 to everything. Unit rows are rounded: equal rows may have a
/// cosine distance of 6e-8, more than eps = 0. Rows that are not finite are noise and nobody's
/// neighbours. N = 0: empty.
/// Cost: N²/2 distances at most; blocks of rows that are in one cluster already are passed over.
/// Memory: a packed float32 copy of the points, two of bfloat16 where the processor has products of
/// those, and 4·min_samples bytes a point.
/// Errors: kernels::error for metric::inner_product, eps below 0 or not finite, min_samples below
/// 1, more than 2^30 rows.
template <class T>
dbscan_result dbscan(on_cpu exec, const view<const T, 2>& points,
                     const dbscan_params& params = {}) {
  const math::pair_test test = cluster::check_dbscan("dbscan", points, params);
  const cpu::clustering_rows rows(exec, points, params.metric);
  return cluster::dbscan_of(cpu::find_groups(exec, rows.points(), test, params.min_samples), rows,
                            points.extent[0]);
}

/// The connected components of the rows of `points` (N, D): float, half or bfloat16, where a pair
/// is connected if its cosine similarity (of rows brought to unit length) is at least `threshold`,
/// or its euclidean distance at most that; float32 in a fixed order, as in dbscan(). Components are
/// numbered by their lowest row; permuting the rows gives the same components.
///
/// A zero row has similarity 0 with everything. Rows that are not finite have the label −1.
/// Cost and memory as for dbscan() with min_samples 1.
/// Errors: kernels::error for metric::inner_product, a cosine threshold outside [−1, 1], a distance
/// below 0 or not finite, more than 2^30 rows.
template <class T>
threshold_components_result threshold_components(on_cpu exec, const view<const T, 2>& points,
                                                 const threshold_components_params& params = {}) {
  const math::pair_test test =
      cluster::check_threshold_components("threshold_components", points, params);
  const cpu::clustering_rows rows(exec, points, params.metric);
  return cluster::components_of(cpu::find_groups(exec, rows.points(), test, 1), rows,
                                points.extent[0]);
}

}  // namespace kernels::inline KERNELS_ABI
