// kalman on the CPU, the model whose coordinates a camera motion couples: batches against one track
// at a time, states and refused arguments.
#include "kalman_runner.hpp"

namespace {

using kernels::kalman_all;
using kernels::on_cpu;
using kernels::packed;

}  // namespace

TEST_CASE("kalman cpu: batches of coupled tracks equal one track at a time, bit for bit") {
  every_instruction_set<kernels::kalman_xywh, float>();
}

TEST_CASE("kalman cpu: a state keeps its slots when it grows, and an empty list is no slots") {
  kernels::kalman_state<kernels::kalman_xywh, float> state;
  kalman_predict(on_cpu(), state.view(), kalman_all);
  state.resize(1);
  const std::vector<float> z = {5, 6, 70, 80};
  kalman_initiate(on_cpu(), state.view(), kalman_all, packed(z.data(), {1, 4}));
  kalman_warp(on_cpu(), state.view(), kalman_all, {.b = 0.5F});
  const auto before = state.get(0);
  state.resize(1000);
  CHECK(state.get(0).coupled);
  CHECK(std::memcmp(state.get(0).planes, before.planes, sizeof before.planes) == 0);
  CHECK(state.get(999).planes[0] == 0);
  const auto capacity = state.capacity();
  state.resize(1);
  CHECK(state.capacity() == capacity);
  kalman_predict(on_cpu(), state.view(), kernels::view<const std::int32_t, 1>{});
  CHECK(std::memcmp(state.get(0).planes, before.planes, sizeof before.planes) == 0);
}

TEST_CASE("kalman cpu: refused arguments change nothing") {
  kernels::kalman_state<kernels::kalman_xywh, float> state;
  state.resize(2);
  const std::vector<float> z = {5, 6, 70, 80, 5, 6, 70, 80};
  kalman_initiate(on_cpu(), state.view(), kalman_all, packed(z.data(), {2, 4}));
  const auto before = state.get(0);
  const auto v = state.view();
  const std::vector<std::int32_t> outside = {0, 2};
  const std::vector<std::int32_t> negative = {0, -1};
  const auto list = [](const std::vector<std::int32_t>& l) { return packed(l.data(), {2}); };
  const auto refused = [](const auto& call, const char* what) {
    CHECK_THROWS_WITH_AS(call(), doctest::Contains(what), kernels::error);
  };
  refused([&] { kalman_predict(on_cpu(), v, list(outside)); }, "slots");
  refused([&] { kalman_predict(on_cpu(), v, list(negative)); }, "slots");
  refused([&] { kalman_predict(on_cpu(), v, kalman_all, {.dt = -1}); }, "dt");
  refused([&] { kalman_predict(on_cpu(), v, kalman_all, {.dt = std::nan("")}); }, "dt");
  refused(
      [&] {
        kalman_update(on_cpu(), v, kalman_all, packed(z.data(), {1, 4}));
      },
      "measurements: wanted shape (2, 4), given (1, 4)");
  refused(
      [&] {
        kalman_update(on_cpu(), v, kalman_all, packed(static_cast<const float*>(nullptr), {2, 4}));
      },
      "null");
  refused([&] { kalman_warp(on_cpu(), v, kalman_all, {.a = 0}); }, "determinant");
  refused([&] { kalman_warp(on_cpu(), v, kalman_all, {.tx = std::nanf("")}); }, "finite");
  refused([&] { kalman_zero_velocity(on_cpu(), v, kalman_all, 16); }, "coordinates");
  refused([&] { static_cast<void>(state.get(2)); }, "slot");
  refused([&] { state.reserve(-1); }, "capacity");
  auto broken = v;
  broken.stride = 1;
  refused([&] { kalman_predict(on_cpu(), broken, kalman_all); }, "state");
  broken = v;
  broken.coupled = nullptr;
  refused([&] { kalman_predict(on_cpu(), broken, kalman_all); }, "state");
  CHECK(std::memcmp(state.get(0).planes, before.planes, sizeof before.planes) == 0);
}
