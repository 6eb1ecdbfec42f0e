// Sums over the elements of two rows in a fixed order, so that every backend, batch and instruction
// set gives the same bits: sixteen partial sums, each an fma chain over every sixteenth element in
// ascending order, joined 8-4-2-1.
#pragma once

#include <kernels/core/exact.hpp>

namespace kernels::inline KERNELS_ABI::math {

inline constexpr int kDotLanes = 16;

/// Partial sums k and k + 8, then k and k + 4, 2, 1; plus 0, so that no sum is −0 and elements 0
/// appended to both rows change nothing. The sums are overwritten.
template <class T>
KERNELS_HD T join_lanes(T (&sums)[kDotLanes]) {
  KERNELS_UNROLL
  for (int half = kDotLanes / 2; half > 0; half /= 2) {
    for (int k = 0; k < half; ++k) sums[k] = exact::add(sums[k], sums[k + half]);
  }
  return exact::add(sums[0], T(0));
}

/// Σ a[i]·b[i].
KERNELS_HD float dot(const float* a, const float* b, std::int64_t n) {
  float sums[kDotLanes] = {};
  for (std::int64_t i = 0; i < n; ++i) {
    float& s = sums[i % kDotLanes];
    s = exact::fma(a[i], b[i], s);
  }
  return join_lanes(sums);
}

/// Σ (a[i] − b[i])².
KERNELS_HD float squared_distance(const float* a, const float* b, std::int64_t n) {
  float sums[kDotLanes] = {};
  for (std::int64_t i = 0; i < n; ++i) {
    float& s = sums[i % kDotLanes];
    const float d = exact::add(a[i], -b[i]);
    s = exact::fma(d, d, s);
  }
  return join_lanes(sums);
}

/// Cosine similarity of two unit rows from their dot product: within [−1, 1]; NaN stays NaN.
KERNELS_HD float clamp_similarity(float dot_product) {
  return dot_product > 1.0F ? 1.0F : dot_product < -1.0F ? -1.0F : dot_product;
}

/// 1 − similarity, in [0, 2].
KERNELS_HD float cosine_distance(float similarity) { return exact::add(1.0F, -similarity); }

}  // namespace kernels::inline KERNELS_ABI::math
