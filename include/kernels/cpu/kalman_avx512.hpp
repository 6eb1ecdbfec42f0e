// kalman's loops with AVX-512: 16 tracks in float, 8 in double.
#pragma once

#include <kernels/cpu/kalman_calls.hpp>

#include <algorithm>

#if KERNELS_X86
KERNELS_TARGET_BEGIN("avx512f,avx512bw,avx512vl,avx512dq,avx512vbmi,avx2,fma")

namespace kernels::inline KERNELS_ABI::cpu::avx512::kalman {

template <class T>
struct lanes;

template <>
struct lanes<float> {
  static constexpr int kWidth = 16;
  using scalar = float;
  using number = __m512;
  using mask = __mmask16;
  static number load(const float* p) { return _mm512_loadu_ps(p); }
  static void store(float* p, number a) { _mm512_storeu_ps(p, a); }
  static number set(float a) { return _mm512_set1_ps(a); }
  static number fma(number a, number b, number c) { return _mm512_fmadd_ps(a, b, c); }
  static number mul(number a, number b) { return _mm512_mul_ps(a, b); }
  static number add(number a, number b) { return _mm512_add_ps(a, b); }
  static number sub(number a, number b) { return _mm512_sub_ps(a, b); }
  static number div(number a, number b) { return _mm512_div_ps(a, b); }
  static number sqrt(number a) { return _mm512_sqrt_ps(a); }
  static number abs(number a) { return _mm512_andnot_ps(set(-0.0F), a); }
  static number min(number a, number b) { return _mm512_min_ps(a, b); }
  static number max(number a, number b) { return _mm512_max_ps(a, b); }
  static mask less_equal(number a, number b) { return _mm512_cmp_ps_mask(a, b, _CMP_LE_OQ); }
  static mask finite(number a) { return less_equal(abs(a), set(math::kKalmanMost<float>)); }
  static mask both(mask a, mask b) { return static_cast<mask>(a & b); }
  static number select(mask m, number a, number b) { return _mm512_mask_blend_ps(m, b, a); }
};

template <>
struct lanes<double> {
  static constexpr int kWidth = 8;
  using scalar = double;
  using number = __m512d;
  using mask = __mmask8;
  static number load(const double* p) { return _mm512_loadu_pd(p); }
  static void store(double* p, number a) { _mm512_storeu_pd(p, a); }
  static number set(double a) { return _mm512_set1_pd(a); }
  static number fma(number a, number b, number c) { return _mm512_fmadd_pd(a, b, c); }
  static number mul(number a, number b) { return _mm512_mul_pd(a, b); }
  static number add(number a, number b) { return _mm512_add_pd(a, b); }
  static number sub(number a, number b) { return _mm512_sub_pd(a, b); }
  static number div(number a, number b) { return _mm512_div_pd(a, b); }
  static number sqrt(number a) { return _mm512_sqrt_pd(a); }
  static number abs(number a) { return _mm512_andnot_pd(set(-0.0), a); }
  static number min(number a, number b) { return _mm512_min_pd(a, b); }
  static number max(number a, number b) { return _mm512_max_pd(a, b); }
  static mask less_equal(number a, number b) { return _mm512_cmp_pd_mask(a, b, _CMP_LE_OQ); }
  static mask finite(number a) { return less_equal(abs(a), set(math::kKalmanMost<double>)); }
  static mask both(mask a, mask b) { return static_cast<mask>(a & b); }
  static number select(mask m, number a, number b) { return _mm512_mask_blend_pd(m, b, a); }
};

#include <kernels/math/kalman_plain.inl>
//
#include <kernels/math/kalman_coupled.inl>
//
#include <kernels/cpu/kalman_chunks.inl>
//
#include <kernels/cpu/kalman_loops.inl>

}  // namespace kernels::inline KERNELS_ABI::cpu::avx512::kalman

KERNELS_TARGET_END
#endif
