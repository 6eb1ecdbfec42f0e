// Overlap of two rotated boxes: host and device. Computed in double for every type of box.
#pragma once

#include <kernels/core/exact.hpp>
#include <kernels/math/trig.hpp>

namespace kernels::inline KERNELS_ABI {

/// A box by its centre, sides and angle in degrees, which turns the box clockwise on the screen (x
/// to the right, y down), as cv::RotatedRect does. Sides are positive.
template <class T>
struct rotated_box {
  T cx, cy, width, height, angle;
  friend constexpr bool operator==(const rotated_box&, const rotated_box&) = default;
};

namespace math {

/// A rotated box as pairs of boxes need it. One that shares nothing with any other (a side that is
/// not positive, something not finite, an angle beyond 1e9 degrees) has an area of 0.
struct measured_rotated_box {
  double cx, cy, half_width, half_height, angle;
  double area, radius;  ///< radius: half the diagonal
  double sine, cosine;
};

template <class T>
KERNELS_HD measured_rotated_box measure(const rotated_box<T>& b) {
  const double w = static_cast<double>(b.width);
  const double h = static_cast<double>(b.height);
  const double cx = static_cast<double>(b.cx);
  const double cy = static_cast<double>(b.cy);
  const double angle = static_cast<double>(b.angle);
  const double area = exact::product(w, h);
  // what is not finite minus itself is NaN
  const bool good = w > 0 && h > 0 && area > 0 && exact::add(area, -area) == 0 && cx - cx == 0 &&
                    cy - cy == 0 && angle >= -1e9 && angle <= 1e9;
  if (!good) return {0, 0, 0, 0, 0, 0, 0, 0, 1};
  const sine_cosine turn = sine_cosine_degrees(angle);
  return {cx,
          cy,
          exact::mul(0.5, w),
          exact::mul(0.5, h),
          angle,
          area,
          exact::mul(0.5, exact::sqrt(exact::dot2(w, w, h, h))),
          turn.sine,
          turn.cosine};
}

/// A fixed order of two boxes, so that both orders of a pair are computed alike: the smaller one
/// first, in whose frame rounding does least.
KERNELS_HD bool rotated_before(const measured_rotated_box& a, const measured_rotated_box& b) {
  if (a.area != b.area) return a.area < b.area;
  if (a.cx != b.cx) return a.cx < b.cx;
  if (a.cy != b.cy) return a.cy < b.cy;
  if (a.half_width != b.half_width) return a.half_width < b.half_width;
  if (a.half_height != b.half_height) return a.half_height < b.half_height;
  return a.angle < b.angle;
}

/// x between −limit and limit.
KERNELS_HD double rotated_clamp(double x, double limit) {
  return exact::max(exact::min(x, limit), -limit);
}

/// ∫ y dx along the edge from p to q, x and y clamped to ±limit_x and ±limit_y.
KERNELS_HD double rotated_edge(double px, double py, double qx, double qy, double limit_x,
                               double limit_y) {
  const double from = rotated_clamp(px, limit_x);
  const double to = rotated_clamp(qx, limit_x);
  if (from == to) return 0.0;
  const double run = qx - px;
  const double rise = qy - py;
  const double y0 = exact::fma(exact::div(from - px, run), rise, py);
  const double y1 = exact::fma(exact::div(to - px, run), rise, py);
  // the mean of clamped y: where it is above, inside and below, in shares of the way
  const double low = exact::min(y0, y1);
  const double high = exact::max(y0, y1);
  double mean = rotated_clamp(low, limit_y);
  if (high > low) {
    const double low_in = mean;
    const double high_in = rotated_clamp(high, limit_y);
    const double above = exact::max(high - exact::max(low, limit_y), 0.0);
    const double below = exact::max(exact::min(high, -limit_y) - low, 0.0);
    const double middle = exact::mul(0.5, exact::add(low_in, high_in));
    const double sum = exact::fma(above - below, limit_y, exact::mul(high_in - low_in, middle));
    mean = rotated_clamp(exact::div(sum, high - low), limit_y);
  }
  return exact::product(to - from, mean);
}

/// Area that a rectangle around the origin shares with one whose centre is (x, y) and whose half
/// sides are the vectors u and v.
KERNELS_HD double rotated_shared(double half_width, double half_height, double x, double y,
                                 double ux, double uy, double vx, double vy) {
  const double left = exact::add(x, -ux), right = exact::add(x, ux);
  const double above = exact::add(y, -uy), below = exact::add(y, uy);
  const double x0 = exact::add(left, -vx), y0 = exact::add(above, -vy);
  const double x1 = exact::add(right, -vx), y1 = exact::add(below, -vy);
  const double x2 = exact::add(right, vx), y2 = exact::add(below, vy);
  const double x3 = exact::add(left, vx), y3 = exact::add(above, vy);
  // area = −∮ y dx over the boundary pressed into the rectangle: no polygon needs to be built
  double sum = rotated_edge(x0, y0, x1, y1, half_width, half_height);
  sum = exact::add(sum, rotated_edge(x1, y1, x2, y2, half_width, half_height));
  sum = exact::add(sum, rotated_edge(x2, y2, x3, y3, half_width, half_height));
  sum = exact::add(sum, rotated_edge(x3, y3, x0, y0, half_width, half_height));
  return exact::max(-sum, 0.0);
}

/// Is a rectangle around the origin apart from one around (x, y) that reaches so far in x and y?
KERNELS_HD bool rotated_apart(double half_width, double half_height, double x, double y,
                              double reach_x, double reach_y) {
  const double ax = exact::max(x, -x);
  const double ay = exact::max(y, -y);
  return ax >= exact::add(half_width, reach_x) || ay >= exact::add(half_height, reach_y);
}

/// |a| of a number.
KERNELS_HD double rotated_abs(double a) { return exact::max(a, -a); }

/// Intersection over union, in [0, 1], the same for both orders; of identical boxes exactly 1.
KERNELS_HD double rotated_iou(const measured_rotated_box& one, const measured_rotated_box& two) {
  if (!(one.area > 0.0) || !(two.area > 0.0)) return 0.0;
  const double dx = two.cx - one.cx;
  const double dy = two.cy - one.cy;
  const double reach = exact::add(one.radius, two.radius);
  if (exact::dot2(dx, dx, dy, dy) > exact::mul(reach, reach)) return 0.0;
  const bool ordered = !rotated_before(two, one);
  if (ordered && !rotated_before(one, two)) return 1.0;  // identical
  const measured_rotated_box a = ordered ? one : two;
  const measured_rotated_box b = ordered ? two : one;
  const double ox = b.cx - a.cx;
  const double oy = b.cy - a.cy;
  // b in the frame of a
  const double x = exact::dot2(a.cosine, ox, a.sine, oy);
  const double y = exact::dot2(a.cosine, oy, -a.sine, ox);
  const sine_cosine turn = sine_cosine_degrees(b.angle - a.angle);
  const double ux = exact::product(turn.cosine, b.half_width);
  const double uy = exact::product(turn.sine, b.half_width);
  const double vx = exact::product(-turn.sine, b.half_height);
  const double vy = exact::product(turn.cosine, b.half_height);
  if (rotated_apart(a.half_width, a.half_height, x, y, exact::add(rotated_abs(ux), rotated_abs(vx)),
                    exact::add(rotated_abs(uy), rotated_abs(vy)))) {
    return 0.0;
  }
  // a in the frame of b: its sides along those of b
  const double c = rotated_abs(turn.cosine);
  const double s = rotated_abs(turn.sine);
  if (rotated_apart(b.half_width, b.half_height, exact::dot2(b.cosine, ox, b.sine, oy),
                    exact::dot2(b.cosine, oy, -b.sine, ox),
                    exact::dot2(c, a.half_width, s, a.half_height),
                    exact::dot2(s, a.half_width, c, a.half_height))) {
    return 0.0;
  }
  const double whole = rotated_shared(a.half_width, a.half_height, x, y, ux, uy, vx, vy);
  const double shared = exact::min(whole, exact::min(a.area, b.area));
  return exact::div(shared, exact::add(exact::add(a.area, b.area), -shared));
}

/// The same of boxes of float or double, rounded to that type.
template <class T>
KERNELS_HD T rotated_iou(const rotated_box<T>& a, const rotated_box<T>& b) {
  return static_cast<T>(rotated_iou(measure(a), measure(b)));
}

}  // namespace math
}  // namespace kernels::inline KERNELS_ABI
