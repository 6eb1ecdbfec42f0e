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
  /// Left, top, right and bottom of kWidth neighbouring boxes.
  static void load_boxes(const float* p, values side[4]) {
    const __m512i low = _mm512_set_epi32(29, 25, 21, 17, 13, 9, 5, 1, 28, 24, 20, 16, 12, 8, 4, 0);
    const __m512i high =
        _mm512_set_epi32(31, 27, 23, 19, 15, 11, 7, 3, 30, 26, 22, 18, 14, 10, 6, 2);
    const values first = load(p), second = load(p + kWidth);
    const values third = load(p + 2 * kWidth), fourth = load(p + 3 * kWidth);
    const values left_top[2] = {_mm512_permutex2var_ps(first, low, second),
                                _mm512_permutex2var_ps(third, low, fourth)};
    const values right_bottom[2] = {_mm512_permutex2var_ps(first, high, second),
                                    _mm512_permutex2var_ps(third, high, fourth)};
    side[0] = _mm512_shuffle_f32x4(left_top[0], left_top[1], 0x44);
    side[1] = _mm512_shuffle_f32x4(left_top[0], left_top[1], 0xee);
    side[2] = _mm512_shuffle_f32x4(right_bottom[0], right_bottom[1], 0x44);
    side[3] = _mm512_shuffle_f32x4(right_bottom[0], right_bottom[1], 0xee);
  }
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
  static float most_of(values a) { return _mm512_reduce_max_ps(a); }
  static values add(values a, values b) { return _mm512_add_ps(a, b); }
  /// a − b, by the units that multiply: min, max and add keep the others busy.
  static values sub(values a, values b) { return _mm512_fmsub_ps(a, set(float(1)), b); }
  static values mul(values a, values b) { return _mm512_mul_ps(a, b); }
  static values div(values a, values b) { return _mm512_div_ps(a, b); }
  static values fma(values a, values b, values c) { return _mm512_fmadd_ps(a, b, c); }
  static values fmsub(values a, values b, values c) { return _mm512_fmsub_ps(a, b, c); }

  using mask = __mmask16;
  static mask less(values a, values b) { return _mm512_cmp_ps_mask(a, b, _CMP_LT_OQ); }
  static mask at_most(values a, values b) { return _mm512_cmp_ps_mask(a, b, _CMP_LE_OQ); }
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
  /// Left, top, right and bottom of kWidth neighbouring boxes.
  static void load_boxes(const double* p, values side[4]) {
    const __m512i low = _mm512_set_epi64(13, 9, 5, 1, 12, 8, 4, 0);
    const __m512i high = _mm512_set_epi64(15, 11, 7, 3, 14, 10, 6, 2);
    const values first = load(p), second = load(p + kWidth);
    const values third = load(p + 2 * kWidth), fourth = load(p + 3 * kWidth);
    const values left_top[2] = {_mm512_permutex2var_pd(first, low, second),
                                _mm512_permutex2var_pd(third, low, fourth)};
    const values right_bottom[2] = {_mm512_permutex2var_pd(first, high, second),
                                    _mm512_permutex2var_pd(third, high, fourth)};
    side[0] = _mm512_shuffle_f64x2(left_top[0], left_top[1], 0x44);
    side[1] = _mm512_shuffle_f64x2(left_top[0], left_top[1], 0xee);
    side[2] = _mm512_shuffle_f64x2(right_bottom[0], right_bottom[1], 0x44);
    side[3] = _mm512_shuffle_f64x2(right_bottom[0], right_bottom[1], 0xee);
  }
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
  static double most_of(values a) { return _mm512_reduce_max_pd(a); }
  static values add(values a, values b) { return _mm512_add_pd(a, b); }
  /// a − b, by the units that multiply: min, max and add keep the others busy.
  static values sub(values a, values b) { return _mm512_fmsub_pd(a, set(double(1)), b); }
  static values mul(values a, values b) { return _mm512_mul_pd(a, b); }
  static values div(values a, values b) { return _mm512_div_pd(a, b); }
  static values fma(values a, values b, values c) { return _mm512_fmadd_pd(a, b, c); }
  static values fmsub(values a, values b, values c) { return _mm512_fmsub_pd(a, b, c); }

  using mask = __mmask8;
  static mask less(values a, values b) { return _mm512_cmp_pd_mask(a, b, _CMP_LT_OQ); }
  static mask at_most(values a, values b) { return _mm512_cmp_pd_mask(a, b, _CMP_LE_OQ); }
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
