// Overlap of two axis-aligned boxes: host and device.
#pragma once

#include <kernels/math/box.hpp>

namespace kernels::inline KERNELS_ABI::math {

/// Area that two boxes share.
template <class T>
KERNELS_HD T intersection(const box<T>& a, const box<T>& b, pixel_convention c) {
  return box_area(box<T>{exact::max(a.left, b.left), exact::max(a.top, b.top),
                         exact::min(a.right, b.right), exact::min(a.bottom, b.bottom)},
                  c);
}

/// Intersection over union from the three areas; 0 where the union is 0.
template <class T>
KERNELS_HD T iou_of_areas(T shared, T area_a, T area_b) {
  const T joined = exact::add(exact::add(area_a, area_b), -shared);
  return joined > T(0) ? exact::div(shared, joined) : T(0);
}

/// Intersection over union, in [0, 1]. Symmetric; a box with itself gives exactly 1, unless it is
/// empty (0).
template <class T>
KERNELS_HD T iou(const box<T>& a, const box<T>& b, pixel_convention c) {
  return iou_of_areas(intersection(a, b, c), box_area(a, c), box_area(b, c));
}

}  // namespace kernels::inline KERNELS_ABI::math
