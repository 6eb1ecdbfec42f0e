// conditioned_assignment, one pair: where a mask decides, and by how much.
#pragma once

#include <kernels/math/assignment.hpp>
#include <kernels/math/label_boxes.hpp>

namespace kernels::inline KERNELS_ABI {

/// When a mask makes a pair cheaper. The defaults are McByte's.
template <class T>
struct conditioned_assignment_parameters {
  /// As in assignment_parameters: pairs that cost more are not allowed.
  T limit = std::numeric_limits<T>::infinity();
  /// A track's mask counts from this mean confidence on.
  double least_confidence = 0.6;
  /// … where it fills at least this share of the detection's box
  double least_fill = 0.05;
  /// … and at least this share of it lies in that box.
  double least_cover = 0.9;
  /// Added to what else stands in the row and in the column of a pair that has no rival.
  double lock = 10.0;
  /// The label map is searched for the labels 1 … labels − 1 only; a track whose mask has another
  /// has no mask. Counting takes memory for labels × detections on a GPU; on the CPU for the labels
  /// that decide × detections, and one number for each label up to the largest of them.
  std::int32_t labels = 256;
};

namespace math {

/// A coordinate without its fraction, as a conversion to an integer does; huge ones stay in range.
template <class T>
KERNELS_HD std::int32_t mask_coordinate(T x) {
  constexpr std::int32_t kMost = 1 << 29;
  if (x <= T(-kMost)) return -kMost;
  return x < T(kMost) ? static_cast<std::int32_t>(x) : kMost;
}

/// The pixels of a box of a detection: its corner is moved onto the map, and its size stays.
/// {0, 0, 0, 0} if nothing is left, or with NaN.
template <class T>
KERNELS_HD box<std::int32_t> mask_box(T left, T top, T width, T height, std::int32_t map_height,
                                      std::int32_t map_width) {
  const auto is_number = [](T value) {
    return value == value;  // NOLINT(misc-redundant-expression): false for NaN
  };
  if (!is_number(left) || !is_number(top) || !is_number(width) || !is_number(height)) {
    return {0, 0, 0, 0};
  }
  const std::int32_t x = exact::max(0, mask_coordinate(left));
  const std::int32_t y = exact::max(0, mask_coordinate(top));
  return clip_to_map({x, y, x + mask_coordinate(width), y + mask_coordinate(height)}, map_height,
                     map_width);
}

/// How much cheaper the mask makes the pair: the share of the box that it fills, or 0. inside:
/// pixels of the mask in the box; areas in pixels.
template <class T>
KERNELS_HD double mask_discount(const conditioned_assignment_parameters<T>& p, std::int32_t inside,
                                std::int32_t mask_area, const box<std::int32_t>& b) {
  const std::int32_t box_area = (b.right - b.left) * (b.bottom - b.top);
  if (box_area <= 0 || mask_area <= 0) return 0.0;
  const double cover = exact::div(static_cast<double>(inside), static_cast<double>(mask_area));
  const double fill = exact::div(static_cast<double>(inside), static_cast<double>(box_area));
  return fill >= p.least_fill && cover >= p.least_cover ? fill : 0.0;
}

/// May this mask decide anything?
template <class T>
KERNELS_HD bool mask_counts(const conditioned_assignment_parameters<T>& p, std::int32_t mask,
                            T confidence) {
  return mask > 0 && mask < p.labels && static_cast<double>(confidence) >= p.least_confidence;
}

/// The cost of a pair whose row and column have so many allowed pairs, `allowed` if it is one. A
/// row or column is locked if its only allowed pair has no rival in the other direction either.
template <class T>
KERNELS_HD double conditioned_cost(const conditioned_assignment_parameters<T>& p, double cost,
                                   bool allowed, bool alone, bool row_locked, bool column_locked,
                                   double discount) {
  if (alone) return cost;
  double c = cost;
  if (row_locked) c = exact::add(c, p.lock);
  if (column_locked) c = exact::add(c, p.lock);
  return allowed ? exact::add(c, -discount) : c;
}

}  // namespace math
}  // namespace kernels::inline KERNELS_ABI
