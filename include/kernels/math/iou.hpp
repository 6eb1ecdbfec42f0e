// Overlap of two axis-aligned boxes: host and device.
#pragma once

#include <kernels/math/arc_tangent.hpp>
#include <kernels/math/box.hpp>
#include <kernels/math/limits.hpp>

namespace kernels::inline KERNELS_ABI {

/// How much two boxes overlap: S is the area they share, A and B are their own areas.
enum class overlap : std::uint8_t {
  iou,   ///< S / (A + B − S), 0 … 1
  giou,  ///< IoU − (C − (A + B − S)) / C, C the area of the enclosing box; −1 … 1
  diou,  ///< IoU − distance² of the centres / diagonal² of the enclosing box; −1 … 1
  ciou,  ///< DIoU − α·v, v = 4/π²·(atan(w/h) − atan(w'/h'))², α = v/(1 − IoU + v); −1.5 … 1
  over_a,       ///< S / A, 0 … 1
  over_b,       ///< S / B
  over_smaller  ///< S / min(A, B)
};

/// Which overlap, and whether the last pixel is part of a box.
struct iou_options {
  overlap kind = overlap::iou;
  pixel_convention convention = pixel_convention::continuous;
};

/// What counts as a match: an overlap greater than `threshold`, which is rounded to the boxes'
/// type.
struct iou_match_options {
  overlap kind = overlap::iou;
  pixel_convention convention = pixel_convention::continuous;
  double threshold = 0;

  [[nodiscard]] constexpr iou_options overlaps() const { return {kind, convention}; }
};

namespace math {

/// Area that two boxes share; 0 if either is empty or has a NaN.
template <class T>
KERNELS_HD T intersection(const box<T>& a, const box<T>& b, pixel_convention c) {
  if (!(box_area(a, c) > T(0)) || !(box_area(b, c) > T(0))) return T(0);
  return box_area(box<T>{exact::max(a.left, b.left), exact::max(a.top, b.top),
                         exact::min(a.right, b.right), exact::min(a.bottom, b.bottom)},
                  c);
}

/// shared / whole, 0 where that is NaN (both 0, or the whole overflowed).
template <class T>
KERNELS_HD T overlap_ratio(T shared, T whole) {
  return exact::max(exact::div(shared, whole), T(0));
}

/// Intersection over union from the three areas; 0 where the union is 0 or not finite.
template <class T>
KERNELS_HD T iou_of_areas(T shared, T area_a, T area_b) {
  return overlap_ratio(shared, exact::add(exact::add(area_a, area_b), -shared));
}

/// Intersection over union, in [0, 1]. Symmetric; a box with itself gives exactly 1, unless it is
/// empty. Empty, inside-out and NaN boxes give 0, infinite ones too.
template <class T>
KERNELS_HD T iou(const box<T>& a, const box<T>& b, pixel_convention c) {
  return iou_of_areas(intersection(a, b, c), box_area(a, c), box_area(b, c));
}

/// The least value of a kind of overlap: what a box with a NaN gets.
template <class T>
KERNELS_HD constexpr T overlap_least(overlap kind) {
  switch (kind) {
    case overlap::giou:
    case overlap::diou:
      return T(-1);
    case overlap::ciou:
      return T(-1.5);
    default:
      return T(0);
  }
}

/// Is the kind a penalty on top of IoU (and so defined for boxes that share nothing)?
KERNELS_HD constexpr bool overlap_has_distance(overlap kind) {
  return kind == overlap::giou || kind == overlap::diou || kind == overlap::ciou;
}

/// A box as pairs of boxes need it: with its area and, for CIoU, the angle of its diagonal.
/// Without a distance, a box that gives 0 with every other one (empty, NaN, for IoU also one of
/// infinite area) is replaced by one that is far from all and has an area of 1, so that no division
/// is 0 / 0. With a distance, a box that is not finite becomes one that is infinite on all sides.
template <class T>
struct measured_box {
  T left, top, right, bottom, area, angle;
};

/// `area` is box_area() of b.
template <class T>
KERNELS_HD measured_box<T> measure(const box<T>& b, T area, const iou_options& options) {
  if (!overlap_has_distance(options.kind)) {
    if (area > T(0) && (area < kInfinity<T> || options.kind != overlap::iou)) {
      return {b.left, b.top, b.right, b.bottom, area, T(0)};
    }
    return {kInfinity<T>, kInfinity<T>, -kInfinity<T>, -kInfinity<T>, T(1), T(0)};
  }
  if (!box_is_finite(b))
    return {-kInfinity<T>, -kInfinity<T>, kInfinity<T>, kInfinity<T>, kInfinity<T>, T(0)};
  const T angle = options.kind == overlap::ciou
                      ? arc_tangent(exact::max(box_width(b, options.convention), T(0)),
                                    exact::max(box_height(b, options.convention), T(0)))
                      : T(0);
  return {b.left, b.top, b.right, b.bottom, area, angle};
}

template <class T>
KERNELS_HD measured_box<T> measure(const box<T>& b, const iou_options& options) {
  return measure(b, box_area(b, options.convention), options);
}

/// The denominator of shared / area: the other boxes' areas count as infinite.
template <class T>
KERNELS_HD T overlap_divisor(overlap kind, T area_a, T area_b) {
  if (kind == overlap::over_a) return area_a;
  if (kind == overlap::over_b) return area_b;
  return exact::min(area_a, area_b);
}

/// The overlap of two measured boxes.
template <class T>
KERNELS_HD T overlap_of(const iou_options& options, const measured_box<T>& a,
                        const measured_box<T>& b) {
  const T one = options.convention == pixel_convention::inclusive ? T(1) : T(0);
  const T inner_w = exact::add(exact::min(a.right, b.right) - exact::max(a.left, b.left), one);
  const T inner_h = exact::add(exact::min(a.bottom, b.bottom) - exact::max(a.top, b.top), one);
  const T shared = exact::product(exact::max(inner_w, T(0)), exact::max(inner_h, T(0)));
  const T joined = exact::add(exact::add(a.area, b.area), -shared);
  if (options.kind == overlap::iou) return overlap_ratio(shared, joined);
  if (!overlap_has_distance(options.kind)) {
    return overlap_ratio(shared, overlap_divisor(options.kind, a.area, b.area));
  }
  // max() gives its second operand where one is NaN: a NaN that must stay comes second
  const T least = overlap_least<T>(options.kind);
  const T ratio = overlap_ratio(shared, joined);
  const T outer_w = exact::add(exact::max(a.right, b.right) - exact::min(a.left, b.left), one);
  const T outer_h = exact::add(exact::max(a.bottom, b.bottom) - exact::min(a.top, b.top), one);
  if (options.kind == overlap::giou) {
    const T enclosing = exact::product(exact::max(T(0), outer_w), exact::max(T(0), outer_h));
    const T unused = exact::div(exact::max(T(0), exact::add(enclosing, -joined)),
                                exact::max(kSmallestNormal<T>, enclosing));
    return exact::max(ratio - unused, least);
  }
  const T dx = exact::add(a.left, a.right) - exact::add(b.left, b.right);  // twice the distance
  const T dy = exact::add(a.top, a.bottom) - exact::add(b.top, b.bottom);
  const T apart = exact::dot2(dx, dx, dy, dy);
  const T diagonal = exact::mul(T(4), exact::dot2(outer_w, outer_w, outer_h, outer_h));
  const T distance = ratio - exact::div(apart, exact::max(kSmallestNormal<T>, diagonal));
  if (options.kind == overlap::diou) return exact::max(distance, least);
  constexpr T kFourOverPiSquared = T(0.40528473456935108577551785283891);
  const T turned = a.angle - b.angle;
  const T v = exact::product(exact::product(turned, turned), kFourOverPiSquared);
  const T weight = exact::add(T(1) - ratio, v);
  const T penalty = exact::div(exact::product(v, v), exact::max(kSmallestNormal<T>, weight));
  return exact::max(distance - penalty, least);
}

/// The overlap of two boxes.
template <class T>
KERNELS_HD T overlap_of(const iou_options& options, const box<T>& a, const box<T>& b) {
  return overlap_of(options, measure(a, options), measure(b, options));
}

}  // namespace math
}  // namespace kernels::inline KERNELS_ABI
