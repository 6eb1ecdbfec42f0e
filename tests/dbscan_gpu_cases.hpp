// dbscan and threshold_components on the GPU against the CPU, for the emulator and for a GPU.
#pragma once

#include "cluster_gpu_cases.hpp"

#include <kernels/dbscan.hpp>

#include <doctest/doctest.h>

namespace dbscan_gpu_cases {

using namespace cluster_gpu_cases;
using kernels::dbscan_params;
using kernels::metric;
using kernels::threshold_components_params;

template <class Run>
bool finds_the_same(const Run& run, const matrix& m, const dbscan_params& params) {
  const auto x = run(m, params), y = kernels::dbscan(kernels::on_cpu{1}, m.view(), params);
  return x.labels == y.labels && x.core == y.core && x.clusters == y.clusters &&
         x.noise == y.noise && x.not_finite == y.not_finite;
}
template <class Run>
bool finds_the_same(const Run& run, const matrix& m, const threshold_components_params& params) {
  const auto x = run(m, params);
  const auto y = kernels::threshold_components(kernels::on_cpu{1}, m.view(), params);
  return x.labels == y.labels && x.clusters == y.clusters && x.not_finite == y.not_finite;
}

/// All kinds of points with both metrics.
template <class Run>
void all_kinds(const Run& run, std::int64_t rows, std::int64_t columns, unsigned seed) {
  for (const kind what : kKinds) {
    const matrix m = points(what, rows, columns, seed);
    CAPTURE(static_cast<int>(what));
    for (const float eps : {0.02F, 0.3F}) {
      CHECK(finds_the_same(run, m, dbscan_params{.eps = eps, .min_samples = 4}));
    }
    const float eps =
        what == kind::grid ? 1.0F : 1.5F;  // a distance that many pairs of a grid have
    CHECK(finds_the_same(run, m,
                         dbscan_params{.eps = eps, .min_samples = 3, .metric = metric::euclidean}));
    CHECK(finds_the_same(run, m, threshold_components_params{.threshold = 0.9F}));
    CHECK(finds_the_same(run, m, threshold_components_params{1.0F, metric::euclidean}));
  }
}

/// Points of a line and of a circle in no order: neighbours make long chains.
template <class Run>
void chains(const Run& run, std::int64_t rows) {
  std::mt19937 random(3);
  matrix m{rows, 2, {}};
  std::vector<float> places;
  for (std::int64_t r = 0; r < rows; ++r) places.push_back(static_cast<float>(r));
  std::shuffle(places.begin(), places.end(), random);
  for (const float x : places) {
    m.values.push_back(x > 50 ? x + 5 : x);
    m.values.push_back(0);
  }
  CHECK(finds_the_same(run, m, threshold_components_params{1.0F, metric::euclidean}));
  CHECK(finds_the_same(run, m, threshold_components_params{8.0F, metric::euclidean}));
  CHECK(finds_the_same(run, m, dbscan_params{2.0F, 5, metric::euclidean}));
  CHECK(finds_the_same(run, m, dbscan_params{2.0F, 6, metric::euclidean}));
}

template <class Run>
void sizes(const Run& run) {
  for (const int rows : {0, 1, 2, 31, 32, 33}) {
    CAPTURE(rows);
    const matrix m = points(kind::random, rows, 5, 5);
    for (const std::int64_t samples : {1, 2, 33, 34}) {
      CHECK(finds_the_same(run, m, dbscan_params{.eps = 0.6F, .min_samples = samples}));
    }
    CHECK(finds_the_same(run, m, dbscan_params{.eps = 2.0F, .min_samples = rows + 1}));
    CHECK(finds_the_same(run, m, threshold_components_params{-1.0F}));
  }
  CHECK(finds_the_same(run, spoiled_rows(3, 4), dbscan_params{}));
  CHECK(finds_the_same(run, points(kind::random, 3, 0, 5), dbscan_params{.min_samples = 2}));
}

}  // namespace dbscan_gpu_cases
