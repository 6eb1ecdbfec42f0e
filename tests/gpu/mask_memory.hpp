// Test arrays on a GPU.
#pragma once

#include "../mask_cases.hpp"

#include <kernels/core/buffer.hpp>

namespace mask_memory {

template <class T>
struct on_device {
  kernels::buffer<T, kernels::memory::device> memory;
  std::array<std::int64_t, 3> extent{}, stride{};

  explicit on_device(const std::vector<T>& values) { upload(values); }
  explicit on_device(const mask_cases::mask_array<T>& a) : extent(a.extent), stride(a.stride) {
    upload(a.data);
  }
  void upload(const std::vector<T>& values) {
    const auto size = static_cast<std::int64_t>(values.size());
    memory.resize(size);
    kernels::copy(kernels::packed(values.data(), {size}), memory.as({size}));
  }
  void download(std::vector<T>& values) const {
    const auto size = static_cast<std::int64_t>(values.size());
    kernels::copy(memory.as({size}), kernels::packed(values.data(), {size}));
    kernels::check_cuda(cudaDeviceSynchronize(), "download");
  }
  [[nodiscard]] kernels::view<T, 3, kernels::space::device> as_view() {
    return {memory.data(), extent, stride};
  }
  [[nodiscard]] kernels::view<const T, 3, kernels::space::device> as_const() const {
    return {memory.data(), extent, stride};
  }
  [[nodiscard]] auto list() { return memory.as({memory.size()}); }
};

}  // namespace mask_memory
