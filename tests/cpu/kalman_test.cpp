// kalman on the CPU: batches against one track at a time, SORT's area, and odd measurements. What
// couples its coordinates is in kalman_coupled_test.cpp, a dense filter in kalman_dense_test.cpp.
#include "kalman_runner.hpp"

namespace {

using kernels::kalman_all;
using kernels::on_cpu;
using kernels::packed;

}  // namespace

TEST_CASE("kalman cpu: batches equal one track at a time, bit for bit") {
  every_instruction_set<kernels::kalman_sort7, float>();
  every_instruction_set<kernels::kalman_xyah, double>();
}

TEST_CASE("kalman cpu: dt = n is n predictions of fixed noise") {
  using model = kernels::kalman_sort7;
  kernels::math::kalman_track<model, double> once;
  once.initiate(kernels::math::kalman_noise_of<double>(model{}), {10, 20, 5000, 0.5});
  once.planes[4] = 3;
  auto often = once;
  once.predict(kernels::math::kalman_step_of<double>(model{}, 5));
  for (int k = 0; k < 5; ++k) often.predict(kernels::math::kalman_step_of<double>(model{}, 1));
  double worst = 0;
  for (int i = 0; i < 7; ++i) {
    worst = std::max(worst, std::abs(once.planes[i] - often.planes[i]));
    for (int j = 0; j < 7; ++j) {
      worst = std::max(worst, std::abs(once.covariance(i, j) - often.covariance(i, j)) /
                                  std::sqrt(once.covariance(i, i) * once.covariance(j, j)));
    }
  }
  CHECK(worst < 1e-12);
  auto still = once;
  still.predict(kernels::math::kalman_step_of<double>(model{}, 0));
  CHECK(std::abs(still.covariance(0, 4) / once.covariance(0, 4) - 1) < 1e-12);
}

TEST_CASE("kalman cpu: SORT's area never becomes negative by predicting") {
  kernels::kalman_state<kernels::kalman_sort7, float> state;
  state.resize(3);
  const std::vector<float> z = {5, 5, 100, 0.5F, 5, 5, 100, 0.5F, 5, 5, 100, 0.5F};
  kalman_initiate(on_cpu(), state.view(), kalman_all, packed(z.data(), {3, 4}));
  float* area_velocity = state.view().mean(6).data;
  area_velocity[0] = -99;
  area_velocity[1] = -100;  // s + vs = 0
  area_velocity[2] = -101;
  kalman_predict(on_cpu(), state.view(), kalman_all);
  const float* area = state.view().mean(2).data;
  CHECK(area[0] == 1);
  CHECK(area[1] == 100);
  CHECK(area[2] == 100);
  CHECK(area_velocity[1] == 0);
}

TEST_CASE("kalman cpu: measurements and sizes that are no sizes") {
  kernels::kalman_state<kernels::kalman_xyah, double> state;
  state.resize(2);
  const double inf = std::numeric_limits<double>::infinity();
  const double nan = std::numeric_limits<double>::quiet_NaN();
  for (const double height : {0.0, -50.0, 1e300, inf, nan}) {
    const std::vector<double> z = {5, 5, 0.5, height, 5, 5, 0.5, 100};
    kalman_initiate(on_cpu(), state.view(), kalman_all, packed(z.data(), {2, 4}));
    for (int k = 0; k < 100; ++k) kalman_predict(on_cpu(), state.view(), kalman_all);
    const auto odd = state.get(0);
    bool positive = true;
    for (int i = 0; i < 8; ++i) {
      positive = positive && odd.covariance(i, i) > 0 && std::isfinite(odd.covariance(i, i));
    }
    CHECK(positive);
    const auto before = state.get(1);
    for (int c = 0; c < 4; ++c) {
      for (const double value : {nan, inf, -inf}) {
        std::vector<double> bad = {5, 5, 0.5, 100, 5, 5, 0.5, 100};
        bad[static_cast<std::size_t>(4 + c)] = value;
        kalman_update(on_cpu(), state.view(), kalman_all, packed(bad.data(), {2, 4}));
        CHECK(std::memcmp(state.get(1).planes, before.planes, sizeof before.planes) == 0);
      }
    }
  }
}
