// Sixteen neighbouring elements of a row of float, half or bfloat16 as float32, for three
// instruction sets: loads and stores with the bits of math::to_float32 and math::from_float32 (NaN
// aside).
#pragma once

#include <kernels/cpu/isa.hpp>
#include <kernels/math/normalize.hpp>

#include <algorithm>
#include <cstring>

namespace kernels::inline KERNELS_ABI::cpu::rows_portable {

struct row_lanes {
  float v[math::kDotLanes];

  template <class T>
  static row_lanes load(const T* p) {
    row_lanes x;
    for (int k = 0; k < math::kDotLanes; ++k) x.v[k] = math::to_float32(p[k]);
    return x;
  }
  [[nodiscard]] row_lanes scaled(double by) const {
    row_lanes x;
    for (int k = 0; k < math::kDotLanes; ++k) x.v[k] = math::scaled(v[k], by);
    return x;
  }
  template <class T>
  void store(T* p) const {
    for (int k = 0; k < math::kDotLanes; ++k) p[k] = math::from_float32<T>(v[k]);
  }
};

struct row_squares {
  double sums[math::kDotLanes];

  static row_squares zero() { return {}; }
  void add(const row_lanes& x) {
    for (int k = 0; k < math::kDotLanes; ++k) sums[k] = math::add_square(sums[k], x.v[k]);
  }
  double join() { return math::join_lanes(sums); }
};

}  // namespace kernels::inline KERNELS_ABI::cpu::rows_portable

#if KERNELS_X86

KERNELS_TARGET_BEGIN("avx2,fma")
namespace kernels::inline KERNELS_ABI::cpu::rows_avx2 {

struct row_lanes {
  __m256 low, high;

  static row_lanes load(const float* p) { return {_mm256_loadu_ps(p), _mm256_loadu_ps(p + 8)}; }
  static row_lanes load(const bfloat16* p) { return {upper(words(p)), upper(words(p + 8))}; }
  static row_lanes load(const half* p) { return {widen(words(p)), widen(words(p + 8))}; }
  [[nodiscard]] row_lanes scaled(double by) const {
    const __m256d factor = _mm256_set1_pd(by);
    return {scaled(low, factor), scaled(high, factor)};
  }
  void store(float* p) const {
    _mm256_storeu_ps(p, low);
    _mm256_storeu_ps(p + 8, high);
  }
  template <class T>
  void store(T* p) const {
    float v[math::kDotLanes];
    store(v);
    for (int k = 0; k < math::kDotLanes; ++k) p[k] = math::from_float32<T>(v[k]);
  }

  static __m256d lower_doubles(__m256 x) { return _mm256_cvtps_pd(_mm256_castps256_ps128(x)); }
  static __m256d upper_doubles(__m256 x) { return _mm256_cvtps_pd(_mm256_extractf128_ps(x, 1)); }

 private:
  static __m256i words(const void* p) {
    return _mm256_cvtepu16_epi32(_mm_loadu_si128(static_cast<const __m128i*>(p)));
  }
  static __m256 upper(__m256i bits) { return _mm256_castsi256_ps(_mm256_slli_epi32(bits, 16)); }
  /// half to float without F16C: the exponent is put right by a product with 2^112, which also
  /// makes subnormals normal; infinities and NaN get the largest exponent.
  static __m256 widen(__m256i bits) {
    const __m256i magnitude = _mm256_and_si256(bits, _mm256_set1_epi32(0x7fff));
    const __m256i sign = _mm256_slli_epi32(_mm256_xor_si256(bits, magnitude), 16);
    const __m256 number = _mm256_mul_ps(_mm256_castsi256_ps(_mm256_slli_epi32(magnitude, 13)),
                                        _mm256_set1_ps(0x1p112F));
    const __m256i special = _mm256_and_si256(
        _mm256_cmpgt_epi32(magnitude, _mm256_set1_epi32(0x7bff)), _mm256_set1_epi32(0x7f800000));
    return _mm256_or_ps(number, _mm256_castsi256_ps(_mm256_or_si256(sign, special)));
  }
  static __m256 scaled(__m256 x, __m256d factor) {
    const __m128 a = _mm256_cvtpd_ps(_mm256_mul_pd(lower_doubles(x), factor));
    const __m128 b = _mm256_cvtpd_ps(_mm256_mul_pd(upper_doubles(x), factor));
    return _mm256_insertf128_ps(_mm256_castps128_ps256(a), b, 1);
  }
};

struct row_squares {
  __m256d sums[4];

  static row_squares zero() {
    const __m256d none = _mm256_setzero_pd();
    return {{none, none, none, none}};
  }
  void add(const row_lanes& x) {
    const __m256d wide[4] = {row_lanes::lower_doubles(x.low), row_lanes::upper_doubles(x.low),
                             row_lanes::lower_doubles(x.high), row_lanes::upper_doubles(x.high)};
    KERNELS_UNROLL_BY(4)
    for (int k = 0; k < 4; ++k) sums[k] = _mm256_fmadd_pd(wide[k], wide[k], sums[k]);
  }
  [[nodiscard]] double join() const {
    double all[math::kDotLanes];
    for (int k = 0; k < 4; ++k) _mm256_storeu_pd(all + 4 * k, sums[k]);
    return math::join_lanes(all);
  }
};

}  // namespace kernels::inline KERNELS_ABI::cpu::rows_avx2
KERNELS_TARGET_END

KERNELS_TARGET_BEGIN("avx512f,avx512bw,avx512vl,avx512dq,avx512vbmi,avx2,fma")
namespace kernels::inline KERNELS_ABI::cpu::rows_avx512 {

struct row_lanes {
  __m512 v;

  static row_lanes load(const float* p) { return {_mm512_loadu_ps(p)}; }
  static row_lanes load(const bfloat16* p) {
    return {_mm512_castsi512_ps(_mm512_slli_epi32(_mm512_cvtepu16_epi32(words(p)), 16))};
  }
  static row_lanes load(const half* p) { return {_mm512_cvtph_ps(words(p))}; }
  [[nodiscard]] row_lanes scaled(double by) const {
    const __m512d factor = _mm512_set1_pd(by);
    const __m256 a = _mm512_cvtpd_ps(_mm512_mul_pd(lower_doubles(), factor));
    const __m256 b = _mm512_cvtpd_ps(_mm512_mul_pd(upper_doubles(), factor));
    return {_mm512_insertf32x8(_mm512_castps256_ps512(a), b, 1)};
  }
  void store(float* p) const { _mm512_storeu_ps(p, v); }
  void store(half* p) const {
    put(p, _mm512_cvtps_ph(v, _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC));
  }
  void store(bfloat16* p) const {
    const __m512i bits = _mm512_castps_si512(v);
    const __m512i odd = _mm512_and_si512(_mm512_srli_epi32(bits, 16), _mm512_set1_epi32(1));
    const __m512i rounded =
        _mm512_add_epi32(_mm512_add_epi32(bits, _mm512_set1_epi32(0x7fff)), odd);
    put(p, _mm512_cvtepi32_epi16(_mm512_srli_epi32(rounded, 16)));
  }

  [[nodiscard]] __m512d lower_doubles() const { return _mm512_cvtps_pd(_mm512_castps512_ps256(v)); }
  [[nodiscard]] __m512d upper_doubles() const {
    return _mm512_cvtps_pd(_mm512_extractf32x8_ps(v, 1));
  }

 private:
  static __m256i words(const void* p) { return _mm256_loadu_si256(static_cast<const __m256i*>(p)); }
  static void put(void* p, __m256i v) { _mm256_storeu_si256(static_cast<__m256i*>(p), v); }
};

struct row_squares {
  __m512d low, high;

  static row_squares zero() { return {_mm512_setzero_pd(), _mm512_setzero_pd()}; }
  void add(const row_lanes& x) {
    const __m512d a = x.lower_doubles(), b = x.upper_doubles();
    low = _mm512_fmadd_pd(a, a, low);
    high = _mm512_fmadd_pd(b, b, high);
  }
  [[nodiscard]] double join() const {
    double all[math::kDotLanes];
    _mm512_storeu_pd(all, low);
    _mm512_storeu_pd(all + 8, high);
    return math::join_lanes(all);
  }
};

}  // namespace kernels::inline KERNELS_ABI::cpu::rows_avx512
KERNELS_TARGET_END

#endif
