// hdbscan: density clustering without a number of clusters and without an N² matrix.
//
//   const auto found = kernels::hdbscan(kernels::on_cpu(), points, {.min_cluster_size = 10});
//   found.labels[i], found.probabilities[i], found.outlier_scores[i]
//   const auto more = kernels::hdbscan_predict(kernels::on_cpu(), points, found, new_points);
//
// Class: exact: the same edges, trees and labels with any instruction set and number of threads.
// R. Campello, D. Moulavi, J. Sander: Density-based clustering based on hierarchical density
// estimates (2013); the trees as in the program hdbscan (L. McInnes, J. Healy, S. Astels).
#pragma once

#include <kernels/cluster/check.hpp>
#include <kernels/cluster/labels.hpp>
#include <kernels/cpu/hdbscan.hpp>
#include <kernels/cpu/hdbscan_predict.hpp>
#include <kernels/hdbscan_gpu.hpp>

namespace kernels::inline KERNELS_ABI {

/// The tree part: clusters from a spanning tree of `points` points, whose edges may come in any
/// order (they are taken by weight, raw distance, smaller index, larger index). The result has no
/// core distances.
/// Errors: kernels::error for edges that are not a spanning tree, and for bad parameters.
inline hdbscan_result hdbscan_tree(std::vector<spanning_edge> edges, std::int64_t points,
                                   const hdbscan_params& params = {}) {
  cluster::check("hdbscan_tree", params);
  cluster::check_spanning_tree("hdbscan_tree", edges, points);
  hdbscan_result result;
  result.params = params;
  cluster::sort_edges(edges);
  result.spanning_tree = std::move(edges);
  result.single_linkage = cluster::merge_tree(result.spanning_tree, points);
  cluster::label_points(result, points);
  return result;
}

/// Clusters of the rows of `points` (N, D): float, half or bfloat16.
///
/// Distance d: 1 − cosine similarity in [0, 2] of rows brought to unit length, or euclidean; both
/// float32 in a fixed order (math/dot.hpp). Core distance: to the min_samples-th nearest other
/// point; min_samples is at most N − 1. Weight of an edge: max(core, core, d / alpha). The spanning
/// tree is the minimum in the order (weight, d, smaller index, larger index), which is unique.
/// Its merges, with lambda = 1 / weight (infinite at 0), are condensed: a split whose two sides
/// both have min_cluster_size points makes two clusters; otherwise the small side falls out, point
/// by point, and the cluster goes on. Stability: Σ (lambda − birth) · size, in double, where what
/// happens at the birth counts 0 also if that is infinite.
///
/// excess_of_mass: from the leaves up, children replace their parent if they are strictly more
/// stable together, or if it has more than max_cluster_size points; the root takes part only if
/// allow_single_cluster (and is as large as its child clusters together). leaf: clusters without
/// clusters inside; never the root. epsilon: clusters born below that distance give way to the
/// nearest one around them born above it.
/// If the root is the one cluster, points belong to it that stay up to its largest lambda; with
/// epsilon, up to 1 / epsilon.
///
/// probability: min(lambda, top) / top, where lambda is what the point leaves its innermost cluster
/// at, and top the largest of the label's cluster itself; 1 if lambda is infinite. So where some
/// points of a cluster are identical, the others have 0. outlier_scores: 1 − lambda / the largest
/// lambda in the point's innermost cluster and below. persistence: stability / (points · largest
/// lambda of all), 1 if that is infinite.
///
/// Rows with a NaN or infinity are noise (probability 0, outlier score 1), count in not_finite and
/// change nothing for the others: they hang at infinite edges, on the first finite row. A zero row
/// has cosine distance 1 to everything. N = 1: noise. Permuting the rows gives the same clusters
/// where distances are distinct. Points at which all distances tie (duplicates) are joined by
/// index.
///
/// Cost: N²/2 distances to find neighbours, and at most as many again between the parts of the tree
/// that those do not prove (for most data one more pass; each further pass halves the parts).
/// Memory: two packed float32 copies of the points and one of bfloat16, at most 24·k bytes a point
/// with k = max(16, 2·min_samples), and at most 70 MB.
/// Errors: kernels::error for metric::inner_product, min_cluster_size below 2, negative parameters,
/// alpha not above 0, more than 2^30 rows.
template <class T>
hdbscan_result hdbscan(on_cpu exec, const view<const T, 2>& points,
                       const hdbscan_params& params = {}) {
  cluster::check("hdbscan", params);
  cluster::check_points("hdbscan", points, params.metric);
  return cluster::clusters_of(
      cpu::spanning_tree(exec, points, params.metric, cluster::samples_of(params), params.alpha),
      points.extent[0], params);
}

/// The clusters that new points (M, D) fall into, found by hdbscan() of `points` with `found`,
/// which stay as they are.
///
/// A new point's core distance is that to its min_samples-th nearest point (as many as in the
/// clustering); its neighbour is the finite point of the smallest (weight, d, index), its lambda
/// 1 / that weight. If the neighbour leaves its cluster before, at a smaller lambda, the new point
/// goes with it; otherwise it goes up from there to the first cluster born before its lambda. The
/// label is that of the cluster that was taken there or around, or −1; the probability min(lambda,
/// top) / top, as in hdbscan(). The program hdbscan (approximate_predict) counts core distances
/// differently here than in its clustering, leaves out alpha, and looks at 2·min_samples neighbours
/// only. If the root is the one cluster, the smaller of both lambdas decides as in hdbscan().
///
/// Rows that are not finite, and all where there is no tree: label −1, probability 0, neighbour −1
/// (a finite row always has a neighbour if a finite point exists).
/// Cost: M·N distances. Memory: a packed copy of all, 128·N bytes a thread.
/// Errors: kernels::error for another D, another N than found's, a result without core distances.
template <class T, class U>
hdbscan_prediction hdbscan_predict(on_cpu exec, const view<const T, 2>& points,
                                   const hdbscan_result& found,
                                   const view<const U, 2>& new_points) {
  cluster::check_points("hdbscan_predict", points, found.params.metric);
  cluster::check_points("hdbscan_predict", new_points, found.params.metric);
  cluster::check("hdbscan_predict", found.params);
  const std::int64_t n = points.extent[0];
  if (found.points() != n) {
    refuse("hdbscan_predict", "found", "the result of these " + std::to_string(n) + " points",
           "one of " + std::to_string(found.points()));
  }
  if (static_cast<std::int64_t>(found.core_distances.size()) != n) {
    refuse("hdbscan_predict", "found", "a result with core distances", "one of hdbscan_tree");
  }
  if (new_points.extent[1] != points.extent[1]) {
    refuse("hdbscan_predict", "new_points", std::to_string(points.extent[1]) + " columns",
           std::to_string(new_points.extent[1]));
  }
  return cpu::hdbscan_predict(exec, points, found, new_points);
}

}  // namespace kernels::inline KERNELS_ABI
