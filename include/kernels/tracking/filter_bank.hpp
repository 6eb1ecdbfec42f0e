// The filters of one tracker on the CPU, by slots.
#pragma once

#include <kernels/kalman.hpp>
#include <kernels/tracking/frame.hpp>
#include <kernels/tracking/work.hpp>

namespace kernels::inline KERNELS_ABI::tracking {

/// Which velocities a tracker stops before it predicts a track that is not tracked now.
template <class Model>
constexpr std::uint32_t stopped_coordinates() {
  if constexpr (std::is_same_v<Model, kalman_xyah>) return kalman_fourth;
  return kalman_third + kalman_fourth;
}

template <class Model>
class filter_bank {
 public:
  filter_bank() = default;
  filter_bank(const filter_bank& other) { *this = other; }
  filter_bank& operator=(const filter_bank& other) {
    state_.resize(other.state_.size());
    for (std::int64_t s = 0; s < state_.size(); ++s) state_.set(s, other.state_.get(s));
    return *this;
  }
  filter_bank(filter_bank&&) noexcept = default;
  filter_bank& operator=(filter_bank&&) noexcept = default;

  /// Predictions and the camera's motion.
  void predict(const work& w) {
    if constexpr (Model::kCouples) {
      stopped_.clear();
      for (std::size_t k = 0; k < w.predicted.size(); ++k) {
        if (w.still[k] != 0) stopped_.push_back(w.predicted[k]);
      }
      if (!stopped_.empty()) {
        kalman_zero_velocity(kHere, state_.view(), list(stopped_), stopped_coordinates<Model>());
      }
    }
    if (!w.predicted.empty()) {
      kalman_predict(kHere, state_.view(), list(w.predicted), {.dt = w.dt});
    }
    if constexpr (Model::kCouples) {
      if (w.warp != nullptr && !w.warped.empty()) {
        kalman_warp(kHere, state_.view(), list(w.warped), kalman_motion_of(*w.warp));
      }
    }
  }

  /// What settle() asked for. slots: one more than the largest slot.
  void settle(const work& w, std::int32_t slots) {
    if (slots > state_.size()) state_.resize(slots);
    for (const auto& r : w.replays) live_again(r, w);
    for (std::size_t k = 0; k < w.saved_from.size(); ++k) {
      state_.set(w.saved_to[k], state_.get(w.saved_from[k]));
    }
    if (!w.updated.empty()) {
      kalman_update(kHere, state_.view(), list(w.updated), rows(w.updated_with));
    }
    if (!w.started.empty()) {
      kalman_initiate(kHere, state_.view(), list(w.started), rows(w.started_with));
    }
  }

  void boxes(const std::vector<std::int32_t>& slots, std::vector<box<double>>& out) {
    out.resize(slots.size());
    if (slots.empty()) return;
    kalman_boxes(kHere, state_.view(), list(slots),
                 packed(out.data(), {static_cast<std::int64_t>(out.size())}));
  }

 private:
  static constexpr on_cpu kHere{.threads = 1};

  void live_again(const replay& r, const work& w) {
    state_.set(r.slot, state_.get(r.saved));
    const view<const std::int32_t, 1> one = packed(&r.slot, {1});
    for (std::int32_t k = r.first; k < r.first + r.count; ++k) {
      const auto* z = &w.replayed[static_cast<std::size_t>(k)].a;
      kalman_update(kHere, state_.view(), one, packed(z, {1, 4}));
      if (k + 1 == r.first + r.count) break;
      kalman_predict(kHere, state_.view(), one, {.dt = w.replay_dt[static_cast<std::size_t>(k)]});
    }
  }

  static view<const std::int32_t, 1> list(const std::vector<std::int32_t>& slots) {
    return packed(slots.data(), {static_cast<std::int64_t>(slots.size())});
  }
  static view<const double, 2> rows(const std::vector<measurement>& z) {
    static_assert(sizeof(measurement) == 4 * sizeof(double));
    return packed(&z.front().a, {static_cast<std::int64_t>(z.size()), 4});
  }

  kalman_state<Model, double> state_;
  std::vector<std::int32_t> stopped_;
};

}  // namespace kernels::inline KERNELS_ABI::tracking
