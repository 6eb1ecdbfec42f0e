// workspace: scratch memory that the caller owns and an operation carves up. One layout function,
// written against workspace_carver, both says how much is needed and hands out the pieces.
//
// (in braces, which are evaluated in order)
//
//   struct pieces { float* sums; int* order; };
//   pieces layout(workspace_carver& carver, std::int64_t n) {
//     return {carver.take<float>(n), carver.take<int>(n)};
//   }
//   bytes:  workspace_carver counter;          layout(counter, n);  counter.bytes()
//   use:    workspace_carver carver(scratch);  auto p = layout(carver, n);
#pragma once

#include <kernels/core/view.hpp>

#include <cstddef>

namespace kernels::inline KERNELS_ABI {

class workspace_carver {
 public:
  static constexpr std::int64_t kAlignment = 256;

  /// Counts only: every piece is a null pointer.
  workspace_carver() = default;

  /// Carves scratch, whose start must be aligned to kAlignment (cudaMalloc's is).
  template <space Space>
  explicit workspace_carver(const view<std::byte, 1, Space>& scratch)
      : data_(scratch.data), capacity_(scratch.extent[0]), carving_(true) {
    if (reinterpret_cast<std::uintptr_t>(data_) % kAlignment != 0) {
      refuse("workspace", "data", "an address aligned to 256 bytes", "another");
    }
  }

  /// Room for count elements, uninitialised. Errors: the scratch is too small.
  template <class T>
  [[nodiscard]] T* take(std::int64_t count) {
    static_assert(alignof(T) <= kAlignment);
    const std::int64_t start = used_;
    const std::int64_t bytes = checked_size<T>("workspace", "count", std::array{count}) *
                               static_cast<std::int64_t>(sizeof(T));
    used_ = start + (bytes + kAlignment - 1) / kAlignment * kAlignment;
    if (!carving_) return nullptr;
    if (used_ > capacity_) {
      refuse("workspace", "size", "at least " + std::to_string(used_) + " bytes",
             std::to_string(capacity_));
    }
    return reinterpret_cast<T*>(data_ + start);
  }

  /// Bytes of all pieces taken so far.
  [[nodiscard]] std::int64_t bytes() const { return used_; }

 private:
  std::byte* data_ = nullptr;
  std::int64_t capacity_ = 0;
  std::int64_t used_ = 0;
  bool carving_ = false;
};

}  // namespace kernels::inline KERNELS_ABI
