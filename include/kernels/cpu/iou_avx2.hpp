// iou's loops with AVX2 and FMA.
#pragma once

#include <kernels/cpu/iou_rows.hpp>

#if KERNELS_X86
KERNELS_TARGET_BEGIN("avx2,fma")

namespace kernels::inline KERNELS_ABI::cpu::iou_avx2 {

/// kWidth numbers at a time. product() is exact::product(): a product that may be added.
template <class T>
struct iou_lanes;

template <>
struct iou_lanes<float> {
  static constexpr std::int64_t kWidth = 8;
  using values = __m256;

  static values set(float a) { return _mm256_set1_ps(a); }
  static values load(const float* p) { return _mm256_loadu_ps(p); }
  /// Left, top, right and bottom of kWidth neighbouring boxes.
  static void load_boxes(const float* p, values side[4]) {
    const auto two = [&](int k) {  // boxes k and k + 4
      return _mm256_insertf128_ps(_mm256_castps128_ps256(_mm_loadu_ps(p + 4 * k)),
                                  _mm_loadu_ps(p + 4 * k + 16), 1);
    };
    const values lt01 = _mm256_unpacklo_ps(two(0), two(1));
    const values lt23 = _mm256_unpacklo_ps(two(2), two(3));
    const values rb01 = _mm256_unpackhi_ps(two(0), two(1));
    const values rb23 = _mm256_unpackhi_ps(two(2), two(3));
    side[0] = _mm256_shuffle_ps(lt01, lt23, 0x44);
    side[1] = _mm256_shuffle_ps(lt01, lt23, 0xee);
    side[2] = _mm256_shuffle_ps(rb01, rb23, 0x44);
    side[3] = _mm256_shuffle_ps(rb01, rb23, 0xee);
  }
  static void store(float* p, values a) { _mm256_storeu_ps(p, a); }
  static void store_first(float* p, values a, std::int64_t count) {
    alignas(32) float all[kWidth];
    _mm256_store_ps(all, a);
    for (std::int64_t k = 0; k < count; ++k) p[k] = all[k];
  }
  static values min(values a, values b) { return _mm256_min_ps(a, b); }
  static values max(values a, values b) { return _mm256_max_ps(a, b); }
  /// max(a, 0), as integers, for which there are more units; a is not NaN.
  static values positive(values a) {
    return _mm256_castsi256_ps(_mm256_max_epi32(_mm256_castps_si256(a), _mm256_setzero_si256()));
  }
  static float most_of(values a) {
    __m128 m = _mm_max_ps(_mm256_castps256_ps128(a), _mm256_extractf128_ps(a, 1));
    m = _mm_max_ps(m, _mm_movehl_ps(m, m));
    return _mm_cvtss_f32(_mm_max_ss(m, _mm_movehdup_ps(m)));
  }
  static values add(values a, values b) { return _mm256_add_ps(a, b); }
  static values sub(values a, values b) { return _mm256_sub_ps(a, b); }
  static values mul(values a, values b) { return _mm256_mul_ps(a, b); }
  static values div(values a, values b) { return _mm256_div_ps(a, b); }
  static values fma(values a, values b, values c) { return _mm256_fmadd_ps(a, b, c); }
  static values fmsub(values a, values b, values c) { return _mm256_fmsub_ps(a, b, c); }

  using mask = values;
  static mask less(values a, values b) { return _mm256_cmp_ps(a, b, _CMP_LT_OQ); }
  static mask at_most(values a, values b) { return _mm256_cmp_ps(a, b, _CMP_LE_OQ); }
  static mask ordered(values a, values b) { return _mm256_cmp_ps(a, b, _CMP_ORD_Q); }
  static mask both(mask a, mask b) { return _mm256_and_ps(a, b); }
  static values select(mask m, values a, values b) { return _mm256_blendv_ps(b, a, m); }
  static unsigned bits(mask m) { return static_cast<unsigned>(_mm256_movemask_ps(m)); }
  static values product(values a, values b) { return fma(a, b, set(float(0))); }
};

template <>
struct iou_lanes<double> {
  static constexpr std::int64_t kWidth = 4;
  using values = __m256d;

  static values set(double a) { return _mm256_set1_pd(a); }
  static values load(const double* p) { return _mm256_loadu_pd(p); }
  /// Left, top, right and bottom of kWidth neighbouring boxes.
  static void load_boxes(const double* p, values side[4]) {
    const values lr01 = _mm256_unpacklo_pd(load(p), load(p + 4));
    const values tb01 = _mm256_unpackhi_pd(load(p), load(p + 4));
    const values lr23 = _mm256_unpacklo_pd(load(p + 8), load(p + 12));
    const values tb23 = _mm256_unpackhi_pd(load(p + 8), load(p + 12));
    side[0] = _mm256_permute2f128_pd(lr01, lr23, 0x20);
    side[1] = _mm256_permute2f128_pd(tb01, tb23, 0x20);
    side[2] = _mm256_permute2f128_pd(lr01, lr23, 0x31);
    side[3] = _mm256_permute2f128_pd(tb01, tb23, 0x31);
  }
  static void store(double* p, values a) { _mm256_storeu_pd(p, a); }
  static void store_first(double* p, values a, std::int64_t count) {
    alignas(32) double all[kWidth];
    _mm256_store_pd(all, a);
    for (std::int64_t k = 0; k < count; ++k) p[k] = all[k];
  }
  static values min(values a, values b) { return _mm256_min_pd(a, b); }
  static values max(values a, values b) { return _mm256_max_pd(a, b); }
  /// max(a, 0); a is not NaN.
  static values positive(values a) { return max(a, set(0.0)); }
  static double most_of(values a) {
    const __m128d m = _mm_max_pd(_mm256_castpd256_pd128(a), _mm256_extractf128_pd(a, 1));
    return _mm_cvtsd_f64(_mm_max_sd(m, _mm_unpackhi_pd(m, m)));
  }
  static values add(values a, values b) { return _mm256_add_pd(a, b); }
  static values sub(values a, values b) { return _mm256_sub_pd(a, b); }
  static values mul(values a, values b) { return _mm256_mul_pd(a, b); }
  static values div(values a, values b) { return _mm256_div_pd(a, b); }
  static values fma(values a, values b, values c) { return _mm256_fmadd_pd(a, b, c); }
  static values fmsub(values a, values b, values c) { return _mm256_fmsub_pd(a, b, c); }

  using mask = values;
  static mask less(values a, values b) { return _mm256_cmp_pd(a, b, _CMP_LT_OQ); }
  static mask at_most(values a, values b) { return _mm256_cmp_pd(a, b, _CMP_LE_OQ); }
  static mask ordered(values a, values b) { return _mm256_cmp_pd(a, b, _CMP_ORD_Q); }
  static mask both(mask a, mask b) { return _mm256_and_pd(a, b); }
  static values select(mask m, values a, values b) { return _mm256_blendv_pd(b, a, m); }
  static unsigned bits(mask m) { return static_cast<unsigned>(_mm256_movemask_pd(m)); }
  static values product(values a, values b) { return fma(a, b, set(double(0))); }
};

#include <kernels/cpu/iou_lanes.inl>

}  // namespace kernels::inline KERNELS_ABI::cpu::iou_avx2

KERNELS_TARGET_END
#endif
