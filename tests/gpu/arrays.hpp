// Vectors on the device, for tests that go through the front door.
#pragma once

#include <kernels/core/buffer.hpp>

#include <vector>

namespace gpu_test {

/// A copy of a vector in device memory, and back.
template <class T>
class array {
 public:
  explicit array(const std::vector<T>& values) : size_(static_cast<std::int64_t>(values.size())) {
    memory_.resize(size_);
    if (size_ > 0) kernels::copy(kernels::packed(values.data(), {size_}), memory_.as({size_}));
  }
  [[nodiscard]] kernels::device_view<T, 1> view() { return memory_.as({size_}); }
  /// The same as a matrix.
  [[nodiscard]] kernels::device_view<T, 2> view(std::int64_t rows, std::int64_t columns) {
    return kernels::packed<kernels::space::device>(memory_.data(), {rows, columns});
  }
  [[nodiscard]] std::vector<T> values() {
    std::vector<T> result(static_cast<std::size_t>(size_));
    if (size_ > 0) kernels::copy(view(), kernels::packed(result.data(), {size_}));
    return result;
  }

 private:
  std::int64_t size_;
  kernels::buffer<T, kernels::memory::device> memory_;
};

}  // namespace gpu_test
