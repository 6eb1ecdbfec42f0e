// The graph of pairs that are near enough, in both directions.
#pragma once

#include <kernels/cluster/whispers.hpp>
#include <kernels/cpu/pair_hits.hpp>

#include <mutex>

namespace kernels::inline KERNELS_ABI::cpu {

/// Edges weigh their cosine similarity, or 1 for euclidean. Throws what `too_many` throws as soon
/// as there are more than most_edges.
template <class TooMany>
cluster::weighted_graph neighbour_graph(on_cpu exec, const point_rows& points,
                                        const math::pair_test& test, std::int64_t most_edges,
                                        const TooMany& too_many) {
  struct edge {
    std::int32_t a, b;
    float weight;
  };
  const auto dot = hit_loops_for<false>(choose(exec.isa)).exact_pair;
  std::vector<edge> edges;
  std::mutex mutex;
  for_each_hit_block(
      exec, points, test,
      [](std::int64_t, std::int64_t, std::int64_t, std::int64_t) { return false; },
      [&](const hit_block& block) {
        std::vector<edge> found;
        block.for_each([&](std::int32_t i, std::int32_t j) {
          float weight = 1;
          if (!test.euclidean) {
            weight = math::clamp_similarity(dot(points.row(i), points.row(j), points.stride));
          }
          found.push_back({i, j, weight});
        });
        const std::lock_guard lock(mutex);
        edges.insert(edges.end(), found.begin(), found.end());
        if (static_cast<std::int64_t>(edges.size()) > most_edges) too_many();
      });
  std::sort(edges.begin(), edges.end(),
            [](const edge& x, const edge& y) { return x.a != y.a ? x.a < y.a : x.b < y.b; });
  const auto n = static_cast<std::size_t>(points.count);
  cluster::weighted_graph graph;
  graph.first.assign(n + 1, 0);
  for (const edge& e : edges) {
    ++graph.first[static_cast<std::size_t>(e.a) + 1];
    ++graph.first[static_cast<std::size_t>(e.b) + 1];
  }
  for (std::size_t p = 0; p < n; ++p) graph.first[p + 1] += graph.first[p];
  std::vector<std::int64_t> next(graph.first.begin(), graph.first.end() - 1);
  graph.other.resize(2 * edges.size());
  graph.weight.resize(2 * edges.size());
  const auto put = [&](std::int32_t from, std::int32_t to, float weight) {
    const auto at = static_cast<std::size_t>(next[static_cast<std::size_t>(from)]++);
    graph.other[at] = to;
    graph.weight[at] = weight;
  };
  // a point's lower neighbours stand in edges before those of its higher ones
  for (const edge& e : edges) put(e.b, e.a, e.weight);
  for (const edge& e : edges) put(e.a, e.b, e.weight);
  return graph;
}

}  // namespace kernels::inline KERNELS_ABI::cpu
