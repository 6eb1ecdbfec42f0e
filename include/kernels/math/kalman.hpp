// One track of a box filter in registers or on the stack: host and device. The steps are those of
// the batched kalman_… functions, and give the same bytes.
#pragma once

#include <kernels/core/exact.hpp>
#include <kernels/math/box.hpp>
#include <kernels/math/kalman_models.hpp>

#include <type_traits>

namespace kernels::inline KERNELS_ABI::math {

/// The arithmetic of kalman_plain.inl for one track.
template <class T>
struct kalman_scalar {
  using scalar = T;
  using number = T;
  using mask = bool;
  KERNELS_HD static T set(T a) { return a; }
  KERNELS_HD static T fma(T a, T b, T c) { return exact::fma(a, b, c); }
  KERNELS_HD static T mul(T a, T b) { return exact::mul(a, b); }
  KERNELS_HD static T add(T a, T b) { return exact::add(a, b); }
  KERNELS_HD static T sub(T a, T b) { return exact::add(a, -b); }
  KERNELS_HD static T div(T a, T b) { return exact::div(a, b); }
  KERNELS_HD static T sqrt(T a) { return exact::sqrt(a); }
  KERNELS_HD static T abs(T a) { return a < T(0) ? -a : a; }
  KERNELS_HD static T min(T a, T b) { return exact::min(a, b); }
  KERNELS_HD static T max(T a, T b) { return exact::max(a, b); }
  KERNELS_HD static bool less_equal(T a, T b) { return a <= b; }
  KERNELS_HD static bool finite(T a) { return abs(a) <= kKalmanMost<T>; }
  KERNELS_HD static bool both(bool a, bool b) { return a && b; }
  KERNELS_HD static T select(bool m, T a, T b) { return m ? a : b; }
};

namespace kalman_steps {
#include <kernels/math/kalman_plain.inl>
//
#include <kernels/math/kalman_coupled.inl>
}  // namespace kalman_steps

/// The planes of one slot of a structure of arrays.
template <class T>
struct kalman_slot {
  T* data;
  std::int64_t stride;
  KERNELS_HD T load(int plane) const { return data[plane * stride]; }
  KERNELS_HD void store(int plane, T value) const { data[plane * stride] = value; }
};

/// Does this motion keep x and y apart?
template <class T>
KERNELS_HD bool kalman_keeps_axes(const kalman_motion<T>& m) {
  return m.b == T(0) && m.c == T(0);
}

/// Can it be applied: all finite, |determinant| from 10⁻⁶ to 10⁶.
template <class T>
KERNELS_HD bool kalman_possible(const kalman_motion<T>& m) {
  using ops = kalman_scalar<T>;
  const T det = ops::abs(exact::fma(m.a, m.d, exact::mul(-m.b, m.c)));
  return ops::finite(m.a) && ops::finite(m.b) && ops::finite(m.c) && ops::finite(m.d) &&
         ops::finite(m.tx) && ops::finite(m.ty) && det >= T(1e-6) && det <= T(1e6);
}

/// What to do with coupled tracks and plain ones: each step calls the form that fits.
template <class Model, class T, class At>
KERNELS_HD void kalman_predict(const kalman_step<T>& step, At at, [[maybe_unused]] bool coupled) {
  if constexpr (Model::kCouples) {
    if (coupled) return kalman_steps::kalman_predict_coupled<kalman_scalar<T>, Model>(step, at);
  }
  kalman_steps::kalman_predict_plain<kalman_scalar<T>, Model>(step, at);
}
template <class Model, class T, class At>
KERNELS_HD void kalman_update(const kalman_noise<T>& noise, const T (&z)[4], At at,
                              [[maybe_unused]] bool coupled) {
  if constexpr (Model::kCouples) {
    if (coupled) return kalman_steps::kalman_update_coupled<kalman_scalar<T>, Model>(noise, z, at);
  }
  kalman_steps::kalman_update_plain<kalman_scalar<T>, Model>(noise, z, at);
}
template <class Model, class T, class At>
KERNELS_HD kalman_steps::kalman_expectation<kalman_scalar<T>> kalman_project(
    const kalman_noise<T>& noise, At at, [[maybe_unused]] bool coupled) {
  if constexpr (Model::kCouples) {
    if (coupled) return kalman_steps::kalman_project_coupled<kalman_scalar<T>, Model>(noise, at);
  }
  return kalman_steps::kalman_project_plain<kalman_scalar<T>, Model>(noise, at);
}
/// Returns whether the track is coupled afterwards.
template <class Model, class T, class At>
KERNELS_HD bool kalman_warp(const kalman_motion<T>& m, At at, bool coupled) {
  static_assert(Model::kCouples, "kalman_warp: for kalman_xywh (and kalman_xyah)");
  const kalman_steps::kalman_motion_of<kalman_scalar<T>> motion{m.a, m.b, m.c, m.d, m.tx, m.ty};
  if (!coupled && kalman_keeps_axes(m)) {
    kalman_steps::kalman_warp_plain<kalman_scalar<T>, Model>(motion, at);
    return false;
  }
  if (!coupled) {
    for (int k = 0; k < 8; ++k) at.store(kalman_planes<Model>::kPlain + k, T(0));
  }
  kalman_steps::kalman_warp_coupled<kalman_scalar<T>, Model>(motion, at);
  return true;
}

/// The measurement that a box is: centre x, centre y, and area and ratio (sort7), ratio and height
/// (xyah), or width and height (xywh). A ratio is infinite or not a number where the height is 0.
template <class Model, class T>
KERNELS_HD box_numbers<T> kalman_measurement(const box<T>& b) {
  if constexpr (std::is_same_v<Model, kalman_xyah>) return box_to(box_format::xyah, b);
  box_numbers<T> z = box_to(box_format::cxcywh, b);
  if constexpr (std::is_same_v<Model, kalman_sort7>) {
    z = {z.a, z.b, exact::product(z.c, z.d), exact::div(z.c, z.d)};
  }
  return z;
}

/// The box of a track's mean. sort7: not a number where the area or the ratio is negative.
template <class Model, class T, class At>
KERNELS_HD box<T> kalman_box(At at) {
  T corner[4];
  kalman_steps::kalman_box_plain<kalman_scalar<T>, Model>(at, corner);
  return {corner[0], corner[1], corner[2], corner[3]};
}

/// One track by itself: what a slot of a kalman_state holds.
template <class Model, class T>
struct kalman_track {
  T planes[kalman_planes<Model>::kAll] = {};
  bool coupled = false;

  KERNELS_HD kalman_slot<T> slot() { return {planes, 1}; }

  KERNELS_HD void initiate(const kalman_noise<T>& noise, const box_numbers<T>& z) {
    const T numbers[4] = {z.a, z.b, z.c, z.d};
    coupled = false;
    kalman_steps::kalman_initiate_plain<kalman_scalar<T>, Model>(noise, numbers, slot());
  }
  KERNELS_HD void predict(const kalman_step<T>& step) {
    kalman_predict<Model>(step, slot(), coupled);
  }
  KERNELS_HD void update(const kalman_noise<T>& noise, const box_numbers<T>& z) {
    const T numbers[4] = {z.a, z.b, z.c, z.d};
    kalman_update<Model>(noise, numbers, slot(), coupled);
  }
  KERNELS_HD void warp(const kalman_motion<T>& motion) {
    coupled = kalman_warp<Model>(motion, slot(), coupled);
  }
  KERNELS_HD kalman_steps::kalman_expectation<kalman_scalar<T>> project(
      const kalman_noise<T>& noise) {
    return kalman_project<Model>(noise, slot(), coupled);
  }
  /// Squared Mahalanobis distance of a measurement, or of its first two numbers.
  KERNELS_HD T distance(const kalman_noise<T>& noise, const box_numbers<T>& z, bool position_only) {
    const T numbers[4] = {z.a, z.b, z.c, z.d};
    const auto gate = kalman_steps::kalman_gate_of(project(noise));
    return position_only ? kalman_steps::kalman_distance<1, kalman_scalar<T>>(gate, numbers)
                         : kalman_steps::kalman_distance<2, kalman_scalar<T>>(gate, numbers);
  }
  KERNELS_HD kernels::box<T> box() { return kalman_box<Model, T>(slot()); }

  [[nodiscard]] KERNELS_HD T coupling([[maybe_unused]] int pair, [[maybe_unused]] int k) const {
    if constexpr (Model::kCouples) {
      if (coupled) return planes[kalman_planes<Model>::coupling(pair, k)];
    }
    return T(0);
  }

  /// Element (i, j) of the covariance; states in the model's order.
  [[nodiscard]] KERNELS_HD T covariance(int i, int j) const {
    using at = kalman_planes<Model>;
    if (i > j) return covariance(j, i);
    const int ci = i % 4;
    const int cj = j % 4;
    if (ci / 2 != cj / 2 || (ci != cj && !coupled)) return T(0);
    const int pair = ci / 2;
    const T l = coupling(pair, 0);
    const T m = coupling(pair, 1);
    // rows of the factor of the pair's four states, and the variances it is applied to
    const auto row = [&](int state, int k) -> T {
      const int c = state % 4;
      const bool second = c % 2 == 1;
      const auto own = static_cast<T>(k % 2 == c % 2);
      if (state < 4) {
        if (k >= 2) return T(0);
        return second && k == 0 ? l : own;
      }
      if (k >= 2) return second && k == 2 ? m : own;
      const T other = coupling(pair, second ? 3 : 2);
      const T g = planes[at::g(c)];
      if (k == 1) return second ? g : other;
      return second ? exact::fma(g, l, other) : exact::fma(other, l, g);
    };
    T sum = T(0);
    for (int k = 0; k < 4; ++k) {
      const int c = 2 * pair + k % 2;
      if (k >= 2 && c >= Model::kMoving) continue;
      const T variance = planes[k < 2 ? at::p(c) : at::u(c)];
      sum = exact::fma(exact::mul(row(i, k), variance), row(j, k), sum);
    }
    return sum;
  }
};

}  // namespace kernels::inline KERNELS_ABI::math
