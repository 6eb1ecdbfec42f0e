// assignment's row loops with AVX-512: 8 columns at a time.
#pragma once

#include <kernels/cpu/assignment_rows.hpp>

#if KERNELS_X86
KERNELS_TARGET_BEGIN("avx512f,avx512bw,avx512vl,avx512dq,avx512vbmi,avx2,fma")

namespace kernels::inline KERNELS_ABI::cpu::avx512 {

namespace assignment {

struct lanes {
  static constexpr std::int64_t kWidth = 8;
  using doubles = __m512d;

  static doubles set(double a) { return _mm512_set1_pd(a); }
  static doubles load(const double* p) { return _mm512_loadu_pd(p); }
  static doubles load(const float* p) { return _mm512_cvtps_pd(_mm256_loadu_ps(p)); }
  static void store(double* p, doubles a) { _mm512_storeu_pd(p, a); }
  static doubles add(doubles a, doubles b) { return _mm512_add_pd(a, b); }
  static doubles sub(doubles a, doubles b) { return _mm512_sub_pd(a, b); }
  static doubles min(doubles a, doubles b) { return _mm512_min_pd(a, b); }
  /// a ≤ b and c < d
  static __mmask8 both_less(doubles a, doubles b, doubles c, doubles d) {
    return _mm512_mask_cmp_pd_mask(_mm512_cmp_pd_mask(a, b, _CMP_LE_OQ), c, d, _CMP_LT_OQ);
  }
  static doubles select(__mmask8 where, doubles a, doubles b) {
    return _mm512_mask_blend_pd(where, b, a);
  }
  static void store_where(__mmask8 where, std::int32_t* p, std::int32_t value) {
    _mm256_mask_storeu_epi32(p, where, _mm256_set1_epi32(value));
  }
  static std::uint32_t equal_bits(doubles a, doubles b) {
    return _mm512_cmp_pd_mask(a, b, _CMP_EQ_OQ);
  }
  static double smallest(doubles a) { return _mm512_reduce_min_pd(a); }

  /// Bits of the 64 columns that cost at most the ceiling.
  static std::uint64_t gate(const float* p, float ceiling) {
    const __m512 most = _mm512_set1_ps(ceiling);
    std::uint64_t bits = 0;
    for (int k = 0; k < 64; k += 16) {
      bits |= std::uint64_t{_mm512_cmp_ps_mask(_mm512_loadu_ps(p + k), most, _CMP_LE_OQ)} << k;
    }
    return bits;
  }
  static std::uint64_t gate(const double* p, double ceiling) {
    const __m512d most = set(ceiling);
    std::uint64_t bits = 0;
    for (int k = 0; k < 64; k += 8) {
      bits |= std::uint64_t{_mm512_cmp_pd_mask(_mm512_loadu_pd(p + k), most, _CMP_LE_OQ)} << k;
    }
    return bits;
  }
  /// The same of `count` columns, fewer than 64.
  static std::uint64_t gate_some(const float* p, std::int64_t count, float ceiling) {
    const __m512 most = _mm512_set1_ps(ceiling);
    std::uint64_t bits = 0;
    for (std::int64_t k = 0; k < count; k += 16) {
      const auto there = static_cast<__mmask16>(count - k >= 16 ? 0xffff : (1 << (count - k)) - 1);
      bits |= std::uint64_t{_mm512_mask_cmp_ps_mask(there, _mm512_maskz_loadu_ps(there, p + k),
                                                    most, _CMP_LE_OQ)}
              << k;
    }
    return bits;
  }
  static std::uint64_t gate_some(const double* p, std::int64_t count, double ceiling) {
    const __m512d most = set(ceiling);
    std::uint64_t bits = 0;
    for (std::int64_t k = 0; k < count; k += 8) {
      const auto there = static_cast<__mmask8>(count - k >= 8 ? 0xff : (1 << (count - k)) - 1);
      bits |= std::uint64_t{_mm512_mask_cmp_pd_mask(there, _mm512_maskz_loadu_pd(there, p + k),
                                                    most, _CMP_LE_OQ)}
              << k;
    }
    return bits;
  }
};

#include <kernels/cpu/assignment_lanes.inl>

}  // namespace assignment

}  // namespace kernels::inline KERNELS_ABI::cpu::avx512

KERNELS_TARGET_END
#endif
