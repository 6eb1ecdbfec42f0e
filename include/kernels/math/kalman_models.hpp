// The filters that trackers use, as data: what they measure, what moves, and how noisy it is.
#pragma once

#include <kernels/core/exact.hpp>

#include <cstdint>
#include <limits>

namespace kernels::inline KERNELS_ABI {

/// SORT and OC-SORT: centre x, centre y, area s, ratio r = width / height, and velocities of the
/// first three. Before predicting, vs becomes 0 where s + dt·vs <= 0. Variances, in pixels².
struct kalman_sort7 {
  double measured[4] = {1, 1, 10, 10};
  double position[4] = {1, 1, 1, 1};  ///< process noise a frame
  double velocity[3] = {0.01, 0.01, 0.0001};
  double initial_position[4] = {10, 10, 10, 10};
  double initial_velocity[3] = {1e4, 1e4, 1e4};

  static constexpr int kStates = 7, kMoving = 3;
  static constexpr bool kCouples = false;
};

/// DeepSORT and ByteTrack: centre x, centre y, ratio a = width / height, height h, and their
/// velocities. Standard deviations are weights times the current height; those of a are fixed.
struct kalman_xyah {
  double position_weight = 1.0 / 20;
  double velocity_weight = 1.0 / 160;

  static constexpr int kStates = 8, kMoving = 4;
  static constexpr bool kCouples = true;
};

/// BoT-SORT and McByte: centre x, centre y, width, height, and their velocities. Standard
/// deviations are weights times the current width (x, w) or height (y, h).
struct kalman_xywh {
  double position_weight = 1.0 / 20;
  double velocity_weight = 1.0 / 160;

  static constexpr int kStates = 8, kMoving = 4;
  static constexpr bool kCouples = true;
};

/// A camera motion from the previous frame to this one: (x, y) -> (a·x + b·y + tx, c·x + d·y + ty).
template <class T>
struct kalman_motion {
  T a = 1, b = 0, c = 0, d = 1, tx = 0, ty = 0;
};

/// Coordinates for kalman_zero_velocity; add them up.
enum kalman_coordinates : std::uint32_t {
  kalman_first = 1,   ///< x
  kalman_second = 2,  ///< y
  kalman_third = 4,   ///< s, a or w
  kalman_fourth = 8   ///< h; sort7 has no velocity of r
};

namespace math {

/// Sizes from which noise is computed are kept in this range: a height of 0 has a little noise.
inline constexpr double kKalmanSmallest = 1.0 / 1024;
inline constexpr double kKalmanLargest = 134217728;

template <class T>
inline constexpr T kKalmanMost = std::numeric_limits<T>::max();
template <class T>
inline constexpr T kKalmanInfinite = std::numeric_limits<T>::infinity();

/// Where a model keeps its numbers: planes of a structure of arrays. Each coordinate c that moves
/// has a mean x and v and the covariance of (x, v) as p, g, u:
///   var x = p    cov(x, v) = g·p    var v = u + g²·p
/// which is positive definite for every p, u > 0, and of which measuring x changes p alone. One
/// that does not move has x and p. Once a rotation has coupled two coordinates (0 with 1, 2 with 3)
/// there are four numbers more a pair (kalman_coupled.inl).
template <class Model>
struct kalman_planes {
  static constexpr int kMeasured = 4;
  KERNELS_HD static constexpr int x(int c) { return c; }
  KERNELS_HD static constexpr int v(int c) { return 4 + c; }
  KERNELS_HD static constexpr int p(int c) { return Model::kStates + c; }
  KERNELS_HD static constexpr int g(int c) { return Model::kStates + 4 + c; }
  KERNELS_HD static constexpr int u(int c) { return Model::kStates + 4 + Model::kMoving + c; }
  static constexpr int kPlain = Model::kStates + 4 + 2 * Model::kMoving;
  KERNELS_HD static constexpr int coupling(int pair, int k) { return kPlain + 4 * pair + k; }
  static constexpr int kAll = kPlain + (Model::kCouples ? 8 : 0);
};

/// Noise of measuring and of starting: variances, to be multiplied by a squared size.
template <class T>
struct kalman_noise {
  T measured[4], initial_position[4], initial_velocity[4];
};

/// One prediction: dt frames, and its noise, to be multiplied by a squared size. A step of dt
/// frames has the noise of dt steps of one: variance dt·qv of the velocity, of which a share rho =
/// (dt − 1)/2 reaches the position, and dt·(qp + qv·(dt² − 1)/12) of the position itself.
template <class T>
struct kalman_step {
  T dt, rest, rho;  ///< rest = dt − rho
  T position[4], velocity[4], cross[4], total[4];
};

/// Variances of a model: what its noise is before multiplying by sizes.
struct kalman_variances {
  double measured[4], position[4], velocity[4], initial_position[4], initial_velocity[4];
};

inline kalman_variances kalman_variances_of(const kalman_sort7& m) {
  kalman_variances all{};
  for (int c = 0; c < 4; ++c) {
    all.measured[c] = m.measured[c];
    all.position[c] = m.position[c];
    all.initial_position[c] = m.initial_position[c];
    all.velocity[c] = c < 3 ? m.velocity[c] : 0;
    all.initial_velocity[c] = c < 3 ? m.initial_velocity[c] : 0;
  }
  return all;
}
inline kalman_variances kalman_variances_of(const kalman_xywh& m) {
  kalman_variances all{};
  const double p = exact::product(m.position_weight, m.position_weight);
  const double v = exact::product(m.velocity_weight, m.velocity_weight);
  for (int c = 0; c < 4; ++c) {
    all.measured[c] = all.position[c] = p;
    all.velocity[c] = v;
    all.initial_position[c] = 4 * p;
    all.initial_velocity[c] = 100 * v;
  }
  return all;
}
inline kalman_variances kalman_variances_of(const kalman_xyah& m) {
  kalman_variances all = kalman_variances_of(kalman_xywh{m.position_weight, m.velocity_weight});
  all.measured[2] = 1e-2;
  all.position[2] = all.initial_position[2] = 1e-4;
  all.velocity[2] = all.initial_velocity[2] = 1e-10;
  return all;
}

template <class T, class Model>
kalman_noise<T> kalman_noise_of(const Model& model) {
  const kalman_variances all = kalman_variances_of(model);
  kalman_noise<T> noise{};
  for (int c = 0; c < 4; ++c) {
    noise.measured[c] = static_cast<T>(all.measured[c]);
    noise.initial_position[c] = static_cast<T>(all.initial_position[c]);
    noise.initial_velocity[c] = static_cast<T>(all.initial_velocity[c]);
  }
  return noise;
}

template <class T, class Model>
kalman_step<T> kalman_step_of(const Model& model, double dt) {
  const kalman_variances all = kalman_variances_of(model);
  const double rho = 0.5 * (dt - 1);
  const double spread = dt == 1 ? 0 : exact::div(exact::fma(dt, dt, -1.0), 12.0);
  kalman_step<T> step{};
  step.dt = static_cast<T>(dt);
  step.rho = static_cast<T>(rho);
  step.rest = static_cast<T>(0.5 * (dt + 1));
  for (int c = 0; c < 4; ++c) {
    // one frame: the same numbers without calls of fma(), which is slow where it is not built in
    const bool one = dt == 1;
    const double velocity = one ? all.velocity[c] : exact::product(dt, all.velocity[c]);
    const double position =
        one ? all.position[c]
            : exact::product(dt, exact::fma(spread, all.velocity[c], all.position[c]));
    step.velocity[c] = static_cast<T>(velocity);
    step.position[c] = static_cast<T>(position);
    step.cross[c] = one ? T(0) : static_cast<T>(exact::product(rho, velocity));
    step.total[c] = one ? step.position[c]
                        : static_cast<T>(exact::fma(exact::mul(rho, rho), velocity, position));
  }
  return step;
}

}  // namespace math
}  // namespace kernels::inline KERNELS_ABI
