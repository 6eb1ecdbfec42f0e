// Numbers for the states of filters: given out lowest first while none was given back.
#pragma once

#include <cstdint>
#include <vector>

#include <kernels/core/version.hpp>

namespace kernels::inline KERNELS_ABI::tracking {

class slot_pool {
 public:
  std::int32_t take() {
    if (free_.empty()) return count_++;
    const std::int32_t slot = free_.back();
    free_.pop_back();
    return slot;
  }
  void give_back(std::int32_t slot) { free_.push_back(slot); }

  /// One more than the largest slot ever taken.
  [[nodiscard]] std::int32_t count() const { return count_; }

 private:
  std::vector<std::int32_t> free_;
  std::int32_t count_ = 0;
};

}  // namespace kernels::inline KERNELS_ABI::tracking
