// search's CUDA kernels in the emulator, under several thread schedules.
#include "../search_gpu_cases.hpp"
#include "scratch.hpp"

#include <kernels/search.cuh>

namespace {

using namespace search_gpu_cases;
namespace gpu = kernels::gpu;

template <class T, std::size_t Rank>
auto device(T* data, const std::int64_t (&extent)[Rank]) {
  return kernels::packed<kernels::space::device>(data, extent);
}

struct kernel_run {
  found operator()(const kernels::search_gallery& gallery, const matrix& queries, int k,
                   std::optional<float> threshold, const lists& lists) const {
    const std::vector<float> slack = kernels::search_slack(gallery);
    const auto arrays = kernels::search_arrays_of(gallery, slack);
    found result{std::vector<std::int64_t>(static_cast<std::size_t>(queries.rows * k), -7),
                 std::vector<float>(static_cast<std::size_t>(queries.rows * k), -7.0F)};
    kernels::device_search_params params;
    params.k = k;
    params.threshold = threshold;
    if (!lists.gallery_groups.empty()) {
      params.gallery_groups = device(lists.gallery_groups.data(), {gallery.count()});
      params.query_groups = device(lists.query_groups.data(), {queries.rows});
    }
    if (!lists.excluded_offsets.empty()) {
      params.excluded_offsets = device(lists.excluded_offsets.data(), {queries.rows + 1});
      params.excluded =
          device(lists.excluded.data(), {static_cast<std::int64_t>(lists.excluded.size())});
    }
    using launchers = gpu::search_launchers<float>;
    const std::int64_t bytes = launchers::workspace_bytes(arrays, queries.rows, k);
    const emulated::aligned_scratch scratch(bytes);
    launchers::search(nullptr, arrays,
                      device(queries.values.data(), {queries.rows, queries.columns}),
                      device(result.ids.data(), {queries.rows, k}),
                      device(result.scores.data(), {queries.rows, k}), params, scratch.as_view());
    return result;
  }
};

}  // namespace

TEST_CASE("search emulated: every first pass finds what a plain scan finds, on every schedule") {
  for (const unsigned seed : {0U, 1U, 2U}) {
    const kernels::emulator::schedule schedule({.seed = seed});
    all_passes(kernel_run(), 1100, 20, 5, 3, 2.0F);
  }
}

TEST_CASE("search emulated: groups, lists and thresholds") {
  for (const first_pass pass : kPasses) all_filters(kernel_run(), 700, pass);
}

TEST_CASE("search emulated: sizes") {
  for (const int rows : {0, 1, 31, 64, 65, 513}) {
    CAPTURE(rows);
    const matrix gallery = difficult_rows(rows, 7, 5, 1.0F);
    const matrix queries = difficult_rows(2, 7, 6, 1.0F);
    for (const first_pass pass : {first_pass::float32, first_pass::bfloat16}) {
      const kernels::search_gallery g(kernels::on_cpu{1}, gallery.view(), {metric::cosine, pass});
      CHECK(finds_the_same(kernel_run(), g, queries, 1));
      CHECK(finds_the_same(kernel_run(), g, queries, 40));
    }
  }
  const matrix gallery = difficult_rows(1600, 8, 7, 1.0F);
  const kernels::search_gallery g(kernels::on_cpu{1}, gallery.view(),
                                  {metric::cosine, first_pass::int8});
  CHECK(finds_the_same(kernel_run(), g, difficult_rows(1, 8, 8, 1.0F), 600));
  CHECK(finds_the_same(kernel_run(), g, difficult_rows(0, 8, 8, 1.0F), 3));
}

TEST_CASE("search emulated: queries too large or too small to bound") {
  for (const first_pass pass : kPasses) {
    CAPTURE(static_cast<int>(pass));
    all_sizes(kernel_run(), 600, pass);
  }
}

TEST_CASE("search emulated: scratch is enough for every number of queries") {
  const matrix rows = difficult_rows(33 * 512, 1, 1, 1.0F);
  const kernels::search_gallery g(kernels::on_cpu{1}, rows.view(),
                                  {metric::cosine, first_pass::float32});
  const auto arrays = kernels::search_arrays_of(g, {});
  for (const int k : {1, 512, 2048}) {
    const auto bytes = [&](std::int64_t queries) {
      return gpu::search_launchers<float>::workspace_bytes(arrays, queries, k);
    };
    for (const std::int64_t rest : {1, 2, 66, 132, 264, 528, 700}) {
      CHECK(bytes(1024 + rest) >= bytes(1024));
      CHECK(bytes(1024 + rest) >= bytes(rest));
    }
  }
}

TEST_CASE("search emulated: too little scratch is refused before anything is written") {
  const matrix rows = difficult_rows(33 * 512, 1, 1, 1.0F);
  const matrix queries = difficult_rows(1156, 1, 2, 1.0F);
  const kernels::search_gallery g(kernels::on_cpu{1}, rows.view(),
                                  {metric::cosine, first_pass::float32});
  const auto arrays = kernels::search_arrays_of(g, {});
  using launchers = gpu::search_launchers<float>;
  // enough for the first batch, not for the last
  const std::int64_t bytes = launchers::workspace_bytes(arrays, 1024, 512);
  CHECK(bytes < launchers::workspace_bytes(arrays, 1156, 512));
  const emulated::aligned_scratch scratch(bytes);
  std::vector<std::int64_t> ids(1156 * 512, -7);
  std::vector<float> scores(ids.size());
  CHECK_THROWS_WITH_AS(
      launchers::search(nullptr, arrays, device(queries.values.data(), {1156, 1}),
                        device(ids.data(), {1156, 512}), device(scores.data(), {1156, 512}),
                        {.k = 512}, scratch.as_view()),
      doctest::Contains("size: wanted at least"), kernels::error);
  CHECK(ids[0] == -7);
}
