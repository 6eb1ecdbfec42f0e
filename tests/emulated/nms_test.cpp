// nms's CUDA kernels in the emulator, under several thread schedules.
#include "../nms_cases.hpp"
#include "scratch.hpp"

#include <kernels/nms.cuh>

namespace {

using nms_cases::answer;
using nms_cases::problem;

template <class T>
kernels::nms_arguments<T, kernels::space::device> arguments(const problem<T>& p, answer& a) {
  a.kept.assign(p.scores.size(), -7);
  a.counts.assign(static_cast<std::size_t>(p.groups()), -7);
  const auto n = p.size();
  const auto each = [&](auto* data) {
    return kernels::device_view<std::remove_pointer_t<decltype(data)>, 1>{data, {n}, {p.stride}};
  };
  kernels::nms_arguments<T, kernels::space::device> in{
      .boxes = each(p.boxes.data()),
      .scores = each(p.scores.data()),
      .kept = each(a.kept.data()),
      .counts = kernels::packed<kernels::space::device>(a.counts.data(), {p.groups()})};
  if (!p.offsets.empty()) {
    in.offsets = kernels::packed<kernels::space::device>(p.offsets.data(), {p.groups() + 1});
  }
  if (!p.classes.empty()) in.classes = each(p.classes.data());
  return in;
}

/// Tiles of 64 and rounds of 64·kWords, so that small problems have many of both.
template <int kWords, class T>
answer run(const problem<T>& p) {
  answer a;
  const auto in = arguments(p, a);
  kernels::workspace_carver counter;
  static_cast<void>(kernels::gpu::nms_layout<T>(
      counter, kernels::gpu::nms_sizes_of<64, kWords>(in, p.options), !p.classes.empty()));
  const emulated::aligned_scratch scratch(counter.bytes());
  kernels::gpu::nms_with<64, kWords, T>(nullptr, in, p.options, scratch.as_view());
  return a;
}

template <class T>
answer run_as_shipped(const problem<T>& p) {
  answer a;
  const auto in = arguments(p, a);
  const emulated::aligned_scratch scratch(kernels::gpu::nms_workspace_bytes<T>(in, p.options));
  kernels::gpu::nms<T>(nullptr, in, p.options, scratch.as_view());
  return a;
}

}  // namespace

TEST_CASE("nms emulated: the edges of the definition") {
  nms_cases::edges_of_the_definition([](const auto& p) { return run_as_shipped(p); });
}
TEST_CASE("nms emulated: every box against every kept one, on every schedule") {
  for (const unsigned seed : {0U, 1U, 2U, 3U}) {
    const kernels::emulator::schedule schedule({.seed = seed});
    nms_cases::equals_reference<float>([](const auto& p) { return run<1>(p); }, 150);
    nms_cases::equals_reference<double>([](const auto& p) { return run<2>(p); }, 65);
  }
}
TEST_CASE("nms emulated: small sizes, one round") {
  for (const std::int64_t n : {0, 1, 33}) {
    nms_cases::equals_reference<float>([](const auto& p) { return run_as_shipped(p); }, n);
  }
  nms_cases::equals_reference<double>([](const auto& p) { return run_as_shipped(p); }, 130);
}
TEST_CASE("nms emulated: a batch gives what its groups give") {
  nms_cases::batch_equals_loop([](const auto& p) { return run<1>(p); }, 200);
}
TEST_CASE("nms emulated: groups larger than promised, and offsets that make no sense") {
  auto p = nms_cases::make<float>(nms_cases::scene::clustered, 40, 3);
  p.offsets = {0, 10, 40};
  p.options.largest_group = 10;
  const answer a = run_as_shipped(p);
  CHECK(a.counts[0] > 0);
  CHECK(a.counts[1] == -1);
  CHECK(std::count(a.kept.begin() + 10, a.kept.end(), -1) == 30);
  p.options.largest_group = 40;
  p.offsets = {-5, 100, 3};  // cut to 0 … 40; the second group is empty
  const answer b = run_as_shipped(p);
  CHECK(b.counts[0] > 0);
  CHECK(b.counts[1] == 0);
}
TEST_CASE("nms emulated: a workspace that is too small is refused") {
  const auto p = nms_cases::make<float>(nms_cases::scene::random, 40, 3);
  answer a;
  const auto in = arguments(p, a);
  const emulated::aligned_scratch scratch(512);
  CHECK_THROWS_WITH_AS(kernels::gpu::nms<float>(nullptr, in, p.options, scratch.as_view()),
                       doctest::Contains("workspace"), kernels::error);
  CHECK(a.counts[0] == -7);
}
