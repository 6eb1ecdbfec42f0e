// DBSCAN and threshold components apart from the passes over all pairs: what they take, refuse and
// give.
#pragma once

#include <kernels/cluster/check.hpp>
#include <kernels/cluster/density_groups.hpp>
#include <kernels/math/pair_test.hpp>

#include <vector>

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

namespace cluster {

/// Refuses what dbscan() cannot run with; returns when two points are neighbours.
template <class T, space Space>
math::pair_test check_dbscan(std::string_view operation, const view<const T, 2, Space>& points,
                             const dbscan_params& params) {
  check_points(operation, points, params.metric);
  check_distance(operation, "eps", params.eps);
  if (params.min_samples < 1) {
    refuse(operation, "min_samples", "at least 1", std::to_string(params.min_samples));
  }
  return params.metric == metric::cosine ? math::cosine_distance_within(params.eps)
                                         : math::euclidean_distance_within(params.eps);
}
template <class T, space Space>
math::pair_test check_threshold_components(std::string_view operation,
                                           const view<const T, 2, Space>& points,
                                           const threshold_components_params& params) {
  check_points(operation, points, params.metric);
  check_threshold(operation, params.threshold, params.metric);
  return params.metric == metric::cosine ? math::similarity_at_least(params.threshold)
                                         : math::euclidean_distance_within(params.threshold);
}

/// The result for `rows` rows. finite: count(), number(k) and not_finite() of those in the groups.
template <class Finite>
dbscan_result dbscan_of(density_groups groups, const Finite& finite, std::int64_t rows) {
  const auto n = static_cast<std::size_t>(rows);
  dbscan_result result{.labels = std::vector<std::int32_t>(n, -1),
                       .core = std::vector<std::uint8_t>(n, 0)};
  const auto labels = groups.labels(result.clusters);
  for (std::int64_t k = 0; k < finite.count(); ++k) {
    const auto row = static_cast<std::size_t>(finite.number(k));
    result.labels[row] = labels[static_cast<std::size_t>(k)];
    result.core[row] = groups.core(static_cast<std::int32_t>(k)) ? 1 : 0;
  }
  result.noise = std::count(result.labels.begin(), result.labels.end(), -1);
  result.not_finite = static_cast<std::int64_t>(finite.not_finite().size());
  return result;
}
/// Of groups with one sample.
template <class Finite>
threshold_components_result components_of(density_groups groups, const Finite& finite,
                                          std::int64_t rows) {
  threshold_components_result result;
  result.labels.assign(static_cast<std::size_t>(rows), -1);
  const auto labels = groups.labels(result.clusters);
  for (std::int64_t k = 0; k < finite.count(); ++k) {
    result.labels[static_cast<std::size_t>(finite.number(k))] = labels[static_cast<std::size_t>(k)];
  }
  result.not_finite = static_cast<std::int64_t>(finite.not_finite().size());
  return result;
}

}  // namespace cluster
}  // namespace kernels::inline KERNELS_ABI
