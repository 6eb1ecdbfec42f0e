// dbscan and threshold_components on a GPU, through the front doors.
#include "../dbscan_gpu_cases.hpp"
#include "arrays.hpp"

namespace {

using namespace dbscan_gpu_cases;
using gpu_test::array;

struct gpu_run {
  auto operator()(const matrix& m, const dbscan_params& params) const {
    array<float> values(m.values);
    return kernels::dbscan(kernels::on_gpu(), of(values, m), params);
  }
  auto operator()(const matrix& m, const threshold_components_params& params) const {
    array<float> values(m.values);
    return kernels::threshold_components(kernels::on_gpu(), of(values, m), params);
  }
  static kernels::view<const float, 2, kernels::space::device> of(array<float>& values,
                                                                  const matrix& m) {
    return values.view(m.rows, m.columns);
  }
};

}  // namespace

TEST_CASE("dbscan gpu: finds what the CPU finds") {
  all_kinds(gpu_run(), 3000, 65, 1);
  all_kinds(gpu_run(), 700, 512, 2);
  CHECK(finds_the_same(gpu_run(), points(kind::blobs, 20000, 32, 4), dbscan_params{.eps = 0.05F}));
}

TEST_CASE("dbscan gpu: long chains, sizes") {
  chains(gpu_run(), 3000);
  sizes(gpu_run());
}
