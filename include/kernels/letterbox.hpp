// letterbox: fits a picture into a network's input with its aspect ratio kept, and maps points and
// boxes there and back. preprocess() makes the pixels, decode_yolo() takes the boxes back.
//
//   const kernels::letterbox l = kernels::make_letterbox({1920, 1080}, {640, 640});
//   // l: 640×360 pixels at (0, 140)
//   const kernels::box<float> in_picture = kernels::to_source(l, in_network);
//
// Class: exact.
#pragma once

#include <kernels/core/error.hpp>
#include <kernels/math/letterbox.hpp>

#include <string>
#include <utility>

namespace kernels::inline KERNELS_ABI {

/// Width and height in whole pixels.
struct pixel_size {
  std::int64_t width, height;
};

/// The letterbox of a picture of one size in a network input of another: the largest size of the
/// picture's aspect ratio, the shorter side rounded to nearest (halves up), at least 1 pixel.
/// Errors: sides that are not 1 to 2^20 − 1.
inline letterbox make_letterbox(pixel_size source, pixel_size network,
                                letterbox_place place = letterbox_place::centre) {
  for (const auto& [name, size] : {std::pair{"source", source}, {"network", network}}) {
    for (const auto side : {size.width, size.height}) {
      if (side < 1 || side >= (std::int64_t{1} << 20)) {
        refuse("letterbox", name, "sides of 1 to 2^20 - 1 pixels",
               std::to_string(size.width) + "x" + std::to_string(size.height));
      }
    }
  }
  const auto narrow = [](std::int64_t x) { return static_cast<std::int32_t>(x); };
  const auto fitted =
      math::fit(source.width, source.height, narrow(network.width), narrow(network.height));
  return {narrow(source.width),
          narrow(source.height),
          fitted.width,
          fitted.height,
          math::letterbox_offset(fitted.width, narrow(network.width), place),
          math::letterbox_offset(fitted.height, narrow(network.height), place)};
}

/// A box from the source to the network input, and back (not cut off at the edges).
template <class T>
box<T> to_network(const letterbox& l, const box<T>& b) {
  return math::letterbox_to_network(l, b);
}
template <class T>
box<T> to_source(const letterbox& l, const box<T>& b) {
  return math::letterbox_to_source(l, b);
}

/// A point from the source to the network input, and back.
template <class T>
struct image_point {
  T x, y;
};
template <class T>
image_point<T> to_network(const letterbox& l, const image_point<T>& p) {
  return {math::letterbox_forward(p.x, l.source_width, l.content_width, l.left),
          math::letterbox_forward(p.y, l.source_height, l.content_height, l.top)};
}
template <class T>
image_point<T> to_source(const letterbox& l, const image_point<T>& p) {
  return {math::letterbox_inverse(p.x, l.source_width, l.content_width, l.left),
          math::letterbox_inverse(p.y, l.source_height, l.content_height, l.top)};
}

}  // namespace kernels::inline KERNELS_ABI
