// iou's loops with AVX-512 (F, BW, VL, DQ, VBMI).
#pragma once

#include <kernels/cpu/iou_rows.hpp>

#if KERNELS_X86
KERNELS_TARGET_BEGIN("avx512f,avx512bw,avx512vl,avx512dq,avx512vbmi,avx2,fma")

namespace kernels::inline KERNELS_ABI::cpu::iou_avx512 {

/// kWidth numbers at a time. product() is exact::product(): a product that may be added.
template <class T>
struct iou_lanes;

template <>
struct iou_lanes<float> {
  static constexpr std::int64_t kWidth = 16;
  using values = __m512;

  static values set(float a) { return _mm512_set1_ps(a); }
  static values load(const float* p) { return _mm512_loadu_ps(p); }
  static void store(float* p, values a) { _mm512_storeu_ps(p, a); }
  static void store_first(float* p, values a, std::int64_t count) {
    _mm512_mask_storeu_ps(p, static_cast<__mmask16>((1U << count) - 1), a);
  }
  static values min(values a, values b) { return _mm512_min_ps(a, b); }
  static values max(values a, values b) { return _mm512_max_ps(a, b); }
  /// max(a, 0), as integers, for which there are more units; a is not NaN.
  static values positive(values a) {
    return _mm512_castsi512_ps(_mm512_max_epi32(_mm512_castps_si512(a), _mm512_setzero_si512()));
  }
  static values add(values a, values b) { return _mm512_add_ps(a, b); }
  /// a − b, by the units that multiply: min, max and add keep the others busy.
  static values sub(values a, values b) { return _mm512_fmsub_ps(a, set(float(1)), b); }
  static values mul(values a, values b) { return _mm512_mul_ps(a, b); }
  static values div(values a, values b) { return _mm512_div_ps(a, b); }
  static values fma(values a, values b, values c) { return _mm512_fmadd_ps(a, b, c); }

  using mask = __mmask16;
  static mask less(values a, values b) { return _mm512_cmp_ps_mask(a, b, _CMP_LT_OQ); }
  static mask ordered(values a, values b) { return _mm512_cmp_ps_mask(a, b, _CMP_ORD_Q); }
  static mask both(mask a, mask b) { return static_cast<mask>(a & b); }
  static values select(mask m, values a, values b) { return _mm512_mask_blend_ps(m, b, a); }
  static unsigned bits(mask m) { return m; }
  static values product(values a, values b) { return fma(a, b, set(float(0))); }
};

template <>
struct iou_lanes<double> {
  static constexpr std::int64_t kWidth = 8;
  using values = __m512d;

  static values set(double a) { return _mm512_set1_pd(a); }
  static values load(const double* p) { return _mm512_loadu_pd(p); }
  static void store(double* p, values a) { _mm512_storeu_pd(p, a); }
  static void store_first(double* p, values a, std::int64_t count) {
    _mm512_mask_storeu_pd(p, static_cast<__mmask8>((1U << count) - 1), a);
  }
  static values min(values a, values b) { return _mm512_min_pd(a, b); }
  static values max(values a, values b) { return _mm512_max_pd(a, b); }
  /// max(a, 0), as integers, for which there are more units; a is not NaN.
  static values positive(values a) {
    return _mm512_castsi512_pd(_mm512_max_epi64(_mm512_castpd_si512(a), _mm512_setzero_si512()));
  }
  static values add(values a, values b) { return _mm512_add_pd(a, b); }
  /// a − b, by the units that multiply: min, max and add keep the others busy.
  static values sub(values a, values b) { return _mm512_fmsub_pd(a, set(double(1)), b); }
  static values mul(values a, values b) { return _mm512_mul_pd(a, b); }
  static values div(values a, values b) { return _mm512_div_pd(a, b); }
  static values fma(values a, values b, values c) { return _mm512_fmadd_pd(a, b, c); }

  using mask = __mmask8;
  static mask less(values a, values b) { return _mm512_cmp_pd_mask(a, b, _CMP_LT_OQ); }
  static mask ordered(values a, values b) { return _mm512_cmp_pd_mask(a, b, _CMP_ORD_Q); }
  static mask both(mask a, mask b) { return static_cast<mask>(a & b); }
  static values select(mask m, values a, values b) { return _mm512_mask_blend_pd(m, b, a); }
  static unsigned bits(mask m) { return m; }
  static values product(values a, values b) { return fma(a, b, set(double(0))); }
};

#include <kernels/cpu/iou_lanes.inl>

}  // namespace kernels::inline KERNELS_ABI::cpu::iou_avx512

KERNELS_TARGET_END
#endif
