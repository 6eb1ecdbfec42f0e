// New points and found clusters, against the stated rule written plainly; single linkage against
// merging by hand.
#include "../hdbscan_reference.hpp"

#include <kernels/cluster.hpp>

#include <doctest/doctest.h>

#include <random>

namespace {

using kernels::hdbscan_params;
using kernels::metric;
using kernels::on_cpu;
using kernels::packed;

using points = std::vector<float>;

kernels::view<const float, 2> rows(const points& values, std::int64_t dimension) {
  return packed(values.data(), {static_cast<std::int64_t>(values.size()) / dimension, dimension});
}

points blobs(std::int64_t n, std::int64_t dimension, unsigned seed) {
  std::mt19937 random(seed);
  std::normal_distribution<float> normal;
  std::mt19937 where(1);
  points centres(static_cast<std::size_t>(5 * dimension)), values;
  for (float& c : centres) c = 4 * normal(where);
  for (std::int64_t i = 0; i < n; ++i) {
    const auto centre =
        static_cast<std::size_t>(random() % 5) * static_cast<std::size_t>(dimension);
    const float wide = random() % 4 == 0 ? 4.0F : 0.5F;
    for (std::size_t k = 0; k < static_cast<std::size_t>(dimension); ++k) {
      values.push_back(centres[centre + k] + wide * normal(random));
    }
  }
  return values;
}

struct plain_answer {
  std::int32_t label = -1, neighbour = -1;
  double probability = 0;
};

/// The rule of hdbscan_predict() for one new point: the last of `all`.
plain_answer plainly(const kernels::hdbscan_result& found,
                     const hdbscan_reference::naive_points& all) {
  const std::size_t n = all.n - 1;
  const float alpha = found.params.alpha;
  std::vector<float> sorted(all.distance.end() - static_cast<std::ptrdiff_t>(all.n),
                            all.distance.end() - 1);
  const std::vector<float> row = sorted;
  std::sort(sorted.begin(), sorted.end());
  const float core = sorted[static_cast<std::size_t>(found.params.min_samples - 1)];
  std::tuple<float, float, std::int32_t> best{INFINITY, INFINITY, 0};
  for (std::size_t j = 0; j < n; ++j) {
    const float w = std::max({core, found.core_distances[j], row[j] / alpha});
    best = std::min(best, {w, row[j], static_cast<std::int32_t>(j)});
  }
  plain_answer answer;
  answer.neighbour = std::get<2>(best);
  const double lambda = 1.0 / double{std::get<0>(best)};
  const auto row_of = [&](std::int32_t child) {
    for (const auto& r : found.condensed) {
      if (r.child == child) return r;
    }
    return kernels::condensed_row{-1, child, 0, 0};
  };
  const auto near = row_of(answer.neighbour);
  std::int32_t cluster = near.parent;
  while (near.lambda > lambda && cluster > found.points() && row_of(cluster).lambda >= lambda) {
    cluster = row_of(cluster).parent;
  }
  for (; cluster >= 0; cluster = row_of(cluster).parent) {
    const auto at = std::find(found.selected.begin(), found.selected.end(), cluster);
    if (at == found.selected.end()) continue;
    double top = 0;
    for (const auto& r : found.condensed) top = r.parent == cluster ? std::max(top, r.lambda) : top;
    if (cluster == found.points() && std::min(lambda, near.lambda) < top) return answer;
    answer.label = static_cast<std::int32_t>(at - found.selected.begin());
    answer.probability = std::min(lambda, top) / top;
    return answer;
  }
  return answer;
}

}  // namespace

TEST_CASE("hdbscan_predict cpu: the stated rule, any threads") {
  const std::int64_t n = 230, m = 70, dimension = 4;
  const points known = blobs(n, dimension, 3), asked = blobs(m, dimension, 4);
  for (const auto compared : {metric::cosine, metric::euclidean}) {
    for (const bool single : {false, true}) {
      hdbscan_params p{.min_cluster_size = single ? 120 : 5, .min_samples = 4, .metric = compared};
      p.alpha = 1.1F;
      p.allow_single_cluster = single;
      const auto found = kernels::hdbscan(on_cpu{1}, rows(known, dimension), p);
      CHECK(found.clusters() >= (single ? 1 : 3));
      const auto given = kernels::hdbscan_predict(on_cpu{1}, rows(known, dimension), found,
                                                  rows(asked, dimension));
      int wrong = 0, labelled = 0;
      for (std::int64_t i = 0; i < m; ++i) {
        points all = known;
        all.insert(all.end(), asked.begin() + i * dimension, asked.begin() + (i + 1) * dimension);
        const auto wanted = plainly(
            found,
            hdbscan_reference::all_pairs(rows(all, dimension), compared == metric::cosine, 4));
        const auto k = static_cast<std::size_t>(i);
        wrong += given.labels[k] == wanted.label && given.neighbours[k] == wanted.neighbour &&
                         std::abs(given.probabilities[k] - wanted.probability) < 1e-12
                     ? 0
                     : 1;
        labelled += wanted.label >= 0 ? 1 : 0;
      }
      CHECK(wrong == 0);
      CHECK(labelled > 10);
      CHECK(labelled < m);
      const auto again = kernels::hdbscan_predict(on_cpu{7}, rows(known, dimension), found,
                                                  rows(asked, dimension));
      CHECK(again.labels == given.labels);
      CHECK(again.probabilities == given.probabilities);
      CHECK(again.neighbours == given.neighbours);
    }
  }
}

TEST_CASE("hdbscan_predict cpu: rows that are not finite, no points, what is refused") {
  const std::int64_t n = 60, dimension = 3;
  points known = blobs(n, dimension, 8);
  known[0] = NAN;
  const auto found = kernels::hdbscan(on_cpu{1}, rows(known, dimension));
  points asked = blobs(4, dimension, 9);
  asked[3] = INFINITY;
  const auto view = rows(known, dimension);
  const auto given = kernels::hdbscan_predict(on_cpu{1}, view, found, rows(asked, dimension));
  CHECK(given.labels[1] == -1);
  CHECK(given.neighbours[1] == -1);
  CHECK(given.neighbours[0] > 0);
  const points none;
  CHECK(kernels::hdbscan_predict(on_cpu{1}, view, found, packed(none.data(), {0, dimension}))
            .labels.empty());
  const auto nothing = kernels::hdbscan(on_cpu{1}, packed(none.data(), {0, dimension}));
  const auto lost = kernels::hdbscan_predict(on_cpu{1}, packed(none.data(), {0, dimension}),
                                             nothing, rows(asked, dimension));
  CHECK(lost.labels == std::vector<std::int32_t>(4, -1));
  const points one = {1, 2, 3};
  const auto alone = kernels::hdbscan(on_cpu{1}, rows(one, 3));
  CHECK(kernels::hdbscan_predict(on_cpu{1}, rows(one, 3), alone, rows(asked, 3)).labels[0] == -1);

  using kernels::error;
  using kernels::hdbscan_predict;
  CHECK_THROWS_AS(
      hdbscan_predict(on_cpu{1}, view, found, packed(std::as_const(asked).data(), {6, 2})), error);
  CHECK_THROWS_AS(hdbscan_predict(on_cpu{1}, rows(asked, 3), found, rows(asked, 3)), error);
  const auto tree_only = kernels::hdbscan_tree(found.spanning_tree, n);
  CHECK_THROWS_AS(hdbscan_predict(on_cpu{1}, view, tree_only, rows(asked, 3)), error);
}

TEST_CASE("single linkage cpu: clusters merged by hand") {
  const std::int64_t n = 70, dimension = 3;
  for (const auto compared : {metric::cosine, metric::euclidean}) {
    const points some = blobs(n, dimension, 6);
    const auto merges =
        kernels::single_linkage(on_cpu{2}, rows(some, dimension), {.metric = compared});
    const auto all =
        hdbscan_reference::all_pairs(rows(some, dimension), compared == metric::cosine, 0);
    std::vector<std::vector<std::size_t>> clusters;
    for (std::size_t i = 0; i < all.n; ++i) clusters.push_back({i});
    int wrong = 0;
    for (const auto& m : merges) {
      double nearest = INFINITY;
      std::size_t x = 0, y = 0;
      for (std::size_t a = 0; a < clusters.size(); ++a) {
        for (std::size_t b = a + 1; b < clusters.size(); ++b) {
          for (const auto i : clusters[a]) {
            for (const auto j : clusters[b]) {
              if (double{all.distance[i * all.n + j]} < nearest) {
                nearest = double{all.distance[i * all.n + j]};
                x = a;
                y = b;
              }
            }
          }
        }
      }
      const auto size = static_cast<std::int64_t>(clusters[x].size() + clusters[y].size());
      wrong += m.distance == nearest && static_cast<std::size_t>(m.left) == x &&
                       static_cast<std::size_t>(m.right) == y && m.size == size
                   ? 0
                   : 1;
      clusters.push_back(clusters[x]);
      clusters.back().insert(clusters.back().end(), clusters[y].begin(), clusters[y].end());
      clusters[x].clear();
      clusters[y].clear();
    }
    CHECK(merges.size() == static_cast<std::size_t>(n - 1));
    CHECK(wrong == 0);
  }
  const points none;
  CHECK(kernels::single_linkage(on_cpu{1}, packed(none.data(), {0, 2})).empty());
}
