// search on a GPU, through the front door.
#include "../search_gpu_cases.hpp"
#include "arrays.hpp"

#include <kernels/search.hpp>

namespace {

using namespace search_gpu_cases;
using gpu_test::array;

struct gpu_run {
  found operator()(const kernels::search_gallery& gallery, const matrix& queries, int k,
                   std::optional<float> threshold, const lists& lists) const {
    const kernels::on_gpu exec;
    const kernels::device_search_gallery on_device(exec, gallery);
    const auto size = static_cast<std::size_t>(queries.rows * k);
    array<float> q(queries.values);
    array<std::int64_t> ids(std::vector<std::int64_t>(size, -7));
    array<float> scores(std::vector<float>(size, -7.0F));
    array<std::int32_t> gallery_groups(lists.gallery_groups), query_groups(lists.query_groups);
    array<std::int64_t> excluded(lists.excluded), excluded_offsets(lists.excluded_offsets);
    kernels::device_search_params params;
    params.k = k;
    params.threshold = threshold;
    if (!lists.gallery_groups.empty()) {
      params.gallery_groups = gallery_groups.view();
      params.query_groups = query_groups.view();
    }
    if (!lists.excluded_offsets.empty()) {
      params.excluded = excluded.view();
      params.excluded_offsets = excluded_offsets.view();
    }
    kernels::search<float>(exec, on_device, q.view(queries.rows, queries.columns),
                           ids.view(queries.rows, k), scores.view(queries.rows, k), params);
    return {ids.values(), scores.values()};
  }
};

}  // namespace

TEST_CASE("search gpu: every first pass finds what a plain scan finds") {
  all_passes(gpu_run(), 3000, 65, 9, 10, 2.0F);
  all_passes(gpu_run(), 20000, 512, 3, 100, 3.0F);
  for (const first_pass pass : kPasses) {
    all_filters(gpu_run(), 5000, pass);
    all_sizes(gpu_run(), 5000, pass);
  }
}

TEST_CASE("search gpu: sizes") {
  for (const int rows : {0, 1, 31, 64, 65, 513}) {
    const matrix gallery = difficult_rows(rows, 7, 5, 1.0F);
    const matrix queries = difficult_rows(2, 7, 6, 1.0F);
    const kernels::search_gallery g(kernels::on_cpu{1}, gallery.view());
    CHECK(finds_the_same(gpu_run(), g, queries, 1));
    CHECK(finds_the_same(gpu_run(), g, queries, 2048));
  }
}
