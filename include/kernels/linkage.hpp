// linkage: hierarchical clustering by average or complete linkage, and cuts of its tree.
//
//   const auto tree = kernels::linkage(kernels::on_cpu(), points);
//   const auto labels = kernels::linkage_cut(tree, 0.4);         // merges up to a distance
//   const auto eight = kernels::linkage_cut_into(tree, 8);       // a number of clusters
//
// Class: exact: the same tree with any instruction set and number of threads.
#pragma once

#include <kernels/cluster/check.hpp>
#include <kernels/cpu/clustering_rows.hpp>
#include <kernels/cpu/linkage_matrix.hpp>
#include <kernels/cpu/linkage_sums.hpp>
#include <kernels/single_linkage.hpp>

namespace kernels::inline KERNELS_ABI {

/// How far two clusters are from each other: by all pairs of a point of one and a point of the
/// other.
enum class linkage_method {
  average,   ///< the mean of their distances (UPGMA)
  complete,  ///< the largest
  single     ///< the smallest: single_linkage.hpp
};

struct linkage_params {
  linkage_method method = linkage_method::average;
  kernels::metric metric = metric::cosine;  ///< or euclidean
};

/// The most rows of a linkage that keeps all distances in memory, which are 1 GiB then.
inline constexpr std::int64_t kLinkageMatrixRows = 16384;

struct linkage_result {
  std::vector<cluster_merge> merges;     ///< N − 1, nearest first: scipy's linkage matrix
  std::vector<std::int32_t> not_finite;  ///< rows with a NaN or an infinity
  std::int64_t points = 0;
};

/// The merge tree of the rows of `points` (N, D): float, half or bfloat16. Merges by distance; left
/// < right.
///
/// Distance of points: 1 − cosine similarity in [0, 2] of rows brought to unit length (a zero row
/// has 1 to everything), or euclidean; float32 in a fixed order (math/dot.hpp).
/// Average of cosine: 1 − ⟨S, S'⟩ / (n·n') of the sums of unit rows, added up in float32 merge by
/// merge: within some 1e-6 of the mean of pairs; and merges at distances that differ less than that
/// may come in either order. Average of euclidean: the weighted mean of the two parts' distances,
/// in double, rounded to float32. Complete: exactly the largest distance of a pair.
/// Ties: of clusters at the same distance the one with the lowest row is nearest, unless two are
/// nearest to each other; merges at the same distance come by the lowest rows of what they merged.
/// Distinct distances: permuting the rows gives the same tree.
/// Rows that are not finite are merged last, at an infinite distance. N < 2: no merges.
///
/// Cost and memory: average of cosine: N²/2 distances, and N more for each cluster whose nearest
/// the neighbours of its parts do not prove; two packed float32 copies of the points and some 500
/// bytes a point, no N² matrix. Complete, and average of euclidean: 4·N² bytes, N² steps. Single:
/// single_linkage.hpp.
/// Errors: kernels::error for metric::inner_product, over 2^30 rows, and over kLinkageMatrixRows
/// finite rows where all distances are kept.
template <class T>
linkage_result linkage(on_cpu exec, const view<const T, 2>& points,
                       const linkage_params& params = {}) {
  cluster::check_points("linkage", points, params.metric);
  linkage_result result;
  result.points = points.extent[0];
  const cpu::clustering_rows rows(exec, points, params.metric);
  result.not_finite = rows.not_finite();
  if (params.method == linkage_method::single) {
    result.merges = single_linkage(exec, points, {.metric = params.metric});
    return result;
  }
  std::vector<cluster::joined_pair> pairs;
  const bool sums = params.method == linkage_method::average && params.metric == metric::cosine;
  if (!sums && rows.count() > kLinkageMatrixRows) {
    refuse("linkage", "points",
           "at most " + std::to_string(kLinkageMatrixRows) +
               " rows for this method and metric, whose distances are all kept in memory",
           std::to_string(rows.count()));
  }
  if (rows.count() > 1) {
    if (sums) {
      cpu::cosine_sums clusters(exec, rows.points());
      pairs = cluster::nearest_chain(clusters, rows.count());
    } else {
      cpu::distance_matrix clusters(exec, rows.points(), params.method == linkage_method::complete);
      pairs = cluster::nearest_chain(clusters, rows.count());
    }
  }
  for (auto& p : pairs) {
    p.low = rows.number(p.low);
    p.high = rows.number(p.high);
  }
  std::int32_t base = rows.count() > 0 ? rows.number(0) : -1;
  for (const std::int32_t r : rows.not_finite()) {
    if (base >= 0) {
      pairs.push_back(
          {std::min(base, r), std::max(base, r), std::numeric_limits<double>::infinity()});
    } else {
      base = r;
    }
  }
  result.merges = cluster::sorted_merges(std::move(pairs), result.points);
  return result;
}

/// Labels of the clusters in which no merge is further than `distance`, 0, 1, … by their lowest
/// rows; −1 for rows that are not finite. scipy's fcluster(tree, distance, "distance").
/// Errors: kernels::error for a distance that is below 0 or not finite.
inline std::vector<std::int32_t> linkage_cut(const linkage_result& tree, double distance) {
  cluster::check_distance("linkage_cut", "distance", distance);
  const auto end = std::upper_bound(
      tree.merges.begin(), tree.merges.end(), distance,
      [](double limit, const cluster_merge& merge) { return limit < merge.distance; });
  return cluster::labels_after(tree.merges, tree.points, end - tree.merges.begin(),
                               tree.not_finite);
}

/// Labels of exactly so many clusters (as many as there are finite rows, if those are fewer): all
/// but the last merges. Numbers as for linkage_cut().
/// Errors: kernels::error for fewer than one cluster.
inline std::vector<std::int32_t> linkage_cut_into(const linkage_result& tree,
                                                  std::int64_t clusters) {
  if (clusters < 1) {
    refuse("linkage_cut_into", "clusters", "at least 1", std::to_string(clusters));
  }
  const std::int64_t finite = tree.points - static_cast<std::int64_t>(tree.not_finite.size());
  return cluster::labels_after(tree.merges, tree.points,
                               std::max<std::int64_t>(finite - clusters, 0), tree.not_finite);
}

}  // namespace kernels::inline KERNELS_ABI
