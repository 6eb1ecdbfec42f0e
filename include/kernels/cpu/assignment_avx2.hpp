// assignment's row loops with AVX2: 4 columns at a time.
#pragma once

#include <kernels/cpu/assignment_rows.hpp>

#if KERNELS_X86
KERNELS_TARGET_BEGIN("avx2,fma")

namespace kernels::inline KERNELS_ABI::cpu::avx2 {

namespace assignment {

struct lanes {
  static constexpr std::int64_t kWidth = 4;
  using doubles = __m256d;

  static doubles set(double a) { return _mm256_set1_pd(a); }
  static doubles load(const double* p) { return _mm256_loadu_pd(p); }
  static doubles load(const float* p) { return _mm256_cvtps_pd(_mm_loadu_ps(p)); }
  static void store(double* p, doubles a) { _mm256_storeu_pd(p, a); }
  static doubles add(doubles a, doubles b) { return _mm256_add_pd(a, b); }
  static doubles sub(doubles a, doubles b) { return _mm256_sub_pd(a, b); }
  static doubles min(doubles a, doubles b) { return _mm256_min_pd(a, b); }
  /// a ≤ b and c < d
  static doubles both_less(doubles a, doubles b, doubles c, doubles d) {
    return _mm256_and_pd(_mm256_cmp_pd(a, b, _CMP_LE_OQ), _mm256_cmp_pd(c, d, _CMP_LT_OQ));
  }
  static doubles select(doubles where, doubles a, doubles b) {
    return _mm256_blendv_pd(b, a, where);
  }
  static void store_where(doubles where, std::int32_t* p, std::int32_t value) {
    const __m256i even = _mm256_set_epi32(0, 0, 0, 0, 6, 4, 2, 0);
    const __m128i half =
        _mm256_castsi256_si128(_mm256_permutevar8x32_epi32(_mm256_castpd_si256(where), even));
    _mm_maskstore_epi32(p, half, _mm_set1_epi32(value));
  }
  static std::uint32_t equal_bits(doubles a, doubles b) {
    return static_cast<std::uint32_t>(_mm256_movemask_pd(_mm256_cmp_pd(a, b, _CMP_EQ_OQ)));
  }
  static double smallest(doubles a) {
    alignas(32) double each[4];
    _mm256_store_pd(each, a);
    return exact::min(exact::min(each[0], each[1]), exact::min(each[2], each[3]));
  }

  /// Bits of the 64 columns that cost at most the ceiling.
  static std::uint64_t gate(const float* p, float ceiling) {
    const __m256 most = _mm256_set1_ps(ceiling);
    std::uint64_t bits = 0;
    for (int k = 0; k < 64; k += 8) bits |= std::uint64_t{gate_8(p + k, most)} << k;
    return bits;
  }
  static std::uint64_t gate(const double* p, double ceiling) {
    const __m256d most = set(ceiling);
    std::uint64_t bits = 0;
    for (int k = 0; k < 64; k += 4) bits |= std::uint64_t{gate_4(p + k, most)} << k;
    return bits;
  }
  static std::uint64_t gate_some(const float* p, std::int64_t count, float ceiling) {
    const __m256 most = _mm256_set1_ps(ceiling);
    std::uint64_t bits = 0;
    std::int64_t k = 0;
    for (; k + 8 <= count; k += 8) bits |= std::uint64_t{gate_8(p + k, most)} << k;
    for (; k < count; ++k) bits |= std::uint64_t{p[k] <= ceiling} << k;
    return bits;
  }
  static std::uint64_t gate_some(const double* p, std::int64_t count, double ceiling) {
    const __m256d most = set(ceiling);
    std::uint64_t bits = 0;
    std::int64_t k = 0;
    for (; k + 4 <= count; k += 4) bits |= std::uint64_t{gate_4(p + k, most)} << k;
    for (; k < count; ++k) bits |= std::uint64_t{p[k] <= ceiling} << k;
    return bits;
  }

 private:
  static std::uint32_t gate_8(const float* p, __m256 most) {
    return static_cast<std::uint32_t>(
        _mm256_movemask_ps(_mm256_cmp_ps(_mm256_loadu_ps(p), most, _CMP_LE_OQ)));
  }
  static std::uint32_t gate_4(const double* p, __m256d most) {
    return static_cast<std::uint32_t>(
        _mm256_movemask_pd(_mm256_cmp_pd(_mm256_loadu_pd(p), most, _CMP_LE_OQ)));
  }
};

#include <kernels/cpu/assignment_lanes.inl>

}  // namespace assignment

}  // namespace kernels::inline KERNELS_ABI::cpu::avx2

KERNELS_TARGET_END
#endif
