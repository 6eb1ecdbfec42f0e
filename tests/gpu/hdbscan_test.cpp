// hdbscan and single_linkage on a GPU, through the front doors.
#include "../hdbscan_gpu_cases.hpp"
#include "arrays.hpp"

namespace {

using namespace hdbscan_gpu_cases;
using gpu_test::array;

struct gpu_run {
  hdbscan_result operator()(const matrix& m, const hdbscan_params& params) const {
    array<float> values(m.values);
    const kernels::view<const float, 2, kernels::space::device> view =
        values.view(m.rows, m.columns);
    return kernels::hdbscan(kernels::on_gpu(), view, params);
  }
};

}  // namespace

TEST_CASE("hdbscan gpu: finds what the CPU finds") {
  all_kinds(gpu_run(), 3000, 65, 1);
  all_kinds(gpu_run(), 700, 512, 2);
  for (const bool lattice : {false, true}) far_parts(gpu_run(), 60, 40, 3, lattice);
  sizes(gpu_run());
}

TEST_CASE("hdbscan gpu: more points than fit into a batch, single linkage") {
  CHECK(finds_the_same(gpu_run(), points(kind::blobs, 20000, 32, 4), {.min_cluster_size = 20}));
  const matrix m = points(kind::spoiled, 2000, 20, 5);
  array<float> values(m.values);
  const kernels::view<const float, 2, kernels::space::device> view = values.view(m.rows, m.columns);
  CHECK(same_merges(kernels::single_linkage(kernels::on_gpu(), view),
                    kernels::single_linkage(kernels::on_cpu(), m.view())));
}
