// kalman_linear on the CPU: one track against naive matrices, batches against one track.
#include "../kalman_linear_cases.hpp"

#include <kernels/kalman_linear.hpp>

namespace {

using kalman_linear_cases::model;

struct cpu_runner {
  kernels::on_cpu exec;
  template <class... A>
  void initiate(const A&... a) const {
    kalman_initiate(exec, a...);
  }
  template <class... A>
  void predict(const A&... a) const {
    kalman_predict(exec, a...);
  }
  template <class... A>
  void update(const A&... a) const {
    kalman_update(exec, a...);
  }
  template <class... A>
  void project(const A&... a) const {
    kalman_project(exec, a...);
  }
  template <class... A>
  void gating(const A&... a) const {
    kalman_gating(exec, a...);
  }
};

// --- textbook matrices

using matrix = std::vector<std::vector<double>>;

matrix times(const matrix& a, const matrix& b) {
  matrix c(a.size(), std::vector<double>(b[0].size()));
  for (std::size_t i = 0; i < a.size(); ++i) {
    for (std::size_t k = 0; k < b.size(); ++k) {
      for (std::size_t j = 0; j < b[0].size(); ++j) c[i][j] += a[i][k] * b[k][j];
    }
  }
  return c;
}
matrix transposed(const matrix& a) {
  matrix t(a[0].size(), std::vector<double>(a.size()));
  for (std::size_t i = 0; i < a.size(); ++i) {
    for (std::size_t j = 0; j < a[0].size(); ++j) t[j][i] = a[i][j];
  }
  return t;
}
matrix plus(matrix a, const matrix& b, double sign = 1) {
  for (std::size_t i = 0; i < a.size(); ++i) {
    for (std::size_t j = 0; j < a[0].size(); ++j) a[i][j] += sign * b[i][j];
  }
  return a;
}

const matrix kF = {{1, 1, 0.5}, {0, 1, 1}, {0, 0, 0.875}};
const matrix kH = {{1, 0, 0}, {0.25, 1, 0}};
const matrix kQ = {{0.5, 0.25, 0}, {0.25, 0.25, 0}, {0, 0, 0.125}};
const matrix kR = {{2, 0.5}, {0.5, 1}};

}  // namespace

TEST_CASE("kalman_linear cpu: one track equals naive matrices") {
  std::mt19937 random(1);
  const auto numbers = kalman_linear_cases::make_model().numbers<double>();
  kernels::math::kalman_track<model, double> track;
  track.initiate(numbers, {1, 2, 3});
  matrix x = {{1}, {2}, {3}};
  matrix p = {{10, 1, 0}, {1, 10, 2}, {0, 2, 10}};
  double worst = 0;
  const auto compare = [&] {
    for (std::size_t i = 0; i < 3; ++i) {
      worst = std::max(worst, std::abs(track.planes[i] - x[i][0]) / (1 + std::abs(x[i][0])));
      for (std::size_t j = 0; j < 3; ++j) {
        const double given = track.covariance(static_cast<int>(i), static_cast<int>(j));
        worst = std::max(worst, std::abs(given - p[i][j]) / std::sqrt(p[i][i] * p[j][j]));
      }
    }
  };
  compare();
  for (int step = 0; step < 50; ++step) {
    track.predict(numbers);
    x = times(kF, x);
    p = plus(times(times(kF, p), transposed(kF)), kQ);
    compare();
    if (step % 4 == 3) continue;
    const matrix z = {{static_cast<double>(random() % 100)}, {static_cast<double>(random() % 50)}};
    const matrix s = plus(times(times(kH, p), transposed(kH)), kR);
    const double det = s[0][0] * s[1][1] - s[0][1] * s[1][0];
    const matrix inverse = {{s[1][1] / det, -s[0][1] / det}, {-s[1][0] / det, s[0][0] / det}};
    const matrix rest = plus(z, times(kH, x), -1);
    const double distance = times(transposed(rest), times(inverse, rest))[0][0];
    const auto expected = track.project(numbers);
    worst = std::max(worst, std::abs(expected.distance({z[0][0], z[1][0]}) / distance - 1));
    worst = std::max(worst, std::abs(expected.covariance(0, 1) - s[0][1]));
    const matrix gain = times(times(p, transposed(kH)), inverse);
    x = plus(x, times(gain, rest));
    p = plus(p, times(times(gain, s), transposed(gain)), -1);
    track.update(numbers, {z[0][0], z[1][0]});
    compare();
  }
  CHECK(worst < 1e-11);
}

TEST_CASE("kalman_linear cpu: batches equal one track at a time, bit for bit") {
  for (const auto isa : {kernels::instruction_set::portable, kernels::instruction_set::avx2,
                         kernels::instruction_set::avx512}) {
    if (!kernels::cpu::supported(isa)) continue;
    CAPTURE(kernels::cpu::name(isa));
    for (const std::int64_t n : {0, 1, 31, 33}) {
      kalman_linear_cases::equals_one_at_a_time<float>(cpu_runner{{.isa = isa}}, n);
      kalman_linear_cases::equals_one_at_a_time<double>(cpu_runner{{.isa = isa}}, n);
    }
  }
}

TEST_CASE("kalman_linear cpu: refused models") {
  using one = kernels::kalman_linear<2, 1>;
  const std::array<double, 4> f = {1, 1, 0, 1};
  const std::array<double, 4> q = {1, 0, 0, 1};
  CHECK_NOTHROW(one(f, {1, 0}, {1, 1, 1, 1}, {1}, q));  // a singular Q is fine
  CHECK_THROWS_WITH_AS(one(f, {1, 0}, {1, 2, 2, 1}, {1}, q), doctest::Contains("Q"),
                       kernels::error);
  CHECK_THROWS_WITH_AS(one(f, {1, 0}, {0, 1, 1, 1}, {1}, q), doctest::Contains("Q"),
                       kernels::error);
  CHECK_THROWS_WITH_AS(one(f, {1, 0}, {1, 0.5, 0, 1}, {1}, q), doctest::Contains("symmetric"),
                       kernels::error);
  CHECK_THROWS_WITH_AS(one(f, {1, 0}, q, {0}, q), doctest::Contains("singular"), kernels::error);
  CHECK_THROWS_WITH_AS(one(f, {1, std::nan("")}, q, {1}, q), doctest::Contains("H"),
                       kernels::error);
}
