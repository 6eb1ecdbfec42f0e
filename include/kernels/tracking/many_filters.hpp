// The filters of many cameras as one batch on a device, in the arithmetic of filter_bank.
#pragma once

#include <kernels/kalman.hpp>
#include <kernels/tracking/filter_bank.hpp>
#include <kernels/tracking/prices.hpp>
#include <kernels/tracking/upload.hpp>

namespace kernels::inline KERNELS_ABI::tracking {

/// Slots of all cameras in one state: each camera owns pieces of 32 of them.
class slot_map {
 public:
  explicit slot_map(std::size_t cameras) : pieces_(cameras) {}

  /// Makes room for that many slots of a camera.
  void reserve(std::size_t camera, std::int32_t slots) {
    auto& own = pieces_[camera];
    while (static_cast<std::int32_t>(own.size()) * kPiece < slots) {
      own.push_back(count_);
      count_ += kPiece;
    }
  }
  [[nodiscard]] std::int32_t global(std::size_t camera, std::int32_t slot) const {
    return pieces_[camera][static_cast<std::size_t>(slot / kPiece)] + slot % kPiece;
  }
  [[nodiscard]] std::int32_t count() const { return count_; }

 private:
  static constexpr std::int32_t kPiece = 32;
  std::vector<std::vector<std::int32_t>> pieces_;
  std::int32_t count_ = 0;
};

template <class Model, memory Memory>
class many_filters {
 public:
  many_filters(on_gpu exec, std::size_t cameras) : exec_(exec), slots_(cameras) {}

  [[nodiscard]] const slot_map& slots() const { return slots_; }

  void predict(const std::vector<work>& all) {
    const auto state = device_state();
    if constexpr (Model::kCouples) {
      list_.clear();
      each(all, [&](const work& w, std::size_t c) {
        for (std::size_t k = 0; k < w.predicted.size(); ++k) {
          if (w.still[k] != 0) list_.push(slots_.global(c, w.predicted[k]));
        }
      });
      if (!list_.empty()) {
        gpu::kalman_zero_velocity<Model, double>(exec_.stream, state, list_.upload_to(exec_),
                                                 stopped_coordinates<Model>());
      }
    }
    by_step(
        [&](const auto& add) {
          each(all, [&](const work& w, std::size_t c) {
            for (const auto s : w.predicted) add(w.dt, slots_.global(c, s));
          });
        },
        state);
    if constexpr (Model::kCouples) {
      warped_.clear();
      motions_.clear();
      each(all, [&](const work& w, std::size_t c) {
        if (w.warp == nullptr) return;
        for (const auto s : w.warped) {
          warped_.push(slots_.global(c, s));
          motions_.push(kalman_motion_of(*w.warp));
        }
      });
      if (!warped_.empty()) {
        gpu::kalman_warp<Model, double>(exec_.stream, state, warped_.upload_to(exec_),
                                        motions_.upload_to(exec_));
      }
    }
  }

  /// Keeps the filters as they are now, for put_back().
  void save() {
    saved_size_ = state_.size();
    saved_.resize(std::max<std::int64_t>(saved_size_ * kPlanes, 1));
    saved_flags_.resize(std::max<std::int64_t>(saved_size_, 1));
    each_plane([&](auto state, auto saved) { copy(state, saved, exec_); });
  }
  /// Filters that came later are nobody's.
  void put_back() {
    each_plane([&](auto state, auto saved) { copy(saved, state, exec_); });
  }

  /// slots(c): one more than camera c's largest slot.
  template <class Slots>
  void settle(const std::vector<work>& all, const Slots& slots) {
    for (std::size_t c = 0; c < all.size(); ++c) slots_.reserve(c, slots(c));
    if (slots_.count() > state_.size()) state_.resize(slots_.count(), exec_);
    const auto state = device_state();
    live_again(all, state);
    copy_slots(state, [&](const auto& add) {
      each(all, [&](const work& w, std::size_t c) {
        for (std::size_t k = 0; k < w.saved_from.size(); ++k) {
          add(slots_.global(c, w.saved_from[k]), slots_.global(c, w.saved_to[k]));
        }
      });
    });
    update(state, [&](const auto& add) {
      each(all, [&](const work& w, std::size_t c) {
        for (std::size_t k = 0; k < w.updated.size(); ++k) {
          add(slots_.global(c, w.updated[k]), w.updated_with[k]);
        }
      });
    });
    list_.clear();
    numbers_.clear();
    each(all, [&](const work& w, std::size_t c) {
      for (std::size_t k = 0; k < w.started.size(); ++k) {
        list_.push(slots_.global(c, w.started[k]));
        numbers_.push(w.started_with[k]);
      }
    });
    if (!list_.empty()) {
      gpu::kalman_initiate<Model, double>(exec_.stream, state, list_.upload_to(exec_), rows());
    }
  }

  /// Boxes of slots (device memory) into device memory.
  void boxes(const device_view<const std::int32_t, 1>& slots,
             const device_view<box<double>, 1>& to) {
    if (slots.extent[0] > 0) {
      gpu::kalman_boxes<Model, double>(exec_.stream, device_state(), slots, to);
    }
  }

 private:
  [[nodiscard]] kalman_view<Model, double, space::device> device_state() {
    const auto v = state_.view();
    return {v.data, v.size, v.stride, v.coupled, v.model};
  }
  template <class Body>
  static void each(const std::vector<work>& all, const Body& body) {
    for (std::size_t c = 0; c < all.size(); ++c) body(all[c], c);
  }
  [[nodiscard]] device_view<const double, 2> rows() {
    const auto z = numbers_.upload_to(exec_);
    return {&z.data->a, {z.extent[0], 4}, {4, 1}};
  }

  /// Predicts the slots that fill(add) names, add(dt, slot): one call for each dt there is.
  template <class Fill>
  void by_step(const Fill& fill, const kalman_view<Model, double, space::device>& state) {
    steps_.clear();
    fill([&](double dt, std::int32_t slot) { steps_.push_back({dt, slot}); });
    const auto before = [](const step_of& a, const step_of& b) {
      return a.dt < b.dt || (a.dt == b.dt && a.slot < b.slot);
    };
    const bool one_dt = std::all_of(steps_.begin(), steps_.end(),
                                    [&](const step_of& s) { return s.dt == steps_.front().dt; });
    if (!one_dt) std::sort(steps_.begin(), steps_.end(), before);
    for (std::size_t k = 0; k < steps_.size();) {
      const double dt = steps_[k].dt;
      list_.clear();
      for (; k < steps_.size() && steps_[k].dt == dt; ++k) list_.push(steps_[k].slot);
      gpu::kalman_predict<Model, double>(exec_.stream, state, list_.upload_to(exec_), {.dt = dt});
    }
  }

  template <class Fill>
  void update(const kalman_view<Model, double, space::device>& state, const Fill& fill) {
    list_.clear();
    numbers_.clear();
    fill([&](std::int32_t slot, const measurement& z) {
      list_.push(slot);
      numbers_.push(z);
    });
    if (!list_.empty()) {
      gpu::kalman_update<Model, double>(exec_.stream, state, list_.upload_to(exec_), rows());
    }
  }

  template <class Fill>
  void copy_slots(const kalman_view<Model, double, space::device>& state, const Fill& fill) {
    list_.clear();
    to_.clear();
    fill([&](std::int32_t from, std::int32_t to) {
      list_.push(from);
      to_.push(to);
    });
    if (list_.empty()) return;
    const auto from = list_.upload_to(exec_);
    gpu::tracker_copy_slots<0>(exec_.stream, state.data, state.stride,
                               math::kalman_planes<Model>::kAll, state.coupled, from.data,
                               to_.upload_to(exec_).data, from.extent[0]);
  }

  /// All gaps together, step by step.
  void live_again(const std::vector<work>& all,
                  const kalman_view<Model, double, space::device>& state) {
    std::int32_t longest = 0;
    copy_slots(state, [&](const auto& add) {
      each(all, [&](const work& w, std::size_t c) {
        for (const auto& r : w.replays) {
          add(slots_.global(c, r.saved), slots_.global(c, r.slot));
          longest = std::max(longest, r.count);
        }
      });
    });
    for (std::int32_t step = 0; step < longest; ++step) {
      update(state, [&](const auto& add) {
        each(all, [&](const work& w, std::size_t c) {
          for (const auto& r : w.replays) {
            if (step < r.count) {
              add(slots_.global(c, r.slot), w.replayed[static_cast<std::size_t>(r.first + step)]);
            }
          }
        });
      });
      by_step(
          [&](const auto& add) {
            each(all, [&](const work& w, std::size_t c) {
              for (const auto& r : w.replays) {
                if (step + 1 < r.count) {
                  add(w.replay_dt[static_cast<std::size_t>(r.first + step)],
                      slots_.global(c, r.slot));
                }
              }
            });
          },
          state);
    }
  }

  static constexpr int kPlanes = math::kalman_planes<Model>::kAll;

  template <class Body>
  void each_plane(const Body& body) {
    if (saved_size_ == 0) return;
    constexpr space kHere = buffer<double, Memory>::kSpace;
    const auto state = state_.view();
    for (int k = 0; k < kPlanes; ++k) {
      body(packed<kHere>(state.data + k * state.stride, {saved_size_}),
           packed<kHere>(saved_.data() + k * saved_size_, {saved_size_}));
    }
    body(packed<kHere>(state.coupled, {saved_size_}),
         packed<kHere>(saved_flags_.data(), {saved_size_}));
  }

  struct step_of {
    double dt;
    std::int32_t slot;
  };

  on_gpu exec_;
  kalman_state<Model, double, Memory> state_;
  slot_map slots_;
  uploaded_list<std::int32_t, Memory> list_, to_, warped_;
  uploaded_list<measurement, Memory> numbers_;
  uploaded_list<kalman_motion<double>, Memory> motions_;
  std::vector<step_of> steps_;
  std::int64_t saved_size_ = 0;
  buffer<double, Memory> saved_;
  buffer<std::uint8_t, Memory> saved_flags_;
};

}  // namespace kernels::inline KERNELS_ABI::tracking
