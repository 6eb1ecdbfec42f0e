// letterbox: a picture fitted into another size with its aspect ratio kept, and the way back for
// points and boxes: host and device.
#pragma once

#include <kernels/math/box.hpp>

namespace kernels::inline KERNELS_ABI {

/// Where the fitted picture lies.
enum class letterbox_place : std::uint8_t {
  centre,   ///< in the middle (YOLOv5 to v11); an odd remainder goes to the right and below
  top_left  ///< at the origin (YOLOX)
};

/// A picture of source_width × source_height pixels resized to content_width × content_height
/// pixels, whole numbers, at (left, top) in a network input. A point (edges at whole numbers,
/// pixel centres at halves) goes from x to x·content_width/source_width + left, which is what a
/// resize of pixels does: each axis has its own exact ratio. Make one with make_letterbox().
struct letterbox {
  std::int32_t source_width, source_height;
  std::int32_t content_width, content_height;
  std::int32_t left, top;
  friend constexpr bool operator==(const letterbox&, const letterbox&) = default;
};

namespace math {

/// A size in whole pixels.
struct fitted_size {
  std::int32_t width, height;
};

/// The largest size of the aspect ratio width : height in a space: one side is the space's, the
/// other is rounded to nearest (halves up), 1 at least. All are positive; width and height, in any
/// unit, are below 2^40, the space's sides below 2^20.
KERNELS_HD fitted_size fit(std::int64_t width, std::int64_t height, std::int32_t space_width,
                           std::int32_t space_height) {
  if (width * space_height >= height * space_width) {
    const auto h = static_cast<std::int32_t>((2 * height * space_width + width) / (2 * width));
    return {space_width, h < 1 ? 1 : h};
  }
  const auto w = static_cast<std::int32_t>((2 * width * space_height + height) / (2 * height));
  return {w < 1 ? 1 : w, space_height};
}

/// Offset of a content in a space.
KERNELS_HD std::int32_t letterbox_offset(std::int32_t content, std::int32_t space,
                                         letterbox_place place) {
  return place == letterbox_place::centre ? (space - content) / 2 : 0;
}

/// One coordinate from the source to the network input, and back: one rounding an operation.
template <class T>
KERNELS_HD T letterbox_forward(T x, std::int32_t source, std::int32_t content,
                               std::int32_t offset) {
  return exact::fma(x, exact::div(static_cast<T>(content), static_cast<T>(source)),
                    static_cast<T>(offset));
}
template <class T>
KERNELS_HD T letterbox_inverse(T x, std::int32_t source, std::int32_t content,
                               std::int32_t offset) {
  return exact::product(exact::add(x, -static_cast<T>(offset)),
                        exact::div(static_cast<T>(source), static_cast<T>(content)));
}

/// A box from the source to the network input.
template <class T>
KERNELS_HD box<T> letterbox_to_network(const letterbox& l, const box<T>& b) {
  return {letterbox_forward(b.left, l.source_width, l.content_width, l.left),
          letterbox_forward(b.top, l.source_height, l.content_height, l.top),
          letterbox_forward(b.right, l.source_width, l.content_width, l.left),
          letterbox_forward(b.bottom, l.source_height, l.content_height, l.top)};
}

/// A box from the network input to the source.
template <class T>
KERNELS_HD box<T> letterbox_to_source(const letterbox& l, const box<T>& b) {
  return {letterbox_inverse(b.left, l.source_width, l.content_width, l.left),
          letterbox_inverse(b.top, l.source_height, l.content_height, l.top),
          letterbox_inverse(b.right, l.source_width, l.content_width, l.left),
          letterbox_inverse(b.bottom, l.source_height, l.content_height, l.top)};
}

/// A box cut off at the edges of the picture (0 … width, 0 … height). NaN stays NaN.
template <class T>
KERNELS_HD T clip(T x, T most) {
  return x < T(0) ? T(0) : x > most ? most : x;
}
template <class T>
KERNELS_HD box<T> letterbox_clip(const letterbox& l, const box<T>& b) {
  const auto w = static_cast<T>(l.source_width);
  const auto h = static_cast<T>(l.source_height);
  return {clip(b.left, w), clip(b.top, h), clip(b.right, w), clip(b.bottom, h)};
}

}  // namespace math
}  // namespace kernels::inline KERNELS_ABI
