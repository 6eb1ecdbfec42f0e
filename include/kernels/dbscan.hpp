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

#include <kernels/cluster/check.hpp>
#include <kernels/cpu/clustering_rows.hpp>
#include <kernels/cpu/dbscan.hpp>

namespace kernels::inline KERNELS_ABI {

struct dbscan_params {
  float eps = 0.5F;                         ///< largest distance of neighbours; 0 or more
  std::int64_t min_samples = 5;             ///< neighbours of a core point, itself counted
  kernels::metric metric = metric::cosine;  ///< or euclidean
};

struct dbscan_result {
  std::vector<std::int32_t> labels;  ///< 0, 1, … a point; −1: noise
  std::vector<std::uint8_t> core;    ///< 1: a core point
  std::int32_t clusters = 0;
  std::int64_t noise = 0;       ///< points with the label −1
  std::int64_t not_finite = 0;  ///< rows with a NaN or an infinity: noise
};

struct threshold_components_params {
  float threshold = 0.85F;  ///< least cosine similarity, −1 to 1; euclidean: largest distance
  kernels::metric metric = metric::cosine;  ///< or euclidean
};

struct threshold_components_result {
  std::vector<std::int32_t> labels;  ///< 0, 1, … by the lowest member; −1: not finite
  std::int32_t clusters = 0;         ///< components, those of one point too
  std::int64_t not_finite = 0;       ///< rows with a NaN or an infinity
};

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
/// Memory: a packed float32 copy of the points and 4·min_samples bytes a point.
/// Errors: kernels::error for metric::inner_product, eps below 0 or not finite, min_samples below
/// 1, more than 2^30 rows.
template <class T>
dbscan_result dbscan(on_cpu exec, const view<const T, 2>& points,
                     const dbscan_params& params = {}) {
  cluster::check_points("dbscan", points, params.metric);
  cluster::check_distance("dbscan", "eps", params.eps);
  if (params.min_samples < 1) {
    refuse("dbscan", "min_samples", "at least 1", std::to_string(params.min_samples));
  }
  const cpu::clustering_rows rows(exec, points, params.metric);
  const math::pair_test test = params.metric == metric::cosine
                                   ? math::cosine_distance_within(params.eps)
                                   : math::euclidean_distance_within(params.eps);
  cpu::density_groups groups = cpu::find_groups(exec, rows.points(), test, params.min_samples);

  const auto n = static_cast<std::size_t>(points.extent[0]);
  dbscan_result result{.labels = std::vector<std::int32_t>(n, -1),
                       .core = std::vector<std::uint8_t>(n, 0)};
  const auto labels = groups.labels(result.clusters);
  for (std::int64_t k = 0; k < rows.count(); ++k) {
    const auto row = static_cast<std::size_t>(rows.number(k));
    result.labels[row] = labels[static_cast<std::size_t>(k)];
    result.core[row] = groups.core(static_cast<std::int32_t>(k)) ? 1 : 0;
  }
  result.noise = std::count(result.labels.begin(), result.labels.end(), -1);
  result.not_finite = static_cast<std::int64_t>(rows.not_finite().size());
  return result;
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
  cluster::check_points("threshold_components", points, params.metric);
  cluster::check_threshold("threshold_components", params.threshold, params.metric);
  const cpu::clustering_rows rows(exec, points, params.metric);
  const math::pair_test test = params.metric == metric::cosine
                                   ? math::similarity_at_least(params.threshold)
                                   : math::euclidean_distance_within(params.threshold);
  cpu::density_groups groups = cpu::find_groups(exec, rows.points(), test, 1);

  threshold_components_result result;
  result.labels.assign(static_cast<std::size_t>(points.extent[0]), -1);
  const auto labels = groups.labels(result.clusters);
  for (std::int64_t k = 0; k < rows.count(); ++k) {
    result.labels[static_cast<std::size_t>(rows.number(k))] = labels[static_cast<std::size_t>(k)];
  }
  result.not_finite = static_cast<std::int64_t>(rows.not_finite().size());
  return result;
}

}  // namespace kernels::inline KERNELS_ABI
