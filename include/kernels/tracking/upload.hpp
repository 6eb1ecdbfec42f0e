// A list that is written on the host and read on a device.
#pragma once

#include <kernels/core/buffer.hpp>

#include <vector>

namespace kernels::inline KERNELS_ABI::tracking {

/// The memory of a buffer as kernels see it (in tests without a GPU, host memory stands for it).
template <class T, memory Memory>
device_view<T, 1> seen_by_kernels(buffer<T, Memory>& b, std::int64_t size) {
  return {b.data(), {size}, {1}};
}

template <class T, memory Memory>
class uploaded_list {
 public:
  void clear() { list_.clear(); }
  void push(const T& value) { list_.push_back(value); }
  [[nodiscard]] bool empty() const { return list_.empty(); }
  [[nodiscard]] std::int64_t size() const { return static_cast<std::int64_t>(list_.size()); }
  [[nodiscard]] const std::vector<T>& list() const { return list_; }

  /// Queues the copy; the device's memory is good until the next upload_to(). The list may be
  /// changed at once: CUDA has taken ordinary memory in when the copy call returns.
  device_view<const T, 1> upload_to(on_gpu exec) {
    device_.resize(std::max<std::int64_t>(size(), 1));
    if (!list_.empty()) {
      copy(packed(static_cast<const T*>(list_.data()), {size()}),
           packed<buffer<T, Memory>::kSpace>(device_.data(), {size()}), exec);
    }
    return seen_by_kernels(device_, size());
  }

 private:
  std::vector<T> list_;
  buffer<T, Memory> device_;
};

}  // namespace kernels::inline KERNELS_ABI::tracking
