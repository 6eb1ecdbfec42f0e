// Workspace for kernels in the emulator: aligned as cudaMalloc's memory is, and no longer than
// asked for, so that a sanitizer sees any overrun.
#pragma once

#include <kernels/core/view.hpp>

#include <cstddef>
#include <new>

namespace emulated {

struct aligned_scratch {
  explicit aligned_scratch(std::int64_t bytes)
      : size(bytes),
        data(static_cast<std::byte*>(
            ::operator new (static_cast<std::size_t>(bytes), std::align_val_t{256}))) {}
  ~aligned_scratch() { ::operator delete (data, std::align_val_t{256}); }
  aligned_scratch(const aligned_scratch&) = delete;
  aligned_scratch& operator=(const aligned_scratch&) = delete;
  [[nodiscard]] kernels::view<std::byte, 1, kernels::space::device> as_view() const {
    return kernels::packed<kernels::space::device>(data, {size});
  }

  std::int64_t size;
  std::byte* data;
};

}  // namespace emulated
