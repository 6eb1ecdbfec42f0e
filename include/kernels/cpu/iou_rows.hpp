// What the vector forms of iou share with the portable one: tiles of measured boxes, one row of
// overlaps, and the table of loops that the dispatcher chooses from.
#pragma once

#include <kernels/core/view.hpp>
#include <kernels/cpu/isa.hpp>
#include <kernels/math/iou.hpp>

namespace kernels::inline KERNELS_ABI::cpu {

/// Some boxes, measured, as structure of arrays: lives on the stack, so a call allocates nothing.
/// What follows the last box up to a multiple of kMostLanes is empty boxes.
template <class T>
struct box_tile {
  static constexpr std::int64_t kBoxes = 256;
  static constexpr std::int64_t kMostLanes = 64 / static_cast<std::int64_t>(sizeof(T));
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

/// The loops of one instruction set.
template <class T>
struct iou_loops {
  /// Measures boxes first … first + count − 1, count <= kBoxes.
  void (*measure)(box_tile<T>& tile, const view<const box<T>, 1>& boxes, std::int64_t first,
                  std::int64_t count, const iou_options& options);
  /// out[k] = overlap(a, b[k]) for k < count.
  void (*row)(const math::measured_box<T>& a, const box_tile<T>& b, std::int64_t count, T* out,
              const iou_options& options);
  /// out[k] = overlap(a[k], b[k]) for k < count.
  void (*pairs)(const box_tile<T>& a, const box_tile<T>& b, std::int64_t count, T* out,
                const iou_options& options);
};

namespace iou_portable {

template <class T>
void measure(box_tile<T>& tile, const view<const box<T>, 1>& boxes, std::int64_t first,
             std::int64_t count, const iou_options& options) {
  for (std::int64_t k = 0; k < count; ++k) {
    tile.set(k, math::measure(boxes.data[(first + k) * boxes.stride[0]], options));
  }
}

template <class T>
void row(const math::measured_box<T>& a, const box_tile<T>& b, std::int64_t count, T* out,
         const iou_options& options) {
  for (std::int64_t k = 0; k < count; ++k) out[k] = math::overlap_of(options, a, b.get(k));
}

template <class T>
void pairs(const box_tile<T>& a, const box_tile<T>& b, std::int64_t count, T* out,
           const iou_options& options) {
  for (std::int64_t k = 0; k < count; ++k) out[k] = math::overlap_of(options, a.get(k), b.get(k));
}

template <class T>
inline constexpr iou_loops<T> kLoops = {&measure<T>, &row<T>, &pairs<T>};

}  // namespace iou_portable
}  // namespace kernels::inline KERNELS_ABI::cpu
