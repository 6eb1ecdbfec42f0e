// kalman on the CPU: one track against a dense filter (Eigen, double), batches against one track.
#include "../kalman_cases.hpp"
#include "../kalman_reference.hpp"

#include <kernels/kalman.hpp>

namespace {

using kernels::kalman_all;
using kernels::on_cpu;
using kernels::packed;

struct cpu_runner {
  on_cpu exec;
  template <class S, class L, class Z>
  void initiate(const S& s, const L& l, const Z& z) const {
    kalman_initiate(exec, s, l, z);
  }
  template <class S, class L>
  void predict(const S& s, const L& l, double dt) const {
    kalman_predict(exec, s, l, {.dt = dt});
  }
  template <class S, class L>
  void zero(const S& s, const L& l, std::uint32_t coordinates) const {
    kalman_zero_velocity(exec, s, l, coordinates);
  }
  template <class S, class L, class Z>
  void update(const S& s, const L& l, const Z& z) const {
    kalman_update(exec, s, l, z);
  }
  template <class S, class L, class M, class C>
  void project(const S& s, const L& l, const M& m, const C& c) const {
    kalman_project(exec, s, l, m, c);
  }
  template <class S, class L, class Z, class D>
  void gating(const S& s, const L& l, const Z& z, const D& d, bool position_only) const {
    kalman_gating(exec, s, l, z, d, {.position_only = position_only});
  }
  template <class S, class L, class M>
  void warp(const S& s, const L& l, const M& m) const {
    kalman_warp(exec, s, l, m);
  }
  template <class S, class L, class B>
  void boxes(const S& s, const L& l, const B& b) const {
    kalman_boxes(exec, s, l, b);
  }
};

template <class Model, class T>
void every_instruction_set() {
  for (const auto isa : {kernels::instruction_set::portable, kernels::instruction_set::avx2,
                         kernels::instruction_set::avx512}) {
    if (!kernels::cpu::supported(isa)) continue;
    CAPTURE(kernels::cpu::name(isa));
    kalman_cases::equals_one_at_a_time<Model, T>(cpu_runner{{.threads = 2, .isa = isa}});
  }
}

using namespace kalman_reference;  // NOLINT

/// A life of one track beside the dense filter.
template <class Model>
double worst_against_dense(unsigned seed, bool camera_moves) {
  std::mt19937 random(seed);
  const auto noise = kernels::math::kalman_noise_of<double>(Model{});
  kalman_cases::measurements<Model, double> z(60, random);
  const auto as_vector = [&](std::int64_t k) {
    const auto r = z.row(k);
    return vector(vector4(r.a, r.b, r.c, r.d));
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
        matrix2 r;
        r << scale * std::cos(angle), -scale * std::sin(angle), scale * std::sin(angle) + 0.02,
            scale * std::cos(angle);
        const matrix2 rotation = r;
        const auto e = [&](int i, int j) { return static_cast<double>(rotation(i, j)); };
        track.warp({e(0, 0), e(0, 1), e(1, 0), e(1, 1), 3.5, -2});
        dense.warp(r, {3.5, -2});
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

TEST_CASE("kalman cpu: batches equal one track at a time, bit for bit") {
  every_instruction_set<kernels::kalman_sort7, float>();
  every_instruction_set<kernels::kalman_xyah, double>();
  every_instruction_set<kernels::kalman_xywh, float>();
}

TEST_CASE("kalman cpu: one track equals a dense filter") {
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
    Eigen::MatrixXd covariance(Model::kStates, Model::kStates);
    for (int i = 0; i < Model::kStates; ++i) {
      for (int j = 0; j < Model::kStates; ++j) {
        covariance(i, j) = static_cast<double>(track.covariance(i, j));
      }
    }
    const bool symmetric = covariance == covariance.transpose();
    const Eigen::LLT<Eigen::MatrixXd> cholesky(covariance);
    bad += symmetric && covariance.allFinite() && cholesky.info() == Eigen::Success ? 0 : 1;
  }
  return bad;
}

}  // namespace

TEST_CASE("kalman cpu: symmetric and positive definite over a million steps") {
  CHECK(indefinite_steps<kernels::kalman_sort7, float>(false) == 0);
  CHECK(indefinite_steps<kernels::kalman_sort7, double>(false) == 0);
  CHECK(indefinite_steps<kernels::kalman_xyah, float>(false) == 0);
  CHECK(indefinite_steps<kernels::kalman_xyah, double>(false) == 0);
  CHECK(indefinite_steps<kernels::kalman_xywh, float>(true) == 0);
  CHECK(indefinite_steps<kernels::kalman_xywh, double>(true) == 0);
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
