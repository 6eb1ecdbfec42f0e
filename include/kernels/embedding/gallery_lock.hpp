// One writer or many readers, and a writer that waits is not overtaken by readers that come later
// (std::shared_mutex may let them pass for ever).
#pragma once

#include <kernels/core/version.hpp>

#include <mutex>
#include <shared_mutex>

namespace kernels::inline KERNELS_ABI::gallery_detail {

class fair_lock {
 public:
  void lock() {
    const std::lock_guard mine(turn_);
    gate_.lock();
  }
  void unlock() { gate_.unlock(); }
  void lock_shared() {
    const std::lock_guard mine(turn_);
    gate_.lock_shared();
  }
  void unlock_shared() { gate_.unlock_shared(); }

 private:
  std::mutex turn_;
  std::shared_mutex gate_;
};

}  // namespace kernels::inline KERNELS_ABI::gallery_detail
