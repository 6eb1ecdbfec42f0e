// A host view's memory, from its first to its last element, on the device: for tests whose cases
// are written for host views.
#pragma once

#include <kernels/core/buffer.hpp>

namespace on_gpu_tests {

template <class T, int Rank>
class uploaded {
 public:
  explicit uploaded(const kernels::view<const T, Rank>& v) : host_(v) {
    length_ = v.size() == 0 ? 0 : 1;
    for (int d = 0; d < Rank && length_ > 0; ++d) length_ += (v.extent[d] - 1) * v.stride[d];
    memory_.resize(length_);
    kernels::copy(kernels::packed(v.data, {length_}), memory_.as({length_}));
  }
  [[nodiscard]] kernels::device_view<T, Rank> view() {
    return {memory_.data(), host_.extent, host_.stride};
  }
  void download(T* to) { kernels::copy(memory_.as({length_}), kernels::packed(to, {length_})); }

 private:
  kernels::view<const T, Rank> host_;
  std::int64_t length_ = 0;
  kernels::buffer<T, kernels::memory::device> memory_;
};

template <class T, int Rank>
uploaded<std::remove_const_t<T>, Rank> upload(const kernels::view<T, Rank>& v) {
  return uploaded<std::remove_const_t<T>, Rank>(
      kernels::view<const std::remove_const_t<T>, Rank>(v));
}

}  // namespace on_gpu_tests
