// Labels, probabilities, outlier scores and persistence from the condensed tree and the clusters
// that were taken.
#pragma once

#include <kernels/cluster/selection.hpp>
#include <kernels/cluster/spanning_tree.hpp>

#include <algorithm>
#include <cmath>

namespace kernels::inline KERNELS_ABI::cluster {

/// The label of each cluster of the tree: its own if it was taken, else that of the nearest taken
/// one around it, else −1.
inline std::vector<std::int32_t> labels_of_clusters(const cluster_tree& tree,
                                                    const cluster_flags& taken) {
  std::vector<std::int32_t> labels(tree.count(), -1);
  std::int32_t next = 0;
  for (std::size_t c = 0; c < tree.count(); ++c) {
    if (taken[c] != 0) {
      labels[c] = next++;
    } else if (c > 0) {
      labels[c] = labels[static_cast<std::size_t>(tree.parent[c])];
    }
  }
  return labels;
}

/// Where the root is the only cluster, a point must stay up to this density to belong to it.
inline double least_lambda_of_root(const cluster_tree& tree, double epsilon) {
  return epsilon != 0 ? exact::div(1.0, epsilon) : tree.death[0];
}

/// min(lambda, death) / death: 1 where there is no death, or where it is never reached.
inline double membership(double lambda, double death) {
  if (death == 0 || !std::isfinite(lambda)) return 1;
  return exact::div(std::min(lambda, death), death);
}

/// (death − lambda) / death, where death is the largest lambda in or below the cluster.
inline double outlyingness(double lambda, double death) {
  if (death == 0 || !std::isfinite(lambda)) return 0;
  if (!std::isfinite(death)) return 1;
  return exact::div(exact::add(death, -lambda), death);
}

/// Fills everything of the result that comes after its merges.
inline void label_points(hdbscan_result& result, std::int64_t points) {
  const hdbscan_params& p = result.params;
  result.condensed = condense(result.single_linkage, p.min_cluster_size);
  cluster_tree tree = clusters_of(result.condensed, points);
  const cluster_flags taken = select_clusters(tree, p);
  const std::vector<std::int32_t> label_of = labels_of_clusters(tree, taken);
  for (std::size_t c = 0; c < tree.count(); ++c) {
    if (taken[c] != 0)
      result.selected.push_back(static_cast<std::int32_t>(points) + static_cast<std::int32_t>(c));
  }
  const bool only_root = taken[0] != 0 && result.selected.size() == 1;
  const double least = least_lambda_of_root(tree, p.epsilon);

  std::vector<double> deepest = tree.death;
  for (std::size_t c = tree.count(); c-- > 1;) {
    double& above = deepest[static_cast<std::size_t>(tree.parent[c])];
    above = std::max(above, deepest[c]);
  }
  const auto count = static_cast<std::size_t>(points);
  result.labels.assign(count, -1);
  result.probabilities.assign(count, 0);
  result.outlier_scores.assign(count, 0);
  std::vector<std::int64_t> members(result.selected.size(), 0);
  for (const condensed_row& r : result.condensed) {
    if (r.child >= points) continue;
    const auto point = static_cast<std::size_t>(r.child);
    const auto c = static_cast<std::size_t>(r.parent - points);
    result.outlier_scores[point] = outlyingness(r.lambda, deepest[c]);
    std::int32_t label = label_of[c];
    // the root's own points are noise, unless it is the only cluster and they stay to its end
    if (label >= 0 && result.selected[static_cast<std::size_t>(label)] == points &&
        !(only_root && r.lambda >= least)) {
      label = -1;
    }
    result.labels[point] = label;
    if (label < 0) continue;
    ++members[static_cast<std::size_t>(label)];
    const auto cluster = result.selected[static_cast<std::size_t>(label)] - points;
    result.probabilities[point] =
        membership(r.lambda, tree.death[static_cast<std::size_t>(cluster)]);
  }
  for (std::size_t k = 0; k < result.selected.size(); ++k) {
    const auto c = static_cast<std::size_t>(result.selected[k] - points);
    const bool known = std::isfinite(tree.largest_lambda) && tree.largest_lambda > 0;
    const double most =
        exact::mul(static_cast<double>(members[k]), known ? tree.largest_lambda : 1.0);
    result.persistence.push_back(known && most > 0 ? exact::div(tree.stability[c], most) : 1.0);
  }
}

/// The result from the spanning edges of `points` rows.
inline hdbscan_result clusters_of(spanning_result tree, std::int64_t points,
                                  const hdbscan_params& params) {
  hdbscan_result result;
  result.params = params;
  result.not_finite = static_cast<std::int64_t>(tree.not_finite.size());
  result.core_distances = std::move(tree.core);
  result.spanning_tree = std::move(tree.edges);
  result.single_linkage = merge_tree(result.spanning_tree, points);
  label_points(result, points);
  for (const std::int32_t r : tree.not_finite) {
    const auto row = static_cast<std::size_t>(r);
    result.labels[row] = -1;
    result.probabilities[row] = 0;
    result.outlier_scores[row] = 1;
  }
  return result;
}

}  // namespace kernels::inline KERNELS_ABI::cluster
