// One writer or many readers, and a writer that waits is not overtaken by readers that come later
// (std::shared_mutex may let them pass for ever).
#pragma once

#include <kernels/cpu/parallel.hpp>

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

/// Parallel work under a lock: while this thread waits for the others it must not take up work of
/// the caller's, which may want the same lock.
template <class Work>
auto with_lock_held(const Work& work) {
#if defined(KERNELS_WITH_TBB)
  return tbb::this_task_arena::isolate(work);
#else
  return work();
#endif
}

}  // namespace kernels::inline KERNELS_ABI::gallery_detail
