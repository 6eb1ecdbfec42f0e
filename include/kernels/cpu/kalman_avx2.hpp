// kalman's loops with AVX2 and FMA: 8 tracks in float, 4 in double.
#pragma once

#include <kernels/cpu/kalman_calls.hpp>

#include <algorithm>

#if KERNELS_X86
KERNELS_TARGET_BEGIN("avx2,fma")

namespace kernels::inline KERNELS_ABI::cpu::avx2::kalman {

template <class T>
struct lanes;

template <>
struct lanes<float> {
  static constexpr int kWidth = 8;
  using scalar = float;
  using number = __m256;
  using mask = __m256;
  static number load(const float* p) { return _mm256_loadu_ps(p); }
  static void store(float* p, number a) { _mm256_storeu_ps(p, a); }
  static number set(float a) { return _mm256_set1_ps(a); }
  static number fma(number a, number b, number c) { return _mm256_fmadd_ps(a, b, c); }
  static number mul(number a, number b) { return _mm256_mul_ps(a, b); }
  static number add(number a, number b) { return _mm256_add_ps(a, b); }
  static number sub(number a, number b) { return _mm256_sub_ps(a, b); }
  static number div(number a, number b) { return _mm256_div_ps(a, b); }
  static number sqrt(number a) { return _mm256_sqrt_ps(a); }
  static number abs(number a) { return _mm256_andnot_ps(set(-0.0F), a); }
  static number min(number a, number b) { return _mm256_min_ps(a, b); }
  static number max(number a, number b) { return _mm256_max_ps(a, b); }
  static mask less_equal(number a, number b) { return _mm256_cmp_ps(a, b, _CMP_LE_OQ); }
  static mask finite(number a) { return less_equal(abs(a), set(math::kKalmanMost<float>)); }
  static mask both(mask a, mask b) { return _mm256_and_ps(a, b); }
  static number select(mask m, number a, number b) { return _mm256_blendv_ps(b, a, m); }
};

template <>
struct lanes<double> {
  static constexpr int kWidth = 4;
  using scalar = double;
  using number = __m256d;
  using mask = __m256d;
  static number load(const double* p) { return _mm256_loadu_pd(p); }
  static void store(double* p, number a) { _mm256_storeu_pd(p, a); }
  static number set(double a) { return _mm256_set1_pd(a); }
  static number fma(number a, number b, number c) { return _mm256_fmadd_pd(a, b, c); }
  static number mul(number a, number b) { return _mm256_mul_pd(a, b); }
  static number add(number a, number b) { return _mm256_add_pd(a, b); }
  static number sub(number a, number b) { return _mm256_sub_pd(a, b); }
  static number div(number a, number b) { return _mm256_div_pd(a, b); }
  static number sqrt(number a) { return _mm256_sqrt_pd(a); }
  static number abs(number a) { return _mm256_andnot_pd(set(-0.0), a); }
  static number min(number a, number b) { return _mm256_min_pd(a, b); }
  static number max(number a, number b) { return _mm256_max_pd(a, b); }
  static mask less_equal(number a, number b) { return _mm256_cmp_pd(a, b, _CMP_LE_OQ); }
  static mask finite(number a) { return less_equal(abs(a), set(math::kKalmanMost<double>)); }
  static mask both(mask a, mask b) { return _mm256_and_pd(a, b); }
  static number select(mask m, number a, number b) { return _mm256_blendv_pd(b, a, m); }
};

#include <kernels/math/kalman_plain.inl>
//
#include <kernels/math/kalman_coupled.inl>
//
#include <kernels/cpu/kalman_chunks.inl>
//
#include <kernels/cpu/kalman_loops.inl>

}  // namespace kernels::inline KERNELS_ABI::cpu::avx2::kalman

KERNELS_TARGET_END
#endif
