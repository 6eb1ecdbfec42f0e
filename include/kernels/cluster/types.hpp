// What density clustering takes and gives: parameters, spanning edges, merges, the condensed tree.
#pragma once

#include <kernels/math/metric.hpp>

#include <cstdint>
#include <vector>

namespace kernels::inline KERNELS_ABI {

/// An edge of the minimum spanning tree: a < b.
struct spanning_edge {
  std::int32_t a, b;
  float weight;    ///< mutual reachability distance
  float distance;  ///< raw distance
};

/// Row k of a merge tree of N points, the k-th merge: nodes below N are points, N + j is what
/// merge j made. The columns of scipy's linkage matrix.
struct cluster_merge {
  std::int32_t left, right;
  double distance;
  std::int64_t size;  ///< points in what it makes
};

/// A row of the condensed tree: at density lambda = 1 / distance, child leaves parent. Children
/// below N are points; clusters are N (the root), N + 1, …: parents before children.
struct condensed_row {
  std::int32_t parent, child;
  double lambda;
  std::int64_t size;
};

/// Which clusters of the condensed tree are taken.
enum class cluster_selection {
  excess_of_mass,  ///< the most stable ones, none inside another
  leaf             ///< those without clusters inside: many, small, alike
};

struct hdbscan_params {
  std::int64_t min_cluster_size = 5;  ///< at least 2
  std::int64_t min_samples = 0;       ///< neighbours of a core point without itself; 0: the above
  kernels::metric metric = metric::cosine;  ///< or euclidean
  float alpha = 1;                          ///< raw distances are divided by it; over 0
  double epsilon = 0;                       ///< clusters are not split at distances below this
  std::int64_t max_cluster_size = 0;        ///< excess of mass takes no larger one; 0: no limit
  bool allow_single_cluster = false;        ///< may everything be one cluster?
  cluster_selection selection = cluster_selection::excess_of_mass;
};

struct single_linkage_params {
  kernels::metric metric = metric::cosine;  ///< or euclidean
};

/// What hdbscan() found. Vectors have one element a point unless they say otherwise.
struct hdbscan_result {
  std::vector<std::int32_t> labels;           ///< 0, 1, …; −1: noise
  std::vector<double> probabilities;          ///< how much of its cluster a point is, 0 to 1
  std::vector<double> outlier_scores;         ///< GLOSH, 0 to 1
  std::vector<double> persistence;            ///< one a cluster, by label
  std::vector<std::int32_t> selected;         ///< one a cluster: its id in the condensed tree
  std::vector<float> core_distances;          ///< infinite for rows that are not finite
  std::vector<spanning_edge> spanning_tree;   ///< N − 1, in their order
  std::vector<cluster_merge> single_linkage;  ///< N − 1
  std::vector<condensed_row> condensed;
  std::int64_t not_finite = 0;  ///< rows with a NaN or an infinity: noise
  hdbscan_params params;        ///< as given

  [[nodiscard]] std::int64_t points() const { return static_cast<std::int64_t>(labels.size()); }
  [[nodiscard]] std::int64_t clusters() const { return static_cast<std::int64_t>(selected.size()); }
};

/// Where new points belong, one element a new point.
struct hdbscan_prediction {
  std::vector<std::int32_t> labels;      ///< −1: noise
  std::vector<double> probabilities;     ///< 0 to 1
  std::vector<std::int32_t> neighbours;  ///< the point that decided; −1: none
};

}  // namespace kernels::inline KERNELS_ABI
