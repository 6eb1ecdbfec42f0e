// An independent filter for kalman's tests: textbook matrices, full covariances, written from the
// published programs.
#pragma once

#include <kernels/math/kalman.hpp>

#include <Eigen/Dense>

#include <cmath>

namespace kalman_reference {

using number = long double;  // P − K·S·Kᵀ loses digits that the filter under test keeps
using vector = Eigen::Matrix<number, Eigen::Dynamic, 1>;
using matrix = Eigen::Matrix<number, Eigen::Dynamic, Eigen::Dynamic>;

inline vector vector4(number a, number b, number c, number d) {
  vector v(4);
  v(0) = a;
  v(1) = b;
  v(2) = c;
  v(3) = d;
  return v;
}

/// Standard deviations: of the process, of a measurement, of the start.
template <class Model>
struct deviations;
template <>
struct deviations<kernels::kalman_xyah> {
  static vector process(const vector& m) {
    const number h = m(3);
    vector d(8);
    d << h / 20, h / 20, 1e-2L, h / 20, h / 160, h / 160, 1e-5L, h / 160;
    return d;
  }
  static vector measured(const vector& m) {
    const number h = m(3);
    return vector4(h / 20, h / 20, 1e-1L, h / 20);
  }
  static vector start(const vector& z) {
    const number h = z(3);
    vector d(8);
    d << h / 10, h / 10, 1e-2L, h / 10, h / 16, h / 16, 1e-5L, h / 16;
    return d;
  }
};
template <>
struct deviations<kernels::kalman_xywh> {
  static vector sizes(const vector& m) {
    vector d(8);
    d << m(2), m(3), m(2), m(3), m(2), m(3), m(2), m(3);
    return d;
  }
  static vector process(const vector& m) {
    vector d = sizes(m) / 20;
    d.tail(4) /= 8;
    return d;
  }
  static vector measured(const vector& m) { return sizes(m).head(4) / 20; }
  static vector start(const vector& z) {
    vector d = sizes(z) / 10;
    d.tail(4) *= number(10) / 16;
    return d;
  }
};
template <>
struct deviations<kernels::kalman_sort7> {
  static vector process(const vector&) {
    vector d(7);
    d << 1, 1, 1, 1, 0.1L, 0.1L, 0.01L;
    return d;
  }
  static vector measured(const vector&) {
    return vector4(1, 1, std::sqrt(number(10)), std::sqrt(number(10)));
  }
  static vector start(const vector&) {
    vector d(7);
    d << vector::Constant(4, std::sqrt(number(10))), vector::Constant(3, 100.0);
    return d;
  }
};

inline matrix square(const vector& deviation) { return deviation.cwiseAbs2().asDiagonal(); }

/// A filter of any model: compiled once, because Eigen is slow to compile.
struct dense_filter {
  using deviation = vector (*)(const vector&);

  int states;
  deviation process, measured;
  vector mean;
  matrix covariance;

  [[nodiscard]] matrix transition(number dt) const {
    matrix f = matrix::Identity(states, states);
    for (int i = 0; i + 4 < states; ++i) f(i, i + 4) = dt;
    return f;
  }
  [[nodiscard]] matrix observation() const { return matrix::Identity(4, states); }

  void predict(number dt) {
    if (states == 7 && mean(2) + dt * mean(6) <= 0) mean(6) = 0;
    // noise of dt frames: what dt single steps of one frame add up to
    matrix q = square(process(mean));
    matrix added = dt * q;
    for (int i = 0; i + 4 < states; ++i) {
      const number v = q(i + 4, i + 4);
      added(i, i) += v * (dt * (dt - 1) * (2 * dt - 1) / 6);
      added(i, i + 4) = added(i + 4, i) = v * (dt * (dt - 1) / 2);
    }
    const matrix f = transition(dt);
    mean = f * mean;
    covariance = f * covariance * f.transpose() + added;
  }
  [[nodiscard]] matrix innovation() const {
    const matrix h = observation();
    return h * covariance * h.transpose() + square(measured(mean));
  }
  void update(const vector& z) {
    const matrix s = innovation();
    const matrix observed = observation() * covariance;
    const matrix gain = s.ldlt().solve(observed).transpose();  // P Hᵀ S⁻¹
    mean += gain * (z - mean.head(4));
    covariance -= gain * s * gain.transpose();
  }
  [[nodiscard]] number distance(const vector& z, int numbers) const {
    const matrix d = (z - mean.head(4)).head(numbers);
    const matrix s = innovation().topLeftCorner(numbers, numbers);
    const matrix weighted = s.ldlt().solve(d);
    return d.cwiseProduct(weighted).sum();
  }
  void warp(const matrix& r, const vector& t) {
    matrix big = matrix::Zero(8, 8);
    for (int i = 0; i < 8; i += 2) big.block(i, i, 2, 2) = r;
    mean = big * mean;
    mean.head(2) += t;
    covariance = big * covariance * big.transpose();
  }
};

template <class Model>
struct reference : dense_filter {
  explicit reference(const vector& z)
      : dense_filter{Model::kStates, &deviations<Model>::process, &deviations<Model>::measured,
                     vector::Zero(Model::kStates), square(deviations<Model>::start(z))} {
    mean.head(4) = z;
  }
};

inline bool positive_definite(const matrix& covariance) {
  if (covariance != covariance.transpose() || !covariance.allFinite()) return false;
  const Eigen::LDLT<matrix> decomposed(covariance);
  return decomposed.info() == Eigen::Success && decomposed.vectorD().minCoeff() > 0;
}

/// The largest difference, as a share of the number or of its standard deviation.
template <class Model>
double difference(const kernels::math::kalman_track<Model, double>& track,
                  const reference<Model>& expected) {
  number worst = 0;
  for (int i = 0; i < Model::kStates; ++i) {
    const number si = std::sqrt(expected.covariance(i, i));
    worst = std::max(worst, std::abs(track.planes[i] - expected.mean(i)) /
                                std::max(si, std::abs(expected.mean(i))));
    for (int j = 0; j < Model::kStates; ++j) {
      worst = std::max(worst, std::abs(track.covariance(i, j) - expected.covariance(i, j)) /
                                  (si * std::sqrt(expected.covariance(j, j))));
    }
  }
  return static_cast<double>(worst);
}

}  // namespace kalman_reference
