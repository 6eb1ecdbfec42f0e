// A box, the formats it is written in, and its size: host and device.
#pragma once

#include <kernels/core/exact.hpp>

namespace kernels::inline KERNELS_ABI {

/// An axis-aligned box by its corners: the one type that all operations take. Pixels, x to the
/// right, y down. Empty if a side is not positive; nothing normalises it.
template <class T>
struct box {
  T left, top, right, bottom;
  friend constexpr bool operator==(const box&, const box&) = default;
};

/// Is the last pixel part of the box? continuous: width = right − left. inclusive: width = right −
/// left + 1, the "+1" of VOC and of cython_bbox, which the original ByteTrack and BoT-SORT use.
enum class pixel_convention : std::uint8_t { continuous, inclusive };

/// The ways to write a box as four numbers. Sides are right − left and bottom − top: formats do not
/// know of pixel conventions.
enum class box_format : std::uint8_t {
  xyxy,    ///< left, top, right, bottom
  tlwh,    ///< left, top, width, height
  cxcywh,  ///< centre x, centre y, width, height
  xyah     ///< centre x, centre y, width / height, height
};

/// From the pixels of one image to those of another: x·scale_x + shift_x, then clipped to 0 …
/// clip_width; likewise y. A clip size of 0 does not clip.
struct box_move {
  double scale_x = 1, scale_y = 1, shift_x = 0, shift_y = 0;
  double clip_width = 0, clip_height = 0;
};

namespace math {

/// Width and height, which are negative for an inside-out box.
template <class T>
KERNELS_HD T box_width(const box<T>& b, pixel_convention c = pixel_convention::continuous) {
  return exact::add(b.right - b.left, c == pixel_convention::inclusive ? T(1) : T(0));
}
template <class T>
KERNELS_HD T box_height(const box<T>& b, pixel_convention c = pixel_convention::continuous) {
  return exact::add(b.bottom - b.top, c == pixel_convention::inclusive ? T(1) : T(0));
}

/// Width times height; 0 if either is not positive or is NaN, so always 0 or more (infinite if it
/// overflows).
template <class T>
KERNELS_HD T box_area(const box<T>& b, pixel_convention c = pixel_convention::continuous) {
  const T area =
      exact::product(exact::max(box_width(b, c), T(0)), exact::max(box_height(b, c), T(0)));
  return exact::max(area, T(0));  // infinite × 0 is NaN
}

/// Are all corners finite numbers?
template <class T>
KERNELS_HD bool box_is_finite(const box<T>& b) {  // infinite − infinite is NaN
  return b.left - b.left == T(0) && b.top - b.top == T(0) && b.right - b.right == T(0) &&
         b.bottom - b.bottom == T(0);
}

/// Four numbers of one format.
template <class T>
struct box_numbers {
  T a, b, c, d;
};

/// A box from four numbers. What is not finite stays so: the result has NaN or infinities where
/// they come in.
template <class T>
KERNELS_HD box<T> box_from(box_format format, T a, T b, T c, T d) {
  switch (format) {
    case box_format::tlwh:
      return {a, b, exact::add(a, c), exact::add(b, d)};
    case box_format::cxcywh:
      return {exact::fma(T(-0.5), c, a), exact::fma(T(-0.5), d, b), exact::fma(T(0.5), c, a),
              exact::fma(T(0.5), d, b)};
    case box_format::xyah: {
      const T width = exact::product(c, d);
      return {exact::fma(T(-0.5), width, a), exact::fma(T(-0.5), d, b),
              exact::fma(T(0.5), width, a), exact::fma(T(0.5), d, b)};
    }
    default:
      return {a, b, c, d};
  }
}

/// Four numbers from a box. xyah of a box of height 0 has an infinite or NaN ratio.
template <class T>
KERNELS_HD box_numbers<T> box_to(box_format format, const box<T>& b) {
  const T width = b.right - b.left;
  const T height = b.bottom - b.top;
  switch (format) {
    case box_format::tlwh:
      return {b.left, b.top, width, height};
    case box_format::cxcywh:
      return {exact::fma(T(0.5), width, b.left), exact::fma(T(0.5), height, b.top), width, height};
    case box_format::xyah:
      return {exact::fma(T(0.5), width, b.left), exact::fma(T(0.5), height, b.top),
              exact::div(width, height), height};
    default:
      return {b.left, b.top, b.right, b.bottom};
  }
}

/// x between 0 and size; NaN stays (max and min give their second operand where one is NaN).
template <class T>
KERNELS_HD T box_clip(T x, T size) {
  return exact::min(size, exact::max(T(0), x));
}

/// A box scaled, shifted and clipped, in its own type.
template <class T>
KERNELS_HD box<T> box_moved(const box<T>& b, const box_move& m) {
  const T sx = static_cast<T>(m.scale_x), dx = static_cast<T>(m.shift_x);
  const T sy = static_cast<T>(m.scale_y), dy = static_cast<T>(m.shift_y);
  box<T> moved{exact::fma(b.left, sx, dx), exact::fma(b.top, sy, dy), exact::fma(b.right, sx, dx),
               exact::fma(b.bottom, sy, dy)};
  if (m.clip_width > 0) {
    moved.left = box_clip(moved.left, static_cast<T>(m.clip_width));
    moved.right = box_clip(moved.right, static_cast<T>(m.clip_width));
  }
  if (m.clip_height > 0) {
    moved.top = box_clip(moved.top, static_cast<T>(m.clip_height));
    moved.bottom = box_clip(moved.bottom, static_cast<T>(m.clip_height));
  }
  return moved;
}

}  // namespace math
}  // namespace kernels::inline KERNELS_ABI
