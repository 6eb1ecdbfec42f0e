// search: what the score of a gallery row is, and which of two rows comes first. Host and device.
#pragma once

#include <kernels/math/dot.hpp>
#include <kernels/math/metric.hpp>

namespace kernels::inline KERNELS_ABI {

/// Sizes outside which a first pass could overflow, or drown in underflow.
inline constexpr double kLargestNorm = 0x1p60;
inline constexpr double kSmallestNorm = 0x1p-40;

}  // namespace kernels::inline KERNELS_ABI

namespace kernels::inline KERNELS_ABI::math {

/// Ends a sum of math::dot (cosine of unit rows, inner product) or math::squared_distance: the
/// score. NaN, from products that overflow, stays NaN: such a row is never returned.
KERNELS_HD float search_score(metric what, float sum) {
  if (what == metric::cosine) return clamp_similarity(sum);
  return what == metric::euclidean ? exact::sqrt(sum) : sum;
}

/// Larger is better, whatever the metric.
KERNELS_HD float search_key(metric what, float score) {
  return what == metric::euclidean ? -score : score;
}

/// Is row `a` before row `b` in a result? Better keys first, equal ones by index.
KERNELS_HD bool search_before(float key_a, std::int64_t a, float key_b, std::int64_t b) {
  return key_a > key_b || (key_a == key_b && a < b);
}

/// What an empty place of a result holds, beside index −1.
KERNELS_HD float search_nothing(metric what) {
  const float infinite = __builtin_inff();
  return what == metric::euclidean ? infinite : -infinite;
}

}  // namespace kernels::inline KERNELS_ABI::math
