// mask_logits, one pixel: where it lies in the logits and what it is there: host and device.
#pragma once

#include <kernels/math/mask.hpp>

namespace kernels::inline KERNELS_ABI {

/// Options of mask_logits() and mask_stability().
struct mask_logits_options {
  float threshold = 0;         ///< a pixel is in the mask if its value is above
  float stability_offset = 1;  ///< the score is area(threshold + offset) / area(threshold − offset)
  /// The part of the logits that the image covers, in logit pixels from the corner of the map:
  /// without a network's padding, say {0, 20, 160, 140}. May be a fraction; empty: all of it.
  box<double> region{0, 0, 0, 0};
};

namespace math {

/// The two samples that a row or column of the image lies between, and the share of the second one.
struct logit_tap {
  std::int32_t low, high;
  float weight;
};

/// One axis: image pixels to logits.
struct logit_axis {
  double start, step;
  std::int64_t size;  ///< logits along this axis, at least 1
};
KERNELS_HD logit_axis make_logit_axis(double begin, double end, std::int64_t pixels,
                                      std::int64_t size) {
  const bool all = !(begin < end);
  const double length = all ? static_cast<double>(size) : end - begin;
  return {all ? 0.0 : begin, exact::div(length, static_cast<double>(pixels)), size};
}

/// Pixel centres on pixel centres (align_corners = false), clamped to the outermost samples.
KERNELS_HD logit_tap logit_position(const logit_axis& axis, std::int64_t pixel) {
  const double x = exact::fma(exact::add(static_cast<double>(pixel), 0.5), axis.step,
                              exact::add(axis.start, -0.5));
  const auto last = static_cast<std::int32_t>(axis.size - 1);
  if (!(x > 0)) return {0, exact::min(1, last), 0.0F};
  if (x >= static_cast<double>(last)) return {last, last, 0.0F};
  const auto low = static_cast<std::int32_t>(x);
  return {low, low + 1, static_cast<float>(exact::add(x, -static_cast<double>(low)))};
}

/// First down, then across: a + w·(b − a), the product and the sum rounded once.
KERNELS_HD float logit_blend(float a, float b, float weight) {
  return exact::fma(weight, exact::add(b, -a), a);
}
KERNELS_HD float logit_value(float upper_left, float upper_right, float lower_left,
                             float lower_right, float weight_x, float weight_y) {
  return logit_blend(logit_blend(upper_left, lower_left, weight_y),
                     logit_blend(upper_right, lower_right, weight_y), weight_x);
}

/// The score from the two areas; 0 if even the larger one is empty.
KERNELS_HD float mask_stability(std::int64_t above, std::int64_t below) {
  if (below == 0) return 0.0F;
  return static_cast<float>(exact::div(static_cast<double>(above), static_cast<double>(below)));
}

}  // namespace math
}  // namespace kernels::inline KERNELS_ABI
