// dbscan's CUDA kernels in the emulator, under several thread schedules.
#include "../dbscan_gpu_cases.hpp"

#include <kernels/dbscan.cuh>

namespace {

using namespace dbscan_gpu_cases;
using kernels::memory;
using kernels::on_gpu;
using kernels::space;

/// batch and room as in cluster::device_dbscan().
struct kernel_run {
  std::int64_t batch = 0, room = kernels::cluster::kLeastListed;

  static kernels::view<const float, 2, space::device> device(const matrix& m) {
    return kernels::packed<space::device>(m.values.data(), {m.rows, m.columns});
  }
  auto operator()(const matrix& m, const dbscan_params& params) const {
    return kernels::cluster::device_dbscan<float, memory::host>(on_gpu(), device(m), params, batch,
                                                                room);
  }
  auto operator()(const matrix& m, const threshold_components_params& params) const {
    return kernels::cluster::device_components<float, memory::host>(on_gpu(), device(m), params,
                                                                    batch, room);
  }
};

}  // namespace

TEST_CASE("dbscan emulated: finds what the CPU finds, on every schedule") {
  for (const unsigned seed : {0U, 1U, 2U}) {
    const kernels::emulator::schedule schedule({.seed = seed});
    all_kinds(kernel_run{}, 60 + seed, 3 + 7 * seed, seed);
  }
  all_kinds(kernel_run{32, 1}, 80, 20, 7);
}

TEST_CASE("dbscan emulated: rounds join what lists do not") {
  for (const unsigned seed : {0U, 1U, 2U}) {
    const kernels::emulator::schedule schedule({.seed = seed});
    for (const std::int64_t room : {0, 1, 16}) chains(kernel_run{32, room}, 70);
  }
}

TEST_CASE("dbscan emulated: sizes") { sizes(kernel_run{}); }

TEST_CASE("dbscan emulated: needs CUDA beyond the emulator") {
  const matrix m = points(kind::random, 5, 2, 1);
  const auto device = kernel_run::device(m);
  CHECK_THROWS_AS(kernels::dbscan(on_gpu(), device), kernels::error);
  CHECK_THROWS_AS(kernels::dbscan(on_gpu(), device, {.eps = -1}), kernels::error);
  CHECK_THROWS_AS(kernels::threshold_components(on_gpu(), device), kernels::error);
}
