// kalman and kalman_linear.
#include "same_bytes.hpp"

#include <kernels/kalman.hpp>
#include <kernels/kalman_linear.hpp>

#include <cstdio>

namespace {

using kernels::instruction_set;
using kernels::kalman_all;
using kernels::packed;

constexpr std::int64_t kTracks = 75;

template <class Model, class T>
std::vector<T> some_measurements(same_bytes::random& random) {
  std::vector<T> z;
  for (std::int64_t k = 0; k < kTracks; ++k) {
    const double w = 20 + 60 * random.unit();
    const double h = 40 + 100 * random.unit();
    const double x = 900 * random.unit();
    const double y = 500 * random.unit();
    const auto four = kernels::math::kalman_measurement<Model>(kernels::box<T>{
        static_cast<T>(x), static_cast<T>(y), static_cast<T>(x + w), static_cast<T>(y + h)});
    z.insert(z.end(), {four.a, four.b, four.c, four.d});
  }
  return z;
}

template <class Model, class T>
std::uint64_t life(const kernels::on_cpu& exec) {
  same_bytes::random random;
  same_bytes::hash hash;
  kernels::kalman_state<Model, T> state;
  state.resize(kTracks);
  const auto v = state.view();
  const auto measured = [&](const std::vector<T>& z) { return packed(z.data(), {kTracks, 4}); };
  kalman_initiate(exec, v, kalman_all, measured(some_measurements<Model, T>(random)));
  std::vector<std::int32_t> every_third;
  for (std::int32_t s = 1; s < kTracks; s += 3) every_third.push_back(s);
  const auto some =
      packed(std::as_const(every_third).data(), {static_cast<std::int64_t>(every_third.size())});
  for (int step = 0; step < 12; ++step) {
    kalman_predict(exec, v, kalman_all, {.dt = step % 5 == 4 ? 2.25 : 1.0});
    if constexpr (Model::kCouples) {
      if (step % 4 == 2) {
        kalman_warp(exec, v, some, {T(1), T(0.03125), T(-0.0625), T(0.9375), T(2), T(-1)});
      }
    }
    const auto z = some_measurements<Model, T>(random);
    kalman_update(exec, v, kalman_all, measured(z));
    kalman_predict(exec, v, some);
    std::vector<T> mean(4 * kTracks);
    std::vector<T> covariance(16 * kTracks);
    std::vector<T> distances(kTracks * kTracks);
    std::vector<kernels::box<T>> boxes(kTracks);
    kalman_project(exec, v, kalman_all, packed(mean.data(), {kTracks, 4}),
                   packed(covariance.data(), {kTracks, 4, 4}));
    kalman_gating(exec, v, kalman_all, measured(z), packed(distances.data(), {kTracks, kTracks}));
    kalman_boxes(exec, v, kalman_all, packed(boxes.data(), {kTracks}));
    hash.add(mean);
    hash.add(covariance);
    hash.add(distances);
    hash.add(boxes);
  }
  for (std::int64_t s = 0; s < kTracks; ++s) {
    const auto track = state.get(s);
    const int planes = track.coupled ? kernels::math::kalman_planes<Model>::kAll
                                     : kernels::math::kalman_planes<Model>::kPlain;
    hash.add(track.planes, sizeof(T) * static_cast<std::size_t>(planes));
  }
  return hash.value();
}

template <class T>
std::uint64_t linear(const kernels::on_cpu& exec) {
  using model = kernels::kalman_linear<3, 2>;
  same_bytes::random random;
  same_bytes::hash hash;
  kernels::kalman_state<model, T> state(model({1, 1, 0.5, 0, 1, 1, 0, 0, 0.9}, {1, 0, 0, 0.3, 1, 0},
                                              {0.5, 0.25, 0, 0.25, 0.3, 0, 0, 0, 0.1},
                                              {2, 0.7, 0.7, 1}, {9, 1, 0, 1, 9, 2, 0, 2, 9}));
  state.resize(kTracks);
  std::vector<T> z(3 * kTracks);
  for (auto& x : z) x = static_cast<T>(random.unit());
  kalman_initiate(exec, state.view(), kalman_all, packed(std::as_const(z).data(), {kTracks, 3}));
  for (int step = 0; step < 9; ++step) {
    kalman_predict(exec, state.view(), kalman_all);
    for (auto& x : z) x = static_cast<T>(7 * random.unit());
    kalman_update(exec, state.view(), kalman_all, packed(std::as_const(z).data(), {kTracks, 2}));
  }
  for (std::int64_t s = 0; s < kTracks; ++s) {
    const auto track = state.get(s);
    hash.add(track.planes, sizeof track.planes);
  }
  return hash.value();
}

void run() {
  for (const auto isa :
       {instruction_set::portable, instruction_set::avx2, instruction_set::avx512}) {
    if (!kernels::cpu::supported(isa)) {
      std::printf("kalman %-21s skipped: not on this processor\n", kernels::cpu::name(isa));
      continue;
    }
    const kernels::on_cpu exec{.threads = 2, .isa = isa};
    const auto say = [&](const char* name, std::uint64_t expected, std::uint64_t given) {
      char what[64];
      std::snprintf(what, sizeof what, "kalman %s, %s", name, kernels::cpu::name(isa));
      same_bytes::expect(what, expected, given);
    };
    say("sort7 f32", 0xebaee906e47c848f, life<kernels::kalman_sort7, float>(exec));
    say("xyah f32", 0x22371c8f6253ab41, life<kernels::kalman_xyah, float>(exec));
    say("xywh f32", 0x69e0f5bf3465a272, life<kernels::kalman_xywh, float>(exec));
    say("sort7 f64", 0x24fefcbb6bd2fcfb, life<kernels::kalman_sort7, double>(exec));
    say("xyah f64", 0x66dbd68a9cfdffc3, life<kernels::kalman_xyah, double>(exec));
    say("xywh f64", 0xf7ad1ce8df75f262, life<kernels::kalman_xywh, double>(exec));
    say("linear f32", 0x2c7b4c5e9e063a6e, linear<float>(exec));
    say("linear f64", 0xed3bf07eebd85214, linear<double>(exec));
  }
}

const same_bytes::operation registered("kalman", run);

}  // namespace
