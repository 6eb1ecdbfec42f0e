// decode_yolo's CUDA kernels in the emulator, under several thread schedules.
#include "../decode_yolo_cases.hpp"
#include "scratch.hpp"

#include <kernels/decode_yolo.cuh>
#include <kernels/decode_yolo.hpp>

#include <cstring>

namespace {

using decode_yolo_cases::answer;
using decode_yolo_cases::problem;

answer run(const problem& p) {
  answer a(p);
  const auto in = decode_yolo_cases::arguments<kernels::space::device>(p, a);
  const emulated::aligned_scratch scratch(kernels::gpu::decode_yolo_workspace_bytes<float>(in));
  kernels::gpu::decode_yolo<float>(nullptr, in, p.options, scratch.as_view());
  return a;
}

}  // namespace

TEST_CASE("decode_yolo emulated: plain loops over classes and anchors, on every schedule") {
  for (const unsigned seed : {0U, 1U, 2U, 3U}) {
    const kernels::emulator::schedule schedule({.seed = seed});
    decode_yolo_cases::equals_reference(run, 700);
  }
}

TEST_CASE("decode_yolo emulated: the bytes of the CPU") {
  problem p = decode_yolo_cases::make(2, 20, 600, decode_yolo_cases::layout::rows, 5);
  p.letterboxes = {kernels::make_letterbox({1001, 777}, {640, 640})};
  answer a(p);
  kernels::decode_yolo(kernels::on_cpu(), decode_yolo_cases::arguments<kernels::space::host>(p, a),
                       p.options);
  const answer b = run(p);
  CHECK(std::memcmp(a.boxes.data(), b.boxes.data(), a.boxes.size() * sizeof a.boxes[0]) == 0);
  CHECK(a.scores == b.scores);
  CHECK(a.counts == b.counts);
}

TEST_CASE("decode_yolo emulated: a workspace that is too small is refused") {
  const problem p = decode_yolo_cases::make(1, 2, 300, decode_yolo_cases::layout::rows, 1);
  answer a(p);
  const auto in = decode_yolo_cases::arguments<kernels::space::device>(p, a);
  const emulated::aligned_scratch scratch(256);
  CHECK_THROWS_WITH_AS(kernels::gpu::decode_yolo<float>(nullptr, in, p.options, scratch.as_view()),
                       doctest::Contains("workspace"), kernels::error);
}
