// hdbscan on the GPU against the CPU, for the emulator and for a GPU.
#pragma once

#include "cluster_gpu_cases.hpp"

#include <kernels/cluster.hpp>

#include <doctest/doctest.h>

#include <bit>

namespace hdbscan_gpu_cases {

using namespace cluster_gpu_cases;
using kernels::hdbscan_params;
using kernels::hdbscan_result;
using kernels::metric;

inline bool same_edges(const std::vector<kernels::spanning_edge>& x,
                       const std::vector<kernels::spanning_edge>& y) {
  return std::equal(x.begin(), x.end(), y.begin(), y.end(), [](const auto& a, const auto& b) {
    return kernels::cluster::key_of(a) == kernels::cluster::key_of(b);
  });
}

inline bool same_result(const hdbscan_result& x, const hdbscan_result& y) {
  const auto same_bits = [](const auto& a, const auto& b) {
    using number = typename std::decay_t<decltype(a)>::value_type;
    using bits = std::conditional_t<sizeof(number) == 8, std::uint64_t, std::uint32_t>;
    return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](number p, number q) {
      return std::bit_cast<bits>(p) == std::bit_cast<bits>(q);
    });
  };
  return x.labels == y.labels && same_bits(x.probabilities, y.probabilities) &&
         same_bits(x.outlier_scores, y.outlier_scores) && same_bits(x.persistence, y.persistence) &&
         x.selected == y.selected && same_bits(x.core_distances, y.core_distances) &&
         same_edges(x.spanning_tree, y.spanning_tree) && x.not_finite == y.not_finite &&
         x.condensed.size() == y.condensed.size();
}

inline bool same_merges(const std::vector<kernels::cluster_merge>& x,
                        const std::vector<kernels::cluster_merge>& y) {
  return std::equal(x.begin(), x.end(), y.begin(), y.end(), [](const auto& a, const auto& b) {
    return a.left == b.left && a.right == b.right && a.distance == b.distance && a.size == b.size;
  });
}

/// run(points, params) gives an hdbscan_result.
template <class Run>
bool finds_the_same(const Run& run, const matrix& m, const hdbscan_params& params) {
  return same_result(run(m, params), kernels::hdbscan(kernels::on_cpu{1}, m.view(), params));
}

/// All kinds of points with both metrics.
template <class Run>
void all_kinds(const Run& run, std::int64_t rows, std::int64_t columns, unsigned seed) {
  for (const kind what : kKinds) {
    const matrix m = points(what, rows, columns, seed);
    for (const metric compared : {metric::cosine, metric::euclidean}) {
      CAPTURE(static_cast<int>(what));
      CAPTURE(static_cast<int>(compared));
      CHECK(finds_the_same(run, m, {.min_cluster_size = 4, .min_samples = 2, .metric = compared}));
    }
  }
}

/// Parts that neighbours do not join: the lightest edges between them matter, more than once. On a
/// lattice each part is two points, repeated, and those edges tie.
template <class Run>
void far_parts(const Run& run, std::int64_t parts, std::int64_t each, unsigned seed, bool lattice) {
  std::mt19937 random(seed);
  std::uniform_real_distribution<float> unit(0, 1);
  matrix m{parts * each, 2, {}};
  std::vector<std::int64_t> part_of;  // mixed up, so that an order of components is another one
  for (std::int64_t r = 0; r < m.rows; ++r) part_of.push_back(r % parts);
  std::shuffle(part_of.begin(), part_of.end(), random);
  for (const std::int64_t part : part_of) {
    const auto column = static_cast<float>(part % 3), row = static_cast<float>(part / 3);
    m.values.push_back(lattice ? 3 * column + static_cast<float>(random() % 2)
                               : 5 * column + unit(random));
    m.values.push_back(lattice ? 2 * row : 4 * row + unit(random));
  }
  for (const std::int64_t samples : {1, 8}) {
    CHECK(finds_the_same(
        run, m, {.min_cluster_size = 3, .min_samples = samples, .metric = metric::euclidean}));
  }
}

template <class Run>
void sizes(const Run& run) {
  for (const int rows : {0, 1, 2, 3, 31, 32, 33}) {
    for (const int columns : {1, 17}) {
      CAPTURE(rows);
      CHECK(finds_the_same(run, points(kind::random, rows, columns, 5), {.min_cluster_size = 2}));
    }
  }
  CHECK(finds_the_same(run, points(kind::random, 3, 0, 5), {}));
  CHECK(finds_the_same(run, spoiled_rows(3, 4), {}));
  matrix one = spoiled_rows(3, 1);
  one.values[1] = 2;
  CHECK(finds_the_same(run, one, {}));
}

}  // namespace hdbscan_gpu_cases
