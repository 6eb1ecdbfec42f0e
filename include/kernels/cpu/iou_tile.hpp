// Tiles of measured boxes, which iou's loops on the CPU work on.
#pragma once

#include <kernels/core/view.hpp>
#include <kernels/math/iou.hpp>

namespace kernels::inline KERNELS_ABI::cpu {

/// Some boxes, measured, as structure of arrays: lives on the stack, so a call allocates nothing.
/// What follows the last box up to whole vectors may be read and means nothing.
template <class T>
struct box_tile {
  static constexpr std::int64_t kBoxes = 4096 / sizeof(T);
  alignas(64) T left[kBoxes];
  alignas(64) T top[kBoxes];
  alignas(64) T right[kBoxes];
  alignas(64) T bottom[kBoxes];
  alignas(64) T area[kBoxes];
  alignas(64) T angle[kBoxes];

  void set(std::int64_t k, const math::measured_box<T>& b) {
    left[k] = b.left;
    top[k] = b.top;
    right[k] = b.right;
    bottom[k] = b.bottom;
    area[k] = b.area;
    angle[k] = b.angle;
  }
  [[nodiscard]] math::measured_box<T> get(std::int64_t k) const {
    return {left[k], top[k], right[k], bottom[k], area[k], angle[k]};
  }
};

}  // namespace kernels::inline KERNELS_ABI::cpu
