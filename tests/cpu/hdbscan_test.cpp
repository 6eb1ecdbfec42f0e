// HDBSCAN against its definition (tests/hdbscan_reference.hpp): the same spanning tree to the bit
// and the same clusters; permuted, duplicated, degenerate and not finite points; threads and
// instruction sets.
#include "../hdbscan_reference.hpp"

#include <kernels/cluster.hpp>

#include <doctest/doctest.h>

#include <map>
#include <random>

namespace {

using kernels::hdbscan_params;
using kernels::hdbscan_result;
using kernels::instruction_set;
using kernels::metric;
using kernels::on_cpu;
using kernels::packed;

using points = std::vector<float>;

kernels::view<const float, 2> rows(const points& values, std::int64_t dimension) {
  return packed(values.data(), {static_cast<std::int64_t>(values.size()) / dimension, dimension});
}

points blobs(std::int64_t n, std::int64_t dimension, unsigned seed, float spread) {
  std::mt19937 random(seed);
  std::normal_distribution<float> normal;
  points centres(static_cast<std::size_t>(6 * dimension)), values;
  for (float& c : centres) c = 4 * normal(random);
  for (std::int64_t i = 0; i < n; ++i) {
    const auto centre =
        static_cast<std::size_t>(random() % 6) * static_cast<std::size_t>(dimension);
    const float wide = random() % 8 == 0 ? 8.0F : 1.0F;
    for (std::size_t k = 0; k < static_cast<std::size_t>(dimension); ++k) {
      values.push_back(centres[centre + k] + wide * spread * normal(random));
    }
  }
  return values;
}

/// A few whole numbers: most distances tie.
points grid(std::int64_t n, std::int64_t dimension, unsigned seed, unsigned levels = 4) {
  std::mt19937 random(seed);
  points values(static_cast<std::size_t>(n * dimension));
  for (float& v : values) v = static_cast<float>(random() % levels) - 1;
  return values;
}

bool is_naive_tree(const hdbscan_result& found, const points& values, std::int64_t dimension) {
  const auto& p = found.params;
  const auto samples = p.min_samples > 0 ? p.min_samples : p.min_cluster_size;
  const auto all =
      hdbscan_reference::all_pairs(rows(values, dimension), p.metric == metric::cosine, samples);
  const auto tree = hdbscan_reference::prim(all, p.alpha);
  if (tree.size() != found.spanning_tree.size()) return false;
  for (std::size_t k = 0; k < tree.size(); ++k) {
    const auto& e = found.spanning_tree[k];
    if (tree[k] != hdbscan_reference::edge_order{e.weight, e.distance, e.a, e.b}) return false;
  }
  return found.core_distances == all.core;
}

bool same_partition(const std::vector<std::int32_t>& a, const std::vector<std::int32_t>& b) {
  std::map<std::int32_t, std::int32_t> there{{-1, -1}}, back{{-1, -1}};
  for (std::size_t k = 0; k < a.size(); ++k) {
    if (there.emplace(a[k], b[k]).first->second != b[k]) return false;
    if (back.emplace(b[k], a[k]).first->second != a[k]) return false;
  }
  return a.size() == b.size();
}

bool near(const std::vector<double>& a, const std::vector<double>& b) {
  if (a.size() != b.size()) return false;
  for (std::size_t k = 0; k < a.size(); ++k) {
    if (!(std::abs(a[k] - b[k]) <= 1e-9)) return false;
  }
  return true;
}

template <class Edge>
bool same_edges(const std::vector<Edge>& a, const std::vector<Edge>& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](const Edge& x, const Edge& y) {
    return x.a == y.a && x.b == y.b && x.weight == y.weight && x.distance == y.distance;
  });
}

bool same_result(const hdbscan_result& a, const hdbscan_result& b) {
  return a.labels == b.labels && a.probabilities == b.probabilities &&
         a.outlier_scores == b.outlier_scores && a.persistence == b.persistence &&
         a.selected == b.selected && a.core_distances == b.core_distances &&
         same_edges(a.spanning_tree, b.spanning_tree);
}

}  // namespace

TEST_CASE("hdbscan cpu: the spanning tree is that of all pairs, to the bit, ties included") {
  for (const auto compared : {metric::cosine, metric::euclidean}) {
    for (const std::int64_t n : {2, 3, 5, 31, 33, 129, 300, 600}) {
      for (const std::int64_t dimension : {2, 17}) {
        for (const std::int64_t samples : {1, 4, 40}) {
          hdbscan_params p{.min_samples = samples, .metric = compared};
          p.alpha = samples == 4 ? 1.25F : 1.0F;
          CAPTURE(n);
          CAPTURE(dimension);
          CAPTURE(samples);
          for (const points& values :
               {blobs(n, dimension, 3, 0.4F), grid(n, dimension, 4), grid(n, dimension, 5, 20)}) {
            const auto found = kernels::hdbscan(on_cpu{1}, rows(values, dimension), p);
            const bool right = is_naive_tree(found, values, dimension);
            CHECK(right);
          }
        }
      }
    }
  }
}

TEST_CASE("hdbscan cpu: clusters, probabilities and outlier scores by definition") {
  int clusters = 0;
  for (unsigned seed = 0; seed < 12; ++seed) {
    const std::int64_t size = 3 + seed % 5, dimension = 2 + seed % 3;
    const points some =
        seed % 4 == 3 ? grid(150, dimension, seed) : blobs(150, dimension, seed, 0.3F);
    const auto found = kernels::hdbscan(on_cpu{1}, rows(some, dimension),
                                        {.min_cluster_size = size, .metric = metric::euclidean});
    const auto tree = hdbscan_reference::prim(
        hdbscan_reference::all_pairs(rows(some, dimension), false, size), 1);
    const auto naive = hdbscan_reference::cluster(tree, 150, static_cast<std::size_t>(size));
    CAPTURE(seed);
    CHECK(same_partition(found.labels, naive.labels));
    CHECK(near(found.probabilities, naive.probabilities));
    CHECK(near(found.outlier_scores, naive.outlier_scores));
    CHECK(found.clusters() == naive.clusters);
    clusters += naive.clusters;
  }
  CHECK(clusters > 30);
}

TEST_CASE("hdbscan cpu: the same tree with short lists of neighbours, by tables and by rounds") {
  // groups larger than lists of neighbours, far from each other
  points groups;
  std::mt19937 random(9);
  std::uniform_real_distribution<float> unit(0, 1);
  for (int group = 0; group < 40; ++group) {
    const float x = 1000 * unit(random), y = 1000 * unit(random);
    for (int k = 0; k < 18; ++k) {
      groups.push_back(x + 0.01F * unit(random));
      groups.push_back(y + 0.01F * unit(random));
    }
  }
  for (const points& values : {groups, grid(200, 2, 7, 12), grid(200, 2, 8, 40)}) {
    for (const std::int64_t samples : {1, 2, 3}) {
      const auto tree =
          hdbscan_reference::prim(hdbscan_reference::all_pairs(rows(values, 2), false, samples), 1);
      const kernels::cpu::clustering_rows kept(on_cpu{1}, rows(values, 2), metric::euclidean);
      for (const std::int64_t neighbours : {0, 1, 3, 7}) {
        for (const std::int64_t table : {0, 30, 2048}) {
          kernels::cpu::spanning_passes passes(on_cpu{2}, kept.points(), table);
          kernels::cluster::spanning_tree_builder builder(passes, samples, 1, neighbours);
          auto edges = builder.run();
          std::sort(edges.begin(), edges.end());
          bool same = edges.size() == tree.size();
          for (std::size_t k = 0; same && k < edges.size(); ++k) {
            const auto& e = edges[k];
            same = tree[k] ==
                   hdbscan_reference::edge_order{e.weight(), e.distance(), e.smaller(), e.larger()};
          }
          CAPTURE(samples);
          CAPTURE(neighbours);
          CAPTURE(table);
          CHECK(same);
        }
      }
    }
  }
}

TEST_CASE("hdbscan cpu: a few points at equal distances, very short lists") {
  int wrong = 0;
  for (unsigned seed = 0; seed < 4000; ++seed) {
    const std::int64_t n = 4 + seed % 11, samples = seed % 3;
    const points values = grid(n, 3, seed, 2 + seed % 5);
    const auto tree =
        hdbscan_reference::prim(hdbscan_reference::all_pairs(rows(values, 3), false, samples), 1);
    const kernels::cpu::clustering_rows kept(on_cpu{1}, rows(values, 3), metric::euclidean);
    kernels::cpu::spanning_passes passes(on_cpu{1}, kept.points(), seed % 2 * 2048);
    kernels::cluster::spanning_tree_builder builder(passes, samples, 1, 1 + seed / 3 % 3);
    auto edges = builder.run();
    std::sort(edges.begin(), edges.end());
    for (std::size_t k = 0; k < edges.size(); ++k) {
      const auto& e = edges[k];
      const hdbscan_reference::edge_order order{e.weight(), e.distance(), e.smaller(), e.larger()};
      wrong += tree[k] == order ? 0 : 1;
    }
  }
  CHECK(wrong == 0);
}

TEST_CASE("hdbscan cpu: permuted points give the same clusters where distances are distinct") {
  const std::int64_t n = 400, dimension = 8;
  const points some = blobs(n, dimension, 21, 0.5F);
  const auto found = kernels::hdbscan(on_cpu{1}, rows(some, dimension));
  CHECK(found.clusters() >= 3);
  std::mt19937 random(5);
  for (int run = 0; run < 3; ++run) {
    std::vector<std::int64_t> order(static_cast<std::size_t>(n));
    std::iota(order.begin(), order.end(), 0);
    std::shuffle(order.begin(), order.end(), random);
    points moved;
    for (const auto i : order) {
      moved.insert(moved.end(), some.begin() + i * dimension, some.begin() + (i + 1) * dimension);
    }
    const auto again = kernels::hdbscan(on_cpu{1}, rows(moved, dimension));
    std::vector<std::int32_t> labels;
    std::vector<double> scores;
    for (const auto i : order) {
      labels.push_back(found.labels[static_cast<std::size_t>(i)]);
      scores.push_back(found.outlier_scores[static_cast<std::size_t>(i)]);
    }
    CHECK(same_partition(again.labels, labels));
    CHECK(again.outlier_scores == scores);
  }
}

TEST_CASE("hdbscan cpu: threads, instruction sets, element types and strides change nothing") {
  const std::int64_t n = 700, dimension = 40;
  const points some = blobs(n, dimension, 2, 1.5F);
  for (const auto compared : {metric::cosine, metric::euclidean}) {
    const hdbscan_params p{.min_samples = 3, .metric = compared};
    const auto found = kernels::hdbscan(on_cpu{1}, rows(some, dimension), p);
    CHECK(found.clusters() > 1);
    for (const int threads : {2, 7}) {
      CHECK(same_result(kernels::hdbscan(on_cpu{threads}, rows(some, dimension), p), found));
    }
    for (const auto isa :
         {instruction_set::portable, instruction_set::avx2, instruction_set::avx512}) {
      if (!kernels::cpu::supported(isa)) continue;
      CAPTURE(kernels::cpu::name(isa));
      CHECK(same_result(kernels::hdbscan(on_cpu{2, isa}, rows(some, dimension), p), found));
    }
    points spaced(static_cast<std::size_t>(2 * n * dimension), 1e30F);
    for (std::size_t k = 0; k < some.size(); ++k) spaced[2 * k] = some[k];
    const kernels::view<const float, 2> strided{spaced.data(), {n, dimension}, {2 * dimension, 2}};
    CHECK(same_result(kernels::hdbscan(on_cpu{1}, strided, p), found));
  }
  std::vector<kernels::half> halves;
  points rounded;
  for (const float v : some) {
    halves.push_back(kernels::math::to_half(v));
    rounded.push_back(kernels::math::to_float32(halves.back()));
  }
  CHECK(
      same_result(kernels::hdbscan(on_cpu{1}, packed(std::as_const(halves).data(), {n, dimension})),
                  kernels::hdbscan(on_cpu{1}, rows(rounded, dimension))));
}

TEST_CASE("hdbscan cpu: no points, one, two, all the same, all noise") {
  const points none;
  const auto empty = kernels::hdbscan(on_cpu{1}, packed(none.data(), {0, 8}));
  CHECK(empty.points() == 0);
  CHECK(empty.clusters() == 0);
  CHECK(kernels::hdbscan(on_cpu{1}, packed(none.data(), {3, 0})).labels ==
        std::vector<std::int32_t>{-1, -1, -1});
  for (const bool single : {false, true}) {
    const hdbscan_params p{.min_cluster_size = 2, .allow_single_cluster = single};
    const points one = {1, 2}, two = {1, 0, 0, 1}, same(2 * 50, 3.0F);
    CHECK(kernels::hdbscan(on_cpu{1}, rows(one, 2), p).labels == std::vector<std::int32_t>{-1});
    const auto both = kernels::hdbscan(on_cpu{1}, rows(two, 2), p);
    CHECK(both.labels == std::vector<std::int32_t>(2, single ? 0 : -1));
    CHECK(both.spanning_tree.size() == 1);
    CHECK(both.spanning_tree[0].weight == 1.0F);
    const auto copies = kernels::hdbscan(on_cpu{1}, rows(same, 2), p);
    CHECK(copies.labels == std::vector<std::int32_t>(50, single ? 0 : -1));
    for (const auto& e : copies.spanning_tree) CHECK(e.a == 0);
  }
  points apart;  // corners of a simplex: nobody is nearer to anybody
  for (int i = 0; i < 30; ++i) {
    for (int k = 0; k < 30; ++k) apart.push_back(i == k ? 1.0F : 0.0F);
  }
  const auto noise = kernels::hdbscan(on_cpu{1}, rows(apart, 30));
  CHECK(noise.labels == std::vector<std::int32_t>(30, -1));
  CHECK(noise.probabilities == std::vector<double>(30, 0.0));
}

TEST_CASE("hdbscan cpu: rows that are not finite are noise and change nothing") {
  const std::int64_t n = 120, dimension = 5;
  const points some = blobs(n, dimension, 11, 0.3F);
  for (const auto compared : {metric::cosine, metric::euclidean}) {
    for (const std::int64_t first : {0, 40}) {
      const hdbscan_params p{.metric = compared};
      const auto found = kernels::hdbscan(on_cpu{1}, rows(some, dimension), p);
      points broken = some;
      for (int k = 0; k < 30; ++k) {  // thirty bad rows before row `first`
        const float bad = k % 2 == 0 ? NAN : std::numeric_limits<float>::infinity();
        const points row = {1, bad, 0, 0, 2};
        broken.insert(broken.begin() + first * dimension, row.begin(), row.end());
      }
      const auto given = kernels::hdbscan(on_cpu{1}, rows(broken, dimension), p);
      CHECK(given.not_finite == 30);
      CHECK(given.spanning_tree.size() == static_cast<std::size_t>(n) + 29);
      bool noise = true;
      for (auto k = static_cast<std::size_t>(first); k < static_cast<std::size_t>(first) + 30;
           ++k) {
        noise = noise && given.labels[k] == -1 && given.probabilities[k] == 0 &&
                given.outlier_scores[k] == 1;
      }
      CHECK(noise);
      auto labels = given.labels;
      labels.erase(labels.begin() + first, labels.begin() + first + 30);
      CHECK(same_partition(labels, found.labels));
    }
  }
  const points nothing(60, NAN);
  const auto all = kernels::hdbscan(on_cpu{1}, rows(nothing, 2), {.allow_single_cluster = true});
  CHECK(all.labels == std::vector<std::int32_t>(30, -1));
  CHECK(all.clusters() == 0);
  points zeros = blobs(40, 3, 1, 0.2F);
  std::fill_n(zeros.begin(), 3 * 6, 0.0F);
  const auto with_zeros = kernels::hdbscan(on_cpu{1}, rows(zeros, 3));
  CHECK(with_zeros.core_distances[0] == 1.0F);
  CHECK(with_zeros.not_finite == 0);
  CHECK(is_naive_tree(with_zeros, zeros, 3));
}

TEST_CASE("hdbscan cpu: a tree as deep as there are points") {
  const std::int32_t n = 100000;
  std::vector<kernels::spanning_edge> chain;
  for (std::int32_t k = 0; k + 1 < n; ++k) {
    const float w = 1 + static_cast<float>(k) / 1024;
    chain.push_back({k, k + 1, w, w});
  }
  const auto found = kernels::hdbscan_tree(chain, n, {.allow_single_cluster = true});
  CHECK(found.clusters() == 1);
  CHECK(found.condensed.size() == static_cast<std::size_t>(n));
}

TEST_CASE("hdbscan cpu: what is refused") {
  const points some = blobs(10, 2, 1, 1);
  const auto refused = [&](const hdbscan_params& p) {
    CHECK_THROWS_AS(kernels::hdbscan(on_cpu{1}, rows(some, 2), p), kernels::error);
  };
  refused({.min_cluster_size = 1});
  refused({.min_samples = -1});
  refused({.metric = metric::inner_product});
  refused({.alpha = 0});
  refused({.alpha = NAN});
  refused({.epsilon = -1});
  refused({.max_cluster_size = -1});
  using kernels::hdbscan_tree;
  CHECK_THROWS_AS(hdbscan_tree({{0, 1, 1, 1}}, 3), kernels::error);
  CHECK_THROWS_AS(hdbscan_tree({{0, 1, 1, 1}, {0, 1, 2, 2}}, 3), kernels::error);
  CHECK_THROWS_AS(hdbscan_tree({{1, 0, 1, 1}}, 2), kernels::error);
  CHECK_THROWS_AS(hdbscan_tree({{0, 1, NAN, 1}}, 2), kernels::error);
}
