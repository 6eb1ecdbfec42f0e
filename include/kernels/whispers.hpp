// whispers: Chinese whispers on the graph of pairs that are near enough: groups without a number of
// clusters, fast, of no guaranteed quality.
//
//   const auto found = kernels::whispers(kernels::on_cpu(), points, {.threshold = 0.7F});
//   found.labels[i], found.clusters
//
// Class: exact: the same labels with any instruction set and number of threads.
// C. Biemann: Chinese whispers, an efficient graph clustering algorithm (2006).
#pragma once

#include <kernels/cluster/check.hpp>
#include <kernels/cpu/clustering_rows.hpp>
#include <kernels/cpu/neighbour_graph.hpp>

namespace kernels::inline KERNELS_ABI {

struct whispers_params {
  float threshold = 0.7F;  ///< least cosine similarity, 0 to 1; euclidean: largest distance
  kernels::metric metric = metric::cosine;  ///< or euclidean
  std::int64_t max_rounds = 20;             ///< each visits every point once
  std::uint64_t seed = 0;                   ///< of the order of visits
  std::int64_t max_edges = 50'000'000;      ///< more are refused: up to 50 bytes each
};

struct whispers_result {
  std::vector<std::int32_t> labels;  ///< 0, 1, … by the lowest member; −1: not finite
  std::int32_t clusters = 0;         ///< those of one point too
  std::int64_t not_finite = 0;       ///< rows with a NaN or an infinity
  std::int64_t edges = 0;
  std::int64_t rounds = 0;
  bool settled = true;  ///< the last round changed nothing
};

/// Groups of the rows of `points` (N, D): float, half or bfloat16.
///
/// Pairs with a cosine similarity (of rows brought to unit length, float32 in a fixed order) of at
/// least `threshold` are edges that weigh it; pairs with a euclidean distance of at most
/// `threshold` are edges that weigh 1. Every point starts with a label of its own. In each round
/// all points are visited in a new shuffled order (SplitMix64 of `seed`) and take the label with
/// the largest sum of weights (double, neighbours ascending) among their neighbours; ties: the
/// lowest label, which is the row that had it first. A point without neighbours keeps its own. Done
/// when a round changes nothing, or after max_rounds. Then labels are numbered by their lowest
/// member. Which label wins depends on the order of visits: permuted rows or another seed may give
/// other groups; groups never span two components of the graph.
///
/// A zero row has similarity 0 with everything. Rows that are not finite have the label −1.
/// Cost: N²/2 distances, then rounds · edges. Memory: a packed float32 copy of the points, 50 bytes
/// an edge at most.
/// Errors: kernels::error for metric::inner_product, a cosine threshold outside [0, 1], a distance
/// below 0 or not finite, negative max_rounds or max_edges, more than max_edges edges, more than
/// 2^30 rows.
template <class T>
whispers_result whispers(on_cpu exec, const view<const T, 2>& points,
                         const whispers_params& params = {}) {
  cluster::check_points("whispers", points, params.metric);
  cluster::check_threshold("whispers", params.threshold, params.metric);
  if (!(params.threshold >= 0)) {
    refuse("whispers", "threshold", "a similarity of at least 0, for it is the weight of an edge",
           number_text(params.threshold));
  }
  if (params.max_rounds < 0) {
    refuse("whispers", "max_rounds", "at least 0", std::to_string(params.max_rounds));
  }
  if (params.max_edges < 0) {
    refuse("whispers", "max_edges", "at least 0", std::to_string(params.max_edges));
  }
  const cpu::clustering_rows rows(exec, points, params.metric);
  const math::pair_test test = params.metric == metric::cosine
                                   ? math::similarity_at_least(params.threshold)
                                   : math::euclidean_distance_within(params.threshold);
  const auto graph = cpu::neighbour_graph(exec, rows.points(), test, params.max_edges, [&] {
    refuse("whispers", "threshold",
           "one that at most max_edges = " + std::to_string(params.max_edges) + " pairs pass",
           number_text(params.threshold) + ", which more pass");
  });
  const auto heard = cluster::whisper(graph, params.max_rounds, params.seed);

  whispers_result result;
  result.labels.assign(static_cast<std::size_t>(points.extent[0]), -1);
  std::vector<std::int32_t> number(heard.labels.size(), -1);
  for (std::int64_t k = 0; k < rows.count(); ++k) {
    const auto label = static_cast<std::size_t>(heard.labels[static_cast<std::size_t>(k)]);
    if (number[label] < 0) number[label] = result.clusters++;
    result.labels[static_cast<std::size_t>(rows.number(k))] = number[label];
  }
  result.not_finite = static_cast<std::int64_t>(rows.not_finite().size());
  result.edges = static_cast<std::int64_t>(graph.other.size() / 2);
  result.rounds = heard.rounds;
  result.settled = heard.settled;
  return result;
}

}  // namespace kernels::inline KERNELS_ABI
