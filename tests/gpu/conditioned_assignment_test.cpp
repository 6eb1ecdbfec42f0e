// conditioned_assignment on a GPU, through the front door.
#include "../conditioned_assignment_cases.hpp"

#include <kernels/conditioned_assignment.hpp>
#include <kernels/core/buffer.hpp>

namespace {

using conditioned_assignment_cases::scene;

template <class T>
kernels::buffer<T, kernels::memory::device> uploaded(const std::vector<T>& values) {
  const auto size = static_cast<std::int64_t>(values.size());
  kernels::buffer<T, kernels::memory::device> memory(size);
  kernels::copy(kernels::packed(values.data(), {size}), memory.as({size}));
  return memory;
}

template <class Label>
std::vector<std::int32_t> run(const scene& s, double limit) {
  const auto map = uploaded(std::vector<Label>(s.map.begin(), s.map.end()));
  const auto cost = uploaded(s.cost);
  const auto boxes = uploaded(s.boxes);
  const auto masks = uploaded(s.masks);
  const auto confidences = uploaded(s.confidences);
  kernels::buffer<std::int32_t, kernels::memory::device> x(s.tracks);
  kernels::buffer<std::int32_t, kernels::memory::device> y(s.detections);
  const kernels::on_gpu exec;
  kernels::buffer<std::byte, kernels::memory::device> scratch(
      kernels::conditioned_assign_workspace_bytes<double, Label>(exec, s.tracks, s.detections));
  kernels::conditioned_assign(exec, cost.as({s.tracks, s.detections}), boxes.as({s.detections, 4}),
                              map.as({s.height, s.width}), masks.as({s.tracks}),
                              confidences.as({s.tracks}), x.as({s.tracks}), y.as({s.detections}),
                              {.limit = limit}, scratch.as({scratch.size()}));
  std::vector<std::int32_t> to_detection(static_cast<std::size_t>(s.tracks));
  kernels::copy(x.as({s.tracks}), kernels::packed(to_detection.data(), {s.tracks}));
  kernels::check_cuda(cudaDeviceSynchronize(), "conditioned_assign");
  return to_detection;
}

std::vector<std::int32_t> expected(const scene& s, double limit) {
  std::vector<std::int32_t> x(static_cast<std::size_t>(s.tracks));
  std::vector<std::int32_t> y(static_cast<std::size_t>(s.detections));
  kernels::conditioned_assignment_solver<double>().solve(
      kernels::packed(s.cost.data(), {s.tracks, s.detections}),
      kernels::packed(s.boxes.data(), {s.detections, 4}),
      kernels::packed(s.map.data(), {s.height, s.width}),
      kernels::packed(s.masks.data(), {s.tracks}),
      kernels::packed(s.confidences.data(), {s.tracks}), {.limit = limit}, x, y);
  return x;
}

}  // namespace

TEST_CASE("conditioned_assignment gpu: a mask decides") {
  conditioned_assignment_cases::a_mask_decides(run<std::uint8_t>);
  conditioned_assignment_cases::a_mask_decides(run<std::int32_t>);
  conditioned_assignment_cases::least_fill(run<std::uint16_t>);
}

TEST_CASE("conditioned_assignment gpu: the CPU's answers") {
  std::mt19937 random(12);
  int wrong = 0;
  for (int round = 0; round < 100; ++round) {
    const scene s = conditioned_assignment_cases::random_scene(
        random, static_cast<int>(random() % 40), static_cast<int>(random() % 40));
    const double limit = round % 4 == 0 ? conditioned_assignment_cases::kInfinity : 0.75;
    wrong += run<std::uint8_t>(s, limit) == expected(s, limit) ? 0 : 1;
  }
  CHECK(wrong == 0);
}
