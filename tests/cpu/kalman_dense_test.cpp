// kalman: one track against a dense filter (Eigen, long double).
#include "../kalman_cases.hpp"
#include "../kalman_reference.hpp"

namespace {

using namespace kalman_reference;  // NOLINT

/// A life of one track beside the dense filter.
template <class Model>
double worst_against_dense(unsigned seed, bool camera_moves) {
  std::mt19937 random(seed);
  const auto noise = kernels::math::kalman_noise_of<double>(Model{});
  kalman_cases::measurements<Model, double> z(60, random);
  const auto as_vector = [&](std::int64_t k) {
    const auto r = z.row(k);
    return vector4(r.a, r.b, r.c, r.d);
  };
  kernels::math::kalman_track<Model, double> track;
  track.initiate(noise, z.row(0));
  reference<Model> dense(as_vector(0));
  double worst = difference(track, dense);
  for (std::int64_t k = 1; k < z.rows; ++k) {
    const double dt = k % 4 == 0 ? 1 + static_cast<double>(random() % 8) / 4 : k % 7 == 0 ? 0.5 : 1;
    track.predict(kernels::math::kalman_step_of<double>(Model{}, dt));
    dense.predict(dt);
    worst = std::max(worst, difference(track, dense));
    if constexpr (Model::kCouples) {
      if (camera_moves && k % 3 == 1) {
        const double angle = 0.01 * static_cast<double>(random() % 100) - 0.5;
        const double scale = 0.9 + 0.002 * static_cast<double>(random() % 100);
        const kernels::kalman_motion<double> m{scale * std::cos(angle),
                                               -scale * std::sin(angle),
                                               scale * std::sin(angle) + 0.02,
                                               scale * std::cos(angle),
                                               3.5,
                                               -2};
        track.warp(m);
        dense.warp(vector4(m.a, m.c, m.b, m.d).reshaped(2, 2), vector4(m.tx, m.ty, 0, 0).head(2));
        worst = std::max(worst, difference(track, dense));
      }
    }
    if (k % 5 == 0) continue;
    for (const int numbers : {4, 2}) {
      const auto expected = static_cast<double>(dense.distance(as_vector(k), numbers));
      worst = std::max(
          worst, std::abs(track.distance(noise, z.row(k), numbers == 2) - expected) / expected);
    }
    const auto expectation = track.project(noise);
    const matrix s = dense.innovation();
    for (int i = 0; i < 4; ++i) {
      worst = std::max(worst,
                       static_cast<double>(std::abs(expectation.variance[i] - s(i, i)) / s(i, i)));
    }
    for (int pair = 0; pair < 2; ++pair) {
      const int c = 2 * pair;
      worst =
          std::max(worst, static_cast<double>(std::abs(expectation.covariance[pair] - s(c, c + 1)) /
                                              std::sqrt(s(c, c) * s(c + 1, c + 1))));
    }
    track.update(noise, z.row(k));
    dense.update(as_vector(k));
    worst = std::max(worst, difference(track, dense));
  }
  return worst;
}

}  // namespace

TEST_CASE("kalman: one track equals a dense filter") {
  for (unsigned seed = 1; seed <= 8; ++seed) {
    CHECK(worst_against_dense<kernels::kalman_sort7>(seed, false) < 1e-9);
    CHECK(worst_against_dense<kernels::kalman_xyah>(seed, false) < 1e-9);
    CHECK(worst_against_dense<kernels::kalman_xywh>(seed, false) < 1e-9);
    CHECK(worst_against_dense<kernels::kalman_xywh>(seed, true) < 1e-9);
  }
}

namespace {

/// A million steps, with gaps, and camera motions there and back; the covariance is looked at
/// often.
template <class Model, class T>
int indefinite_steps(bool camera_moves) {
  std::mt19937 random(3);
  const auto noise = kernels::math::kalman_noise_of<T>(Model{});
  kalman_cases::measurements<Model, T> z(64, random);
  kernels::math::kalman_track<Model, T> track;
  track.initiate(noise, z.row(0));
  const auto step = kernels::math::kalman_step_of<T>(Model{}, 1);
  const auto longer = kernels::math::kalman_step_of<T>(Model{}, 40);
  int bad = 0;
  for (int k = 0; k < 1000000; ++k) {
    track.predict(k % 977 == 0 ? longer : step);
    if constexpr (Model::kCouples) {
      if (camera_moves && k % 5 == 0) {
        const T angle = static_cast<T>(k % 10 == 0 ? 0.25 : -0.25);
        track.warp({T(1), -angle, angle, T(1), T(0), T(0)});
        track.warp({T(0.9375), T(0), T(0), T(0.9375), T(0), T(0)});
      }
    }
    if (k % 1000 < 900 && k % 3 != 0) track.update(noise, z.row(k % 64));
    using at = kernels::math::kalman_planes<Model>;
    for (int c = 0; c < 4; ++c) {
      bad += track.planes[at::p(c)] > 0 ? 0 : 1;
      if (c < Model::kMoving) bad += track.planes[at::u(c)] > 0 ? 0 : 1;
    }
    if (k % 4999 != 0) continue;
    matrix covariance(Model::kStates, Model::kStates);
    for (int i = 0; i < Model::kStates; ++i) {
      for (int j = 0; j < Model::kStates; ++j) {
        covariance(i, j) = track.covariance(i, j);
      }
    }
    bad += positive_definite(covariance) ? 0 : 1;
  }
  return bad;
}

}  // namespace

TEST_CASE("kalman: symmetric and positive definite over a million steps") {
  CHECK(indefinite_steps<kernels::kalman_sort7, float>(false) == 0);
  CHECK(indefinite_steps<kernels::kalman_sort7, double>(false) == 0);
  CHECK(indefinite_steps<kernels::kalman_xyah, float>(false) == 0);
  CHECK(indefinite_steps<kernels::kalman_xyah, double>(false) == 0);
  CHECK(indefinite_steps<kernels::kalman_xywh, float>(true) == 0);
  CHECK(indefinite_steps<kernels::kalman_xywh, double>(true) == 0);
}
