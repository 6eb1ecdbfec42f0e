// e2p's CUDA kernels in the emulator, under several thread schedules.
#include "../e2p_cases.hpp"
#include "../e2p_huge_arrays.hpp"

#include <kernels/e2p.cuh>

namespace {

using namespace e2p_cases;

struct emulated_runner {
  unsigned seed = 0;

  std::vector<image_stack> operator()(const e2p_request& request) const {
    const kernels::emulator::schedule schedule({.seed = seed});
    auto outputs = request.empty_outputs();
    std::vector<kernels::device_view<std::uint8_t, 4>> views;
    for (auto& o : outputs) views.push_back(on_device(o.as_view()));
    const auto frames = on_device(request.frames.as_view());
    kernels::gpu::e2p<std::uint8_t>(nullptr, frames, views,
                                    kernels::e2p_plan(request.rig, request.source()),
                                    {.filter = request.filter});
    return outputs;
  }

  template <class T>
  static kernels::device_view<T, 4> on_device(const kernels::view<T, 4>& v) {
    return {v.data, v.extent, v.stride};
  }
};

constexpr unsigned kSchedules[] = {0, 1, 2, 3};

template <class Case>
void on_schedules(Case body) {
  for (const unsigned seed : kSchedules) {
    CAPTURE(seed);
    body(emulated_runner{seed});
  }
}

}  // namespace

TEST_CASE("e2p emulated: within one level of the double-precision reference") {
  on_schedules([](const auto& run) { matches_reference(run, 8, 37); });
}
TEST_CASE("e2p emulated: a constant image stays constant") {
  on_schedules([](const auto& run) { constant_stays_constant(run); });
}
TEST_CASE("e2p emulated: a quarter turn is a shift of the panorama") {
  on_schedules([](const auto& run) { quarter_turn_is_a_shift(run); });
}
TEST_CASE("e2p emulated: a batch is a loop") {
  on_schedules([](const auto& run) { batch_is_a_loop(run); });
}
TEST_CASE("e2p emulated: strides are honoured") {
  on_schedules([](const auto& run) { strides_are_honoured(run); });
}
TEST_CASE("e2p emulated: the bytes of the definition") {
  on_schedules([](const auto& run) { equals_definition(run); });
}
TEST_CASE("e2p emulated: nothing in, nothing out") { empty_is_nothing(emulated_runner{}); }

TEST_CASE("e2p emulated: sides beyond 32767 and buffers beyond 4 GiB") {
  huge_arrays(
      [](const auto& frames, const auto& output, const auto& plan) {
        const auto on_device = emulated_runner::on_device(output);
        kernels::gpu::e2p<std::uint8_t>(nullptr, emulated_runner::on_device(frames),
                                        std::span(&on_device, 1), plan, {});
      },
      37, 5);
}

TEST_CASE("e2p emulated: the shape covers every pixel of every view") {
  kernels::gpu::e2p_job job{};
  job.view_count = 2;
  job.targets[0].view.width = 32;
  job.targets[0].view.height = 64;
  job.targets[1].view.width = 65;
  job.targets[1].view.height = 33;
  const auto shape = kernels::gpu::e2p_shape(job);
  CHECK(shape.grid.x == 3);
  CHECK(shape.grid.y == 2);
  CHECK(shape.grid.z == 2);
  CHECK(shape.block.x * shape.block.y * shape.block.z == 256);
}
