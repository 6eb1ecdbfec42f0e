// Any linear Kalman filter: N states and M measurements; one track in registers.
#pragma once

#include <kernels/core/error.hpp>
#include <kernels/math/kalman_view.hpp>

#include <array>
#include <iterator>

namespace kernels::inline KERNELS_ABI {

namespace math {

/// A model's matrices as the steps use them: the noises in factors L·diag(d)·Lᵀ.
template <class T, int N, int M>
struct kalman_linear_numbers {
  T transition[N][N], process_l[N][N], process_d[N];
  T initial_l[N][N], initial_d[N];
  T observation[M][N];
  T measured_l[M][M], independent_d[M];  ///< R = L·diag(d)·Lᵀ
  T decorrelate[M][M], independent[M][N];  ///< L⁻¹ and L⁻¹·H: measurements of independent noise
};

/// a = l·diag(d)·lᵀ of a symmetric positive semidefinite matrix. Errors: one that is not.
template <std::size_t N>
void kalman_factor(const char* what, const std::array<double, N * N>& a, double (&l)[N][N],
                   double (&d)[N]) {
  const auto bad = [&](const char* given) {
    refuse("kalman_linear", what, "a finite symmetric positive semidefinite matrix", given);
  };
  for (std::size_t i = 0; i < N; ++i) {
    for (std::size_t j = 0; j < N; ++j) {
      if (!(exact::max(a[i * N + j], -a[i * N + j]) <= kKalmanMost<double>)) bad("one not finite");
      if (a[i * N + j] != a[j * N + i]) bad("one that is not symmetric");
    }
  }
  for (std::size_t j = 0; j < N; ++j) {
    double variance = a[j * N + j];
    for (std::size_t k = 0; k < j; ++k) {
      variance = exact::fma(-exact::product(l[j][k], d[k]), l[j][k], variance);
    }
    const double rounding = exact::mul(1e-12, a[j * N + j]);
    const bool none = variance <= rounding && variance >= -rounding;
    if (variance < -rounding) bad("one that is not");
    d[j] = none ? 0 : variance;
    for (std::size_t i = 0; i < N; ++i) {
      l[i][j] = i == j ? 1 : 0;
      if (i <= j) continue;
      double rest = a[i * N + j];
      for (std::size_t k = 0; k < j; ++k) {
        rest = exact::fma(-exact::product(l[i][k], d[k]), l[j][k], rest);
      }
      if (none) {
        const double most = exact::sqrt(exact::mul(a[i * N + i], a[j * N + j]));
        if (exact::max(rest, -rest) > exact::mul(1e-6, most)) bad("one that is not");
      } else {
        l[i][j] = exact::div(rest, variance);
      }
    }
  }
}

}  // namespace math

/// A model of N states and M measurements, for a kalman_state<kalman_linear<N, M>, T>. Matrices by
/// rows: x' = F·x with noise Q, z = H·x with noise R, and the covariance P that a track starts
/// with. Errors of the constructor: Q, R, P not symmetric or not positive semidefinite, R not
/// definite, a number that is not finite.
template <int N, int M>
class kalman_linear {
  static_assert(N >= 1 && M >= 1);
  static constexpr std::size_t kN = N, kM = M;

 public:
  static constexpr int kStates = N, kMeasured = M;
  static constexpr bool kCouples = false;

  kalman_linear() = default;
  kalman_linear(const std::array<double, kN * kN>& f, const std::array<double, kM * kN>& h,
                const std::array<double, kN * kN>& q, const std::array<double, kM * kM>& r,
                const std::array<double, kN * kN>& p) {
    math::kalman_factor<kN>("Q", q, all_.process_l, all_.process_d);
    math::kalman_factor<kN>("P", p, all_.initial_l, all_.initial_d);
    math::kalman_factor<kM>("R", r, all_.measured_l, all_.independent_d);
    for (std::size_t i = 0; i < kN; ++i) {
      for (std::size_t j = 0; j < kN; ++j) all_.transition[i][j] = checked("F", f[i * kN + j]);
    }
    for (std::size_t m = 0; m < kM; ++m) {
      if (!(all_.independent_d[m] > 0)) {
        refuse("kalman_linear", "R", "a positive definite matrix", "a singular one");
      }
      for (std::size_t j = 0; j < kN; ++j) all_.observation[m][j] = checked("H", h[m * kN + j]);
    }
    for (std::size_t m = 0; m < kM; ++m) {  // L⁻¹·[1, H] by forward substitution
      for (std::size_t j = 0; j < kM; ++j) all_.decorrelate[m][j] = m == j ? 1 : 0;
      for (std::size_t j = 0; j < kN; ++j) all_.independent[m][j] = all_.observation[m][j];
      for (std::size_t k = 0; k < m; ++k) {
        const double l = -all_.measured_l[m][k];
        for (std::size_t j = 0; j < kM; ++j) {
          all_.decorrelate[m][j] = exact::fma(l, all_.decorrelate[k][j], all_.decorrelate[m][j]);
        }
        for (std::size_t j = 0; j < kN; ++j) {
          all_.independent[m][j] = exact::fma(l, all_.independent[k][j], all_.independent[m][j]);
        }
      }
    }
  }

  /// The matrices, rounded to T.
  template <class T>
  [[nodiscard]] math::kalman_linear_numbers<T, N, M> numbers() const {
    math::kalman_linear_numbers<T, N, M> rounded;
    const auto vector = [](const auto& from, auto& to) {
      for (std::size_t i = 0; i < std::size(to); ++i) to[i] = static_cast<T>(from[i]);
    };
    const auto matrix = [&](const auto& from, auto& to) {
      for (std::size_t i = 0; i < std::size(to); ++i) vector(from[i], to[i]);
    };
    matrix(all_.transition, rounded.transition);
    matrix(all_.process_l, rounded.process_l);
    vector(all_.process_d, rounded.process_d);
    matrix(all_.initial_l, rounded.initial_l);
    vector(all_.initial_d, rounded.initial_d);
    matrix(all_.observation, rounded.observation);
    matrix(all_.measured_l, rounded.measured_l);
    vector(all_.independent_d, rounded.independent_d);
    matrix(all_.decorrelate, rounded.decorrelate);
    matrix(all_.independent, rounded.independent);
    return rounded;
  }

 private:
  static double checked(const char* what, double value) {
    if (!(exact::max(value, -value) <= math::kKalmanMost<double>)) {
      refuse("kalman_linear", what, "finite numbers", number_text(value));
    }
    return value;
  }

  math::kalman_linear_numbers<double, N, M> all_{};
};

namespace math {

/// Means, then the diagonal of the factored covariance, then its lower triangle by rows.
template <int N, int M>
struct kalman_planes<kalman_linear<N, M>> {
  static constexpr int kPlain = 2 * N + N * (N - 1) / 2;
  static constexpr int kAll = kPlain;
};

namespace kalman_steps {
#include <kernels/math/kalman_linear.inl>
}  // namespace kalman_steps

/// One track of any linear model by itself: what a slot of a kalman_state holds.
template <int N, int M, class T>
struct kalman_track<kalman_linear<N, M>, T> {
  T planes[kalman_planes<kalman_linear<N, M>>::kAll] = {};
  bool coupled = false;

  using numbers = kalman_linear_numbers<T, N, M>;
  using ops = kalman_scalar<T>;

  KERNELS_HD kalman_slot<T> slot() { return {planes, 1}; }
  KERNELS_HD void initiate(const numbers& model, const T (&mean)[N]) {
    kalman_steps::kalman_initiate_linear<ops, N, M>(model, mean, slot());
  }
  KERNELS_HD void predict(const numbers& model) {
    kalman_steps::kalman_predict_linear<ops, N, M>(model, slot());
  }
  KERNELS_HD void update(const numbers& model, const T (&z)[M]) {
    kalman_steps::kalman_update_linear<ops, N, M>(model, z, slot());
  }
  KERNELS_HD kalman_steps::kalman_linear_expectation<ops, M> project(const numbers& model) {
    return kalman_steps::kalman_project_linear<ops, N, M>(model, slot());
  }
  /// Element (i, j) of the covariance.
  [[nodiscard]] KERNELS_HD T covariance(int i, int j) const {
    if (i < j) return covariance(j, i);
    const auto l = [&](int row, int k) {
      return row == k ? T(1) : planes[2 * N + row * (row - 1) / 2 + k];
    };
    T sum = T(0);
    for (int k = 0; k <= j; ++k) sum = exact::fma(exact::mul(l(i, k), planes[N + k]), l(j, k), sum);
    return sum;
  }
};

}  // namespace math
}  // namespace kernels::inline KERNELS_ABI
