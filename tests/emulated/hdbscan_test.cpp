// hdbscan's CUDA kernels in the emulator, under several thread schedules.
#include "../hdbscan_gpu_cases.hpp"

#include <kernels/hdbscan.cuh>

namespace {

using namespace hdbscan_gpu_cases;
using kernels::space;

/// batch: rows of which distances are kept at a time.
template <class T>
hdbscan_result run_on(const kernels::view<const T, 2>& points, const hdbscan_params& params,
                      std::int64_t batch = 0) {
  auto tree = kernels::cluster::device_spanning_tree<T, kernels::memory::host>(
      kernels::on_gpu(), {points.data, points.extent, points.stride}, params.metric,
      kernels::cluster::samples_of(params), params.alpha, batch);
  return kernels::cluster::clusters_of(std::move(tree), points.extent[0], params);
}

struct kernel_run {
  hdbscan_result operator()(const matrix& m, const hdbscan_params& params) const {
    return run_on(m.view(), params);
  }
};
struct batched_run {
  hdbscan_result operator()(const matrix& m, const hdbscan_params& params) const {
    return run_on(m.view(), params, 32);
  }
};

}  // namespace

TEST_CASE("hdbscan emulated: finds what the CPU finds, on every schedule") {
  for (const unsigned seed : {0U, 1U, 2U}) {
    const kernels::emulator::schedule schedule({.seed = seed});
    all_kinds(kernel_run(), 70 + seed, 3 + 8 * seed, seed);
  }
  all_kinds(batched_run(), 100, 20, 7);
}

TEST_CASE("hdbscan emulated: far parts are joined in rounds") {
  for (const unsigned seed : {0U, 1U, 2U}) {
    const kernels::emulator::schedule schedule({.seed = seed});
    far_parts(batched_run(), 7, 19, 18 + 31 * seed, false);
    far_parts(batched_run(), 6, 18, seed, true);
  }
}

TEST_CASE("hdbscan emulated: sizes") { sizes(kernel_run()); }

TEST_CASE("hdbscan emulated: more neighbours than a block has threads, strides, half") {
  CHECK(finds_the_same(kernel_run(), points(kind::grid, 300, 3, 4), {.min_samples = 140}));
  const matrix m = points(kind::spoiled, 80, 18, 3);
  const kernels::view<const float, 2> every_second{m.values.data(), {40, 9}, {36, 2}};
  const hdbscan_params params{.min_cluster_size = 3, .alpha = 1.5F};
  CHECK(same_result(run_on(every_second, params),
                    kernels::hdbscan(kernels::on_cpu{1}, every_second, params)));
  std::vector<kernels::half> halves;
  for (const float v : m.values) halves.push_back(kernels::math::to_half(v));
  const kernels::view<const kernels::half, 2> rows = kernels::packed(halves.data(), {80, 18});
  CHECK(same_result(run_on(rows, params), kernels::hdbscan(kernels::on_cpu{1}, rows, params)));
}

TEST_CASE("hdbscan emulated: single linkage") {
  const matrix m = points(kind::spoiled, 70, 9, 6);
  for (const metric compared : {metric::cosine, metric::euclidean}) {
    const auto found = kernels::cluster::device_single_linkage<float, kernels::memory::host>(
        kernels::on_gpu(), kernels::packed<space::device>(m.values.data(), {m.rows, m.columns}),
        {.metric = compared});
    CHECK(same_merges(found, kernels::single_linkage(kernels::on_cpu{1}, m.view(), {compared})));
  }
}

TEST_CASE("hdbscan emulated: needs CUDA beyond the emulator") {
  const matrix m = points(kind::random, 5, 2, 1);
  const auto view = m.view();
  const kernels::view<const float, 2, space::device> device{view.data, view.extent, view.stride};
  CHECK_THROWS_AS(kernels::hdbscan(kernels::on_gpu(), device), kernels::error);
  CHECK_THROWS_AS(kernels::hdbscan(kernels::on_gpu(), device, {.min_cluster_size = 1}),
                  kernels::error);
  CHECK_THROWS_AS(kernels::single_linkage(kernels::on_gpu(), device), kernels::error);
}
