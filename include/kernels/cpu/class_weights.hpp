// The weights of a softmax and their sum, for some instruction sets; the bits of
// math::class_weight.
#pragma once

#include <kernels/cpu/isa.hpp>
#include <kernels/math/classify.hpp>

#include <algorithm>

namespace kernels::inline KERNELS_ABI::cpu {

/// weights[k] of n similarities, and Σ weights[k] by sixteen sums in double. There is room for n
/// rounded up to sixteen in both; similarities from n on are −∞. best is finite.
using class_weights_function = double (*)(const float* similarities, std::int64_t n, float best,
                                          float temperature, float* weights);

inline double class_weights(const float* similarities, std::int64_t n, float best,
                            float temperature, float* weights) {
  double sums[math::kDotLanes] = {};
  for (std::int64_t k = 0; k < n; ++k) {
    weights[k] = math::class_weight(similarities[k], best, temperature);
    double& sum = sums[k % math::kDotLanes];
    sum = exact::add(sum, static_cast<double>(weights[k]));
  }
  return math::join_lanes(sums);
}

#if KERNELS_X86
KERNELS_TARGET_BEGIN("avx2,fma")
namespace weights_avx2 {

/// 2^e.
inline __m256 power_of_two(__m256i e) {
  return _mm256_castsi256_ps(_mm256_slli_epi32(_mm256_add_epi32(e, _mm256_set1_epi32(127)), 23));
}

/// math::exponential of x <= 0; 0 for −∞.
inline __m256 exponential(__m256 x) {
  const __m256 some = _mm256_cmp_ps(x, _mm256_set1_ps(-104.0F), _CMP_GE_OQ);
  x = _mm256_and_ps(some, x);
  const __m256 rounding = _mm256_blendv_ps(_mm256_set1_ps(0.5F), _mm256_set1_ps(-0.5F),
                                           _mm256_cmp_ps(x, _mm256_set1_ps(0.0F), _CMP_LT_OQ));
  const __m256i k =
      _mm256_cvttps_epi32(_mm256_fmadd_ps(x, _mm256_set1_ps(0x1.715476p+0F), rounding));
  const __m256 whole = _mm256_cvtepi32_ps(k);
  const __m256 r = _mm256_fnmadd_ps(whole, _mm256_set1_ps(-0x1.05c610p-29F),
                                    _mm256_fnmadd_ps(whole, _mm256_set1_ps(0x1.62e430p-1F), x));
  __m256 p = _mm256_set1_ps(1.0F / 40320.0F);
  p = _mm256_fmadd_ps(p, r, _mm256_set1_ps(1.0F / 5040.0F));
  p = _mm256_fmadd_ps(p, r, _mm256_set1_ps(1.0F / 720.0F));
  p = _mm256_fmadd_ps(p, r, _mm256_set1_ps(1.0F / 120.0F));
  p = _mm256_fmadd_ps(p, r, _mm256_set1_ps(1.0F / 24.0F));
  p = _mm256_fmadd_ps(p, r, _mm256_set1_ps(1.0F / 6.0F));
  p = _mm256_fmadd_ps(p, r, _mm256_set1_ps(0.5F));
  p = _mm256_fmadd_ps(p, r, _mm256_set1_ps(1.0F));
  p = _mm256_fmadd_ps(p, r, _mm256_set1_ps(1.0F));
  // k / 2 towards zero, and the rest of k
  const __m256i part = _mm256_srai_epi32(_mm256_add_epi32(k, _mm256_srli_epi32(k, 31)), 1);
  p = _mm256_mul_ps(_mm256_mul_ps(p, power_of_two(part)), power_of_two(_mm256_sub_epi32(k, part)));
  return _mm256_and_ps(some, p);
}

inline double class_weights(const float* similarities, std::int64_t n, float best,
                            float temperature, float* weights) {
  const __m256 largest = _mm256_set1_ps(best);
  const __m256 by = _mm256_set1_ps(temperature);
  __m256d sums[4] = {_mm256_setzero_pd(), _mm256_setzero_pd(), _mm256_setzero_pd(),
                     _mm256_setzero_pd()};
  for (std::int64_t k = 0; k < n; k += math::kDotLanes) {
    KERNELS_UNROLL_BY(2)
    for (int h = 0; h < 2; ++h) {
      const __m256 s = _mm256_loadu_ps(similarities + k + 8 * h);
      const __m256 w = exponential(_mm256_div_ps(_mm256_sub_ps(s, largest), by));
      _mm256_storeu_ps(weights + k + 8 * h, w);
      sums[2 * h] = _mm256_add_pd(sums[2 * h], _mm256_cvtps_pd(_mm256_castps256_ps128(w)));
      sums[2 * h + 1] =
          _mm256_add_pd(sums[2 * h + 1], _mm256_cvtps_pd(_mm256_extractf128_ps(w, 1)));
    }
  }
  double all[math::kDotLanes];
  for (int q = 0; q < 4; ++q) _mm256_storeu_pd(all + 4 * q, sums[q]);
  return math::join_lanes(all);
}

}  // namespace weights_avx2
KERNELS_TARGET_END
#endif

/// The loop of one instruction set (never best).
inline class_weights_function class_weights_for([[maybe_unused]] instruction_set isa) {
#if KERNELS_X86
  if (isa != instruction_set::portable) return &weights_avx2::class_weights;
#endif
  return &class_weights;
}

}  // namespace kernels::inline KERNELS_ABI::cpu
