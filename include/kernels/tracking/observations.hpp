// OC-SORT's memory of where a track was seen: the last few boxes and their frames.
#pragma once

#include <kernels/math/box.hpp>

#include <cstddef>
#include <vector>

namespace kernels::inline KERNELS_ABI::tracking {

class observation_table {
 public:
  explicit observation_table(int delta_t)
      : delta_t_(delta_t), room_(static_cast<std::size_t>(delta_t) + 1) {}

  void start(std::int32_t slot) {
    const auto s = static_cast<std::size_t>(slot);
    if (count_.size() <= s) {
      count_.resize(s + 1);
      seen_.resize((s + 1) * room_);
    }
    count_[s] = 0;
  }

  void add(std::int32_t slot, double when, const box<double>& where) {
    const auto s = static_cast<std::size_t>(slot);
    observation* all = seen_.data() + s * room_;
    if (count_[s] == room_) {
      for (std::size_t k = 1; k < room_; ++k) all[k - 1] = all[k];
      --count_[s];
    }
    all[count_[s]++] = {when, where};
  }

  /// The oldest box of the last delta_t frames before `now`; if there is none, the newest. There
  /// must be one at all.
  [[nodiscard]] const box<double>& reference(std::int32_t slot, double now) const {
    const auto s = static_cast<std::size_t>(slot);
    const observation* all = seen_.data() + s * room_;
    for (std::size_t k = 0; k < count_[s]; ++k) {
      if (all[k].when >= now - delta_t_) return all[k].where;
    }
    return all[count_[s] - 1].where;
  }

 private:
  struct observation {
    double when = 0;
    box<double> where{};
  };
  double delta_t_;
  std::size_t room_;
  std::vector<std::size_t> count_;
  std::vector<observation> seen_;
};

}  // namespace kernels::inline KERNELS_ABI::tracking
