// What every kalman_… function refuses, on both backends, and its parameters.
#pragma once

#include <kernels/core/arrays.hpp>
#include <kernels/kalman_state.hpp>

#include <cmath>

namespace kernels::inline KERNELS_ABI {

/// Of kalman_predict: frames since the last prediction, 0 to 65536, whole or not.
struct kalman_predict_options {
  double dt = 1;
};

/// Of kalman_gating.
struct kalman_gating_options {
  bool position_only = false;  ///< distances of (x, y) only, 2 degrees of freedom instead of 4
};

/// Gates on the squared Mahalanobis distance: 95 % of a χ² with 4 or 2 degrees of freedom.
inline constexpr double kKalmanGate4 = 9.4877;
inline constexpr double kKalmanGate2 = 5.9915;

namespace kalman_checks {

template <class Model, class T, space Space>
void state(std::string_view operation, const kalman_view<Model, T, Space>& s) {
  static_assert(std::is_same_v<T, float> || std::is_same_v<T, double>,
                "kalman: the element type is float or double");
  if (s.size < 0 || s.size > std::numeric_limits<std::int32_t>::max() || s.stride < s.size) {
    refuse(operation, "state", "0 to 2147483647 slots, and a stride of no less",
           std::to_string(s.size) + " with stride " + std::to_string(s.stride));
  }
  if (s.size > 0 && (s.data == nullptr || (Model::kCouples && s.coupled == nullptr))) {
    refuse(operation, "state", "memory for " + std::to_string(s.size) + " slots", "null");
  }
}

/// Refuses a bad state or list; returns the number of slots the call is about.
template <class Model, class T, space Space>
std::int64_t slots(std::string_view operation, const kalman_view<Model, T, Space>& s,
                   const kalman_slots<Space>& slots) {
  state(operation, s);
  if (slots.all) return s.size;
  const std::int64_t count = slots.list.extent[0];
  check_array(operation, "slots", slots.list, {count});
  if constexpr (Space == space::host) {
    bool inside = true;
    for (std::int64_t k = 0; k < count; ++k) {
      const std::int32_t slot = slots.list.data[k * slots.list.stride[0]];
      inside = inside && slot >= 0 && slot < s.size;
    }
    if (!inside) refuse(operation, "slots", "indices below " + std::to_string(s.size), "others");
  }
  return count;
}

inline void step(const kalman_predict_options& options) {
  if (!(options.dt >= 0 && options.dt <= 65536)) {
    refuse("kalman_predict", "dt", "0 to 65536 frames", number_text(options.dt));
  }
}

template <class Model>
void coordinates(std::uint32_t mask) {
  if (mask >= 1U << Model::kMoving) {
    refuse("kalman_zero_velocity", "coordinates", "those that have a velocity",
           std::to_string(mask));
  }
}

template <class T, space Space>
void motions(const view<const kalman_motion<T>, 1, Space>& motions, std::int64_t count) {
  const std::int64_t given = motions.extent[0];
  if (given != 1 && given != count) {
    refuse("kalman_warp", "motions", "one, or one a slot (" + std::to_string(count) + ")",
           std::to_string(given));
  }
  check_array("kalman_warp", "motions", motions, {given});
  if constexpr (Space == space::host) {
    for (std::int64_t k = 0; k < given; ++k) {
      if (!math::kalman_possible(motions.data[k * motions.stride[0]])) {
        refuse("kalman_warp", "motions",
               "finite numbers with a determinant between 1e-6 and 1e6 (or its negative)",
               "another at " + std::to_string(k));
      }
    }
  }
}

}  // namespace kalman_checks
}  // namespace kernels::inline KERNELS_ABI
