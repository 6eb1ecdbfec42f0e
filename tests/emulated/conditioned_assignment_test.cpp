// conditioned_assignment's CUDA kernels in the emulator, under several thread schedules.
#include "../conditioned_assignment_cases.hpp"
#include "scratch.hpp"

#include <kernels/conditioned_assignment.cuh>
#include <kernels/cpu/conditioned_assignment.hpp>

namespace {

using conditioned_assignment_cases::scene;

template <class Label>
std::vector<std::int32_t> run(const scene& s, double limit) {
  const std::vector<Label> map(s.map.begin(), s.map.end());
  std::vector<std::int32_t> to_detection(static_cast<std::size_t>(s.tracks), 9);
  std::vector<std::int32_t> to_track(static_cast<std::size_t>(s.detections), 9);
  constexpr auto kDevice = kernels::space::device;
  const emulated::aligned_scratch scratch(
      kernels::conditioned_assign_workspace_bytes<double, Label>(kernels::on_gpu(), s.tracks,
                                                                 s.detections, 5));
  kernels::conditioned_assign(kernels::on_gpu(),
                              kernels::packed<kDevice>(s.cost.data(), {s.tracks, s.detections}),
                              kernels::packed<kDevice>(s.boxes.data(), {s.detections, 4}),
                              kernels::packed<kDevice>(map.data(), {s.height, s.width}),
                              kernels::packed<kDevice>(s.masks.data(), {s.tracks}),
                              kernels::packed<kDevice>(s.confidences.data(), {s.tracks}),
                              kernels::packed<kDevice>(to_detection.data(), {s.tracks}),
                              kernels::packed<kDevice>(to_track.data(), {s.detections}),
                              {.limit = limit, .labels = 5}, scratch.as_view());
  return to_detection;
}

std::vector<std::int32_t> expected(const scene& s, double limit) {
  std::vector<std::int32_t> x(static_cast<std::size_t>(s.tracks));
  std::vector<std::int32_t> y(static_cast<std::size_t>(s.detections));
  kernels::cpu::conditioned_scratch<double>(kernels::instruction_set::best)
      .solve(kernels::packed(s.cost.data(), {s.tracks, s.detections}),
             kernels::packed(s.boxes.data(), {s.detections, 4}),
             kernels::packed(s.map.data(), {s.height, s.width}),
             kernels::packed(s.masks.data(), {s.tracks}),
             kernels::packed(s.confidences.data(), {s.tracks}), {.limit = limit, .labels = 5}, x,
             y);
  return x;
}

}  // namespace

TEST_CASE("conditioned_assignment emulated: equals the CPU on every schedule") {
  int wrong = 0;
  for (const unsigned seed : {0U, 1U, 2U}) {
    const kernels::emulator::schedule schedule({.seed = seed});
    std::mt19937 random(12);
    for (int round = 0; round < 12; ++round) {
      const scene s = conditioned_assignment_cases::random_scene(
          random, static_cast<int>(random() % 7), static_cast<int>(random() % 7));
      const double limit = round % 4 == 0 ? conditioned_assignment_cases::kInfinity : 0.75;
      wrong += run<std::uint8_t>(s, limit) == expected(s, limit) ? 0 : 1;
    }
  }
  CHECK(wrong == 0);
}

TEST_CASE("conditioned_assignment emulated: a mask decides") {
  conditioned_assignment_cases::a_mask_decides(run<std::int32_t>);
  conditioned_assignment_cases::least_fill(run<std::uint16_t>);
  conditioned_assignment_cases::least_cover(run<std::uint16_t>);
}
