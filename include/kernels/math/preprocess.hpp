// preprocess, one pixel: from a pixel of a network's input to its place in the frame and its
// value. The definition that every backend follows to the bit.
//
//   region       box coordinates in 2^-16 pixel, rounded to nearest
//   content      the box's aspect ratio fitted into the input, in whole pixels
//   coordinate   of column i: left + (i + ½)·width/content − ½, an exact quotient rounded down to
//                2^-16 and then to nearest to 2^-11 pixel
//   value        Σ tap·weight in integers, then one fma for the normalisation
#pragma once

#include <kernels/math/half.hpp>
#include <kernels/math/letterbox.hpp>

namespace kernels::inline KERNELS_ABI {

/// What to cut out: a box in pixels (edges at whole numbers, 0 … width) of one frame of a batch.
struct preprocess_region {
  std::int32_t frame;
  box<float> area;
};

/// How a region meets the input's size.
enum class preprocess_fit : std::uint8_t {
  letterbox,  ///< aspect ratio kept, the rest padded
  stretch     ///< each axis by itself
};

/// Values are v = (pixel/255 − mean)/std. Channels are counted in the output's order.
struct preprocess_options {
  preprocess_fit fit = preprocess_fit::letterbox;
  letterbox_place place = letterbox_place::centre;
  bool swap_channels = false;  ///< output channel c is input channel 2 − c: RGB from BGR frames
  std::uint8_t pad[3] = {114, 114, 114};
  float mean[3] = {0, 0, 0};
  float std[3] = {1, 1, 1};
};

namespace math {

inline constexpr int kPreprocessFraction = 11;
inline constexpr std::int32_t kPreprocessOne = 1 << kPreprocessFraction;

/// value = scale·Σ + offset, where Σ is the pixel times 2^22, by output channel.
struct preprocess_scale {
  float scale[3], offset[3];
  std::int32_t pad[3];  ///< Σ of the padding
};

/// A region's axes: `content` pixels from `place` on show `start` … `start + size` (2^-16 pixel).
struct preprocess_axis {
  std::int64_t start, size;
  std::int32_t content, place;
};
struct preprocess_place {
  preprocess_axis x, y;  ///< content 0: padding only
};

/// Is a coordinate one that regions may have? ±2^20, no NaN.
KERNELS_HD bool preprocess_inside(float x) { return x >= -1048576.0F && x <= 1048576.0F; }

/// Where a region's content lies in an input of width × height. Regions with coordinates beyond
/// ±2^20, without a positive size, or of a frame that is not there, have none.
KERNELS_HD preprocess_place preprocess_locate(const preprocess_region& r, std::int64_t frames,
                                              std::int32_t width, std::int32_t height,
                                              preprocess_fit how, letterbox_place place) {
  constexpr preprocess_axis kNone{0, 0, 0, 0};
  const box<float>& b = r.area;
  if (r.frame < 0 || r.frame >= frames || !preprocess_inside(b.left) || !preprocess_inside(b.top) ||
      !preprocess_inside(b.right) || !preprocess_inside(b.bottom)) {
    return {kNone, kNone};
  }
  const auto fixed = [](float x) { return exact::to_int64(static_cast<double>(x) * 65536.0); };
  const std::int64_t left = fixed(b.left);
  const std::int64_t top = fixed(b.top);
  const std::int64_t w = fixed(b.right) - left;
  const std::int64_t h = fixed(b.bottom) - top;
  if (w <= 0 || h <= 0) return {kNone, kNone};
  fitted_size content{width, height};
  if (how == preprocess_fit::letterbox) content = math::fit(w, h, width, height);
  return {{left, w, content.width, letterbox_offset(content.width, width, place)},
          {top, h, content.height, letterbox_offset(content.height, height, place)}};
}

/// Two neighbouring pixels of an axis and the weight of the second, 0 … 2048.
struct preprocess_tap {
  std::int32_t index, fraction;
};

/// From a coordinate in 2^-16 pixel; beyond the first and the last pixel it is these. `pixels`
/// >= 1. With at least two pixels, index + 1 is one of them.
KERNELS_HD preprocess_tap preprocess_tap_at(std::int64_t coordinate, std::int64_t pixels) {
  const std::int64_t u = (coordinate + 16) >> 5;
  if (u <= 0) return {0, 0};
  if (u >= (pixels - 1) << kPreprocessFraction) {
    return pixels < 2 ? preprocess_tap{0, 0}
                      : preprocess_tap{static_cast<std::int32_t>(pixels - 2), kPreprocessOne};
  }
  return {static_cast<std::int32_t>(u >> kPreprocessFraction),
          static_cast<std::int32_t>(u & (kPreprocessOne - 1))};
}

/// Coordinate of content pixel i of an axis, in 2^-16 pixel, 0 = the centre of the first pixel.
KERNELS_HD std::int64_t preprocess_coordinate(const preprocess_axis& axis, std::int32_t i) {
  return axis.start + ((2 * std::int64_t{i} + 1) * axis.size) / (2 * std::int64_t{axis.content}) -
         32768;
}

/// Two taps of a row, or two rows of those.
KERNELS_HD std::int32_t preprocess_mix(std::int32_t a, std::int32_t b, std::int32_t fraction) {
  return a * (kPreprocessOne - fraction) + b * fraction;
}

/// The normalised value in the output's type.
template <class Out>
KERNELS_HD Out preprocess_value(std::int32_t sum, float scale, float offset) {
  const float v = exact::fma(static_cast<float>(sum), scale, offset);
  if constexpr (sizeof(Out) == 2) {
    return to_half(v);
  } else {
    return v;
  }
}

}  // namespace math
}  // namespace kernels::inline KERNELS_ABI
