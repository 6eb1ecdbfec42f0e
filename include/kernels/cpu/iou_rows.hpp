// What the vector forms of iou share with the portable one: tiles of measured boxes, one row of
// overlaps, and the table of loops that the dispatcher chooses from.
#pragma once

#include <kernels/core/view.hpp>
#include <kernels/cpu/isa.hpp>
#include <kernels/math/iou.hpp>

#include <algorithm>

namespace kernels::inline KERNELS_ABI::cpu {

/// Some boxes, measured, as structure of arrays: lives on the stack, so a call allocates nothing.
/// What follows the last box up to whole vectors may be read and means nothing.
template <class T>
struct box_tile {
  static constexpr std::int64_t kBoxes = 512;
  alignas(64) T left[kBoxes];
  alignas(64) T top[kBoxes];
  alignas(64) T right[kBoxes];
  alignas(64) T bottom[kBoxes];
  alignas(64) T area[kBoxes];
  alignas(64) T angle[kBoxes];
  /// Corners in 256 steps of the tile's extent: box a can share area with box k only if a's left is
  /// not beyond right[k], and so on. Filled by the vector forms.
  alignas(64) std::uint8_t steps[4][kBoxes];
  T origin[2], scale[2];  ///< of x and y: step = (x − origin)·scale

  void set(std::int64_t k, const box<T>& b) {
    left[k] = b.left;
    top[k] = b.top;
    right[k] = b.right;
    bottom[k] = b.bottom;
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
  /// out[i][k] = overlap(a[first + i], b[k]) for i < rows and k < count; rows of out start `stride`
  /// apart.
  void (*rows)(const box_tile<T>& a, std::int64_t first, std::int64_t rows, const box_tile<T>& b,
               std::int64_t count, T* out, std::int64_t stride, const iou_options& options);
  /// out[k] = overlap(a[k], b[k]) for k < count.
  void (*pairs)(const box_tile<T>& a, const box_tile<T>& b, std::int64_t count, T* out,
                const iou_options& options);
  /// The largest overlap of a[i] with b[0 … count − 1]: if one is greater than `best`, `best` and
  /// `index` become that one (the first of equal ones), counted from `first`.
  void (*best)(const box_tile<T>& a, std::int64_t i, const box_tile<T>& b, std::int64_t count,
               std::int64_t first, const iou_options& options, T& best, std::int32_t& index);
  /// The k < count whose overlap with a[i] is greater than the threshold, ascending, and these
  /// overlaps; returns how many.
  std::int64_t (*matches)(const box_tile<T>& a, std::int64_t i, const box_tile<T>& b,
                          std::int64_t count, const iou_options& options, T threshold,
                          std::int32_t* found, T* values);
};

namespace iou_portable {

template <class T>
void measure(box_tile<T>& tile, const view<const box<T>, 1>& boxes, std::int64_t first,
             std::int64_t count, const iou_options& options) {
  for (std::int64_t k = 0; k < count; ++k) {
    const auto b = math::measure(boxes.data[(first + k) * boxes.stride[0]], options);
    tile.set(k, {b.left, b.top, b.right, b.bottom});
    tile.area[k] = b.area;
    tile.angle[k] = b.angle;
  }
}

template <class T>
void rows(const box_tile<T>& a, std::int64_t first, std::int64_t rows, const box_tile<T>& b,
          std::int64_t count, T* out, std::int64_t stride, const iou_options& options) {
  for (std::int64_t i = 0; i < rows; ++i) {
    for (std::int64_t k = 0; k < count; ++k) {
      out[i * stride + k] = math::overlap_of(options, a.get(first + i), b.get(k));
    }
  }
}

template <class T>
void pairs(const box_tile<T>& a, const box_tile<T>& b, std::int64_t count, T* out,
           const iou_options& options) {
  for (std::int64_t k = 0; k < count; ++k) out[k] = math::overlap_of(options, a.get(k), b.get(k));
}

template <class T>
void best(const box_tile<T>& a, std::int64_t i, const box_tile<T>& b, std::int64_t count,
          std::int64_t first, const iou_options& options, T& best, std::int32_t& index) {
  for (std::int64_t k = 0; k < count; ++k) {
    const T value = math::overlap_of(options, a.get(i), b.get(k));
    if (!(value > best)) continue;
    best = value;
    index = static_cast<std::int32_t>(first + k);
  }
}

template <class T>
std::int64_t matches(const box_tile<T>& a, std::int64_t i, const box_tile<T>& b, std::int64_t count,
                     const iou_options& options, T threshold, std::int32_t* found, T* values) {
  std::int64_t n = 0;
  for (std::int64_t k = 0; k < count; ++k) {
    const T value = math::overlap_of(options, a.get(i), b.get(k));
    if (!(value > threshold)) continue;
    found[n] = static_cast<std::int32_t>(k);
    values[n++] = value;
  }
  return n;
}

template <class T>
inline constexpr iou_loops<T> kLoops = {&measure<T>, &rows<T>, &pairs<T>, &best<T>, &matches<T>};

}  // namespace iou_portable
}  // namespace kernels::inline KERNELS_ABI::cpu
