// kalman's CUDA kernels in the emulator, under several thread schedules.
#include "../kalman_cases.hpp"

#include <kernels/kalman.cuh>

namespace {

using kernels::kalman_all;
using kernels::space;

template <class T, int Rank>
kernels::device_view<T, Rank> on_device(const kernels::view<T, Rank>& v) {
  return {v.data, v.extent, v.stride};
}
inline kernels::kalman_slots<space::device> on_device(kernels::kalman_all_slots all) { return all; }
template <class Model, class T>
kernels::kalman_view<Model, T, space::device> on_device(const kernels::kalman_view<Model, T>& s) {
  return {s.data, s.size, s.stride, s.coupled, s.model};
}

struct emulated_runner {
  template <class M, class T, class L, class Z>
  void initiate(const kernels::kalman_view<M, T>& s, const L& l, const Z& z) const {
    kernels::gpu::kalman_initiate<M, T>(nullptr, on_device(s), on_device(l), on_device(z));
  }
  template <class M, class T, class L>
  void predict(const kernels::kalman_view<M, T>& s, const L& l, double dt) const {
    kernels::gpu::kalman_predict<M, T>(nullptr, on_device(s), on_device(l), {.dt = dt});
  }
  template <class M, class T, class L>
  void zero(const kernels::kalman_view<M, T>& s, const L& l, std::uint32_t coordinates) const {
    kernels::gpu::kalman_zero_velocity<M, T>(nullptr, on_device(s), on_device(l), coordinates);
  }
  template <class M, class T, class L, class Z>
  void update(const kernels::kalman_view<M, T>& s, const L& l, const Z& z) const {
    kernels::gpu::kalman_update<M, T>(nullptr, on_device(s), on_device(l), on_device(z));
  }
  template <class M, class T, class L, class A, class C>
  void project(const kernels::kalman_view<M, T>& s, const L& l, const A& mean, const C& c) const {
    kernels::gpu::kalman_project<M, T>(nullptr, on_device(s), on_device(l), on_device(mean),
                                       on_device(c));
  }
  template <class M, class T, class L, class Z, class D>
  void gating(const kernels::kalman_view<M, T>& s, const L& l, const Z& z, const D& d,
              bool position_only) const {
    kernels::gpu::kalman_gating<M, T>(nullptr, on_device(s), on_device(l), on_device(z),
                                      on_device(d), {.position_only = position_only});
  }
  template <class M, class T, class L, class W>
  void warp(const kernels::kalman_view<M, T>& s, const L& l, const W& motions) const {
    kernels::gpu::kalman_warp<M, T>(
        nullptr, on_device(s), on_device(l),
        kernels::device_view<const kernels::kalman_motion<T>, 1>(on_device(motions)));
  }
  template <class M, class T, class L, class B>
  void boxes(const kernels::kalman_view<M, T>& s, const L& l, const B& b) const {
    kernels::gpu::kalman_boxes<M, T>(nullptr, on_device(s), on_device(l), on_device(b));
  }
};

}  // namespace

TEST_CASE("kalman emulated: batches equal one track at a time on every schedule") {
  for (const unsigned seed : {0U, 1U, 2U}) {
    const kernels::emulator::schedule schedule({.seed = seed});
    kalman_cases::equals_one_at_a_time<kernels::kalman_sort7, float>(emulated_runner{});
    kalman_cases::equals_one_at_a_time<kernels::kalman_xyah, double>(emulated_runner{});
    kalman_cases::equals_one_at_a_time<kernels::kalman_xywh, float>(emulated_runner{});
  }
}

TEST_CASE("kalman emulated: more tracks than a block has threads") {
  kalman_cases::equals_one_at_a_time<kernels::kalman_xywh, float>(emulated_runner{}, 515);
}

TEST_CASE("kalman emulated: slots outside the state and impossible motions change nothing") {
  using model = kernels::kalman_xywh;
  kalman_cases::twins<model, float> both(2);
  std::mt19937 random(1);
  kalman_cases::measurements<model, float> z(2, random);
  const emulated_runner run;
  run.initiate(both.state.view(), kalman_all, z.view());
  const auto before = both.state.get(1);
  const std::vector<std::int32_t> list = {-1, 2, 2147483647};
  run.predict(both.state.view(), kernels::packed(list.data(), {3}), 1);
  const std::vector<kernels::kalman_motion<float>> motions = {{0, 0, 0, 0, 0, 0}};
  run.warp(both.state.view(), kalman_all, kernels::packed(motions.data(), {1}));
  const auto after = both.state.get(1);
  CHECK(std::memcmp(after.planes, before.planes, sizeof before.planes) == 0);
  CHECK(!after.coupled);
}
