// iou's loops with AVX2 and FMA.
#pragma once

#include <kernels/cpu/iou_rows.hpp>

#include <cstring>

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
  /// Numbers in 0 … 255, truncated.
  static void store_bytes(std::uint8_t* p, values a) {
    const __m256i whole = _mm256_cvttps_epi32(a);
    const __m128i words =
        _mm_packus_epi32(_mm256_castsi256_si128(whole), _mm256_extracti128_si256(whole, 1));
    _mm_storel_epi64(reinterpret_cast<__m128i*>(p), _mm_packus_epi16(words, words));
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
  /// Numbers in 0 … 255, truncated.
  static void store_bytes(std::uint8_t* p, values a) {
    const __m128i whole = _mm256_cvttpd_epi32(a);
    const __m128i words = _mm_packus_epi32(whole, whole);
    const int bytes = _mm_cvtsi128_si32(_mm_packus_epi16(words, words));
    std::memcpy(p, &bytes, 4);
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

/// A box in steps, against 64 others.
struct step_box {
  __m256i left, top, right, bottom;
  step_box(std::uint8_t l, std::uint8_t t, std::uint8_t r, std::uint8_t b)
      : left(_mm256_set1_epi8(static_cast<char>(l))),
        top(_mm256_set1_epi8(static_cast<char>(t))),
        right(_mm256_set1_epi8(static_cast<char>(r))),
        bottom(_mm256_set1_epi8(static_cast<char>(b))) {}
  static __m256i load(const std::uint8_t* p) {
    return _mm256_loadu_si256(reinterpret_cast<const __m256i*>(p));
  }
  static __m256i at_most(__m256i a, __m256i b) {
    return _mm256_cmpeq_epi8(_mm256_min_epu8(a, b), a);
  }
  [[nodiscard]] std::uint64_t near_32(const std::uint8_t* l, const std::uint8_t* t,
                                      const std::uint8_t* r, const std::uint8_t* b) const {
    const __m256i x = _mm256_and_si256(at_most(load(l), right), at_most(left, load(r)));
    const __m256i y = _mm256_and_si256(at_most(load(t), bottom), at_most(top, load(b)));
    return static_cast<std::uint32_t>(_mm256_movemask_epi8(_mm256_and_si256(x, y)));
  }
  [[nodiscard]] std::uint64_t near(const std::uint8_t* l, const std::uint8_t* t,
                                   const std::uint8_t* r, const std::uint8_t* b) const {
    return near_32(l, t, r, b) | near_32(l + 32, t + 32, r + 32, b + 32) << 32;
  }
};

#include <kernels/cpu/iou_lanes.inl>

}  // namespace kernels::inline KERNELS_ABI::cpu::iou_avx2

KERNELS_TARGET_END
#endif
