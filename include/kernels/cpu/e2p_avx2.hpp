// e2p's row loops with AVX2 and FMA: 8 pixels at a time.
#pragma once

#include <kernels/cpu/e2p_rows.hpp>

#if KERNELS_X86
KERNELS_TARGET_BEGIN("avx2,fma")

namespace kernels::inline KERNELS_ABI::cpu::avx2 {

struct lanes {
  static constexpr std::int32_t kWidth = 8;
  using floats = __m256;
  using ints = __m256i;
  using mask = __m256;

  static floats set(float a) { return _mm256_set1_ps(a); }
  static ints set(std::int32_t a) { return _mm256_set1_epi32(a); }
  static ints load(const void* p) { return _mm256_loadu_si256(static_cast<const __m256i*>(p)); }
  static void store(void* p, ints a) { _mm256_storeu_si256(static_cast<__m256i*>(p), a); }
  static floats fma(floats a, floats b, floats c) { return _mm256_fmadd_ps(a, b, c); }
  static floats mul(floats a, floats b) { return _mm256_mul_ps(a, b); }
  static floats div(floats a, floats b) { return _mm256_div_ps(a, b); }
  static floats sqrt(floats a) { return _mm256_sqrt_ps(a); }
  static floats min(floats a, floats b) { return _mm256_min_ps(a, b); }
  static floats max(floats a, floats b) { return _mm256_max_ps(a, b); }
  static floats abs(floats a) { return _mm256_andnot_ps(set(-0.0F), a); }
  static mask less(floats a, floats b) { return _mm256_cmp_ps(a, b, _CMP_LT_OQ); }
  static floats zero_unless(mask m, floats a) { return _mm256_and_ps(m, a); }
  static ints select(mask m, ints a, ints b) {
    return _mm256_blendv_epi8(b, a, _mm256_castps_si256(m));
  }
  static ints add(ints a, ints b) { return _mm256_add_epi32(a, b); }
  static ints sub(ints a, ints b) { return _mm256_sub_epi32(a, b); }
  static ints truncate(floats a) { return _mm256_cvttps_epi32(a); }
  template <int Bits>
  static ints shift_right(ints a) {
    return _mm256_srai_epi32(a, Bits);
  }

  /// Bits of the lanes with a < 0 or a >= end.
  static std::uint32_t outside(ints a, ints end) {
    const ints inside =
        _mm256_andnot_si256(_mm256_cmpgt_epi32(set(0), a), _mm256_cmpgt_epi32(end, a));
    return 0xffU & ~static_cast<std::uint32_t>(_mm256_movemask_ps(_mm256_castsi256_ps(inside)));
  }

  /// (angle·size + half) >> Shift, for unsigned 32-bit angles.
  template <int Shift>
  static ints scale(ints angle, std::uint32_t size) {
    const ints by = _mm256_set1_epi64x(size);
    const ints half = _mm256_set1_epi64x(std::int64_t{1} << (Shift - 1));
    const ints even = _mm256_srli_epi64(_mm256_add_epi64(_mm256_mul_epu32(angle, by), half), Shift);
    const ints odd = _mm256_srli_epi64(
        _mm256_add_epi64(_mm256_mul_epu32(_mm256_srli_epi64(angle, 32), by), half), Shift);
    return _mm256_or_si256(even, _mm256_slli_epi64(odd, 32));
  }

  /// Offsets (v >> 11)·row_stride + (u >> 11)·Channels; row_stride < 2^32.
  template <int Channels>
  static void store_places(std::int64_t* places, ints u, ints v, std::int64_t row_stride) {
    const ints stride = _mm256_set1_epi64x(row_stride);
    const ints column = _mm256_mullo_epi32(_mm256_srli_epi32(u, math::kE2pFractionBits),
                                           _mm256_set1_epi32(Channels));
    const ints row = _mm256_srli_epi32(v, math::kE2pFractionBits);
    const ints low_row = _mm256_cvtepu32_epi64(_mm256_castsi256_si128(row));
    const ints high_row = _mm256_cvtepu32_epi64(_mm256_extracti128_si256(row, 1));
    const ints low_column = _mm256_cvtepu32_epi64(_mm256_castsi256_si128(column));
    const ints high_column = _mm256_cvtepu32_epi64(_mm256_extracti128_si256(column, 1));
    store(places, _mm256_add_epi64(_mm256_mul_epu32(low_row, stride), low_column));
    store(places + 4, _mm256_add_epi64(_mm256_mul_epu32(high_row, stride), high_column));
  }

  /// One component of 8 neighbouring rays, in the order 0 1 4 5 and 2 3 6 7 that the 32-bit
  /// shuffle of next() puts right.
  struct ray {
    ints low, high, step;
  };
  static ray start(std::int64_t first, std::int64_t per_column) {
    const auto at = [&](std::int64_t k) { return first + (2 * k + 1) * per_column; };
    return {_mm256_set_epi64x(at(5), at(4), at(1), at(0)),
            _mm256_set_epi64x(at(7), at(6), at(3), at(2)), _mm256_set1_epi64x(16 * per_column)};
  }
  template <int Which>
  static ints pick(ints a, ints b) {
    return _mm256_castps_si256(
        _mm256_shuffle_ps(_mm256_castsi256_ps(a), _mm256_castsi256_ps(b), Which));
  }
  /// exact::to_float of the 8 rays; moves on to the next 8.
  static floats next(ray& r) {
    const ints round = _mm256_set1_epi64x(2147483648LL);
    const ints low = pick<_MM_SHUFFLE(2, 0, 2, 0)>(r.low, r.high);
    const ints high = pick<_MM_SHUFFLE(3, 1, 3, 1)>(_mm256_add_epi64(r.low, round),
                                                    _mm256_add_epi64(r.high, round));
    r.low = _mm256_add_epi64(r.low, r.step);
    r.high = _mm256_add_epi64(r.high, r.step);
    return fma(_mm256_cvtepi32_ps(high), set(4294967296.0F), _mm256_cvtepi32_ps(low));
  }
};

/// Weights of 8 pixels: 2048 − fx and fx as two 16-bit numbers, fy as one of 32 bits.
struct weights {
  __m256i x, y;
  weights(const std::uint32_t* u, const std::uint32_t* v) {
    const __m256i fraction = _mm256_set1_epi32(math::kE2pOne - 1);
    const __m256i fx = _mm256_and_si256(lanes::load(u), fraction);
    x = _mm256_or_si256(_mm256_sub_epi32(_mm256_set1_epi32(math::kE2pOne), fx),
                        _mm256_slli_epi32(fx, 16));
    y = _mm256_and_si256(lanes::load(v), fraction);
  }
};

/// math::e2p_bilinear of 8 values: upper and lower hold the left and right tap as 16-bit numbers.
inline __m256i mix(__m256i upper, __m256i lower, __m256i x, __m256i y) {
  const __m256i top = _mm256_madd_epi16(upper, x);
  const __m256i bottom = _mm256_madd_epi16(lower, x);
  const __m256i rounded =
      _mm256_add_epi32(_mm256_slli_epi32(top, math::kE2pFractionBits), _mm256_set1_epi32(1 << 21));
  return _mm256_srli_epi32(
      _mm256_add_epi32(rounded, _mm256_mullo_epi32(_mm256_sub_epi32(bottom, top), y)), 22);
}

template <int Channels>
struct block {  // RGB and RGBA: a 128-bit lane a pixel, a 32-bit number a channel
  static constexpr std::int64_t kPixels = 8;
  static void blend(const std::uint8_t* taps, const std::uint32_t* u, const std::uint32_t* v,
                    std::uint8_t* out, bool room) {
    const weights w(u, v);
    const __m256i upper_pairs = pairs(0);
    const __m256i lower_pairs = pairs(8);
    __m256i pair[4];  // pixels 2k, 2k+1
    KERNELS_UNROLL_BY(4)
    for (int k = 0; k < 4; ++k) {
      const __m256i pixels = _mm256_load_si256(reinterpret_cast<const __m256i*>(taps) + k);
      const __m256i which =
          _mm256_add_epi32(_mm256_set_epi32(1, 1, 1, 1, 0, 0, 0, 0), _mm256_set1_epi32(2 * k));
      pair[k] =
          mix(_mm256_shuffle_epi8(pixels, upper_pairs), _mm256_shuffle_epi8(pixels, lower_pairs),
              _mm256_permutevar8x32_epi32(w.x, which), _mm256_permutevar8x32_epi32(w.y, which));
    }
    // lane l, number q: pixel 2q + l; then in order
    __m256i bytes = _mm256_packus_epi16(_mm256_packs_epi32(pair[0], pair[1]),
                                        _mm256_packs_epi32(pair[2], pair[3]));
    bytes = _mm256_permutevar8x32_epi32(bytes, _mm256_set_epi32(7, 3, 6, 2, 5, 1, 4, 0));
    if constexpr (Channels == 4) {
      _mm256_storeu_si256(reinterpret_cast<__m256i*>(out), bytes);
    } else {
      const __m128i squeeze = _mm_set_epi8(-1, -1, -1, -1, 14, 13, 12, 10, 9, 8, 6, 5, 4, 2, 1, 0);
      const __m128i first = _mm_shuffle_epi8(_mm256_castsi256_si128(bytes), squeeze);
      const __m128i second = _mm_shuffle_epi8(_mm256_extracti128_si256(bytes, 1), squeeze);
      _mm_storeu_si128(reinterpret_cast<__m128i*>(out), first);
      if (room) {  // 4 bytes too many, which the next block overwrites
        _mm_storeu_si128(reinterpret_cast<__m128i*>(out + 12), second);
      } else {
        alignas(16) std::uint8_t end[16];
        _mm_store_si128(reinterpret_cast<__m128i*>(end), second);
        std::memcpy(out + 12, end, 12);
      }
    }
  }

  /// Shuffle that pairs left and right tap, channel by channel, from one row's 8 bytes.
  static __m256i pairs(int first) {
    const auto pair = [&](int c) {
      return c < Channels
                 ? static_cast<int>(0x80008000U) | (first + c) | (first + c + Channels) << 16
                 : static_cast<int>(0x80808080U);
    };
    return _mm256_broadcastsi128_si256(_mm_set_epi32(pair(3), pair(2), pair(1), pair(0)));
  }
};

template <>
struct block<1> {  // grey: a 32-bit number a pixel
  static constexpr std::int64_t kPixels = 8;
  static void blend(const std::uint8_t* taps, const std::uint32_t* u, const std::uint32_t* v,
                    std::uint8_t* out, bool /*room*/) {
    const weights w(u, v);
    const __m256i pixels = _mm256_load_si256(reinterpret_cast<const __m256i*>(taps));
    const __m256i low_bytes = _mm256_set1_epi32(0x00ff00ff);
    // bytes: upper left, upper right, lower left, lower right
    const __m256i left = _mm256_and_si256(pixels, low_bytes);
    const __m256i right = _mm256_and_si256(_mm256_srli_epi32(pixels, 8), low_bytes);
    const __m256i upper = _mm256_blend_epi16(left, _mm256_slli_epi32(right, 16), 0xaa);
    const __m256i lower = _mm256_blend_epi16(_mm256_srli_epi32(left, 16), right, 0xaa);
    const __m256i mixed = mix(upper, lower, w.x, w.y);
    const __m256i words = _mm256_packs_epi32(mixed, mixed);
    const __m256i bytes = _mm256_packus_epi16(words, words);
    const std::int32_t halves[2] = {_mm256_extract_epi32(bytes, 0), _mm256_extract_epi32(bytes, 4)};
    std::memcpy(out, halves, 8);
  }
};

#include <kernels/cpu/e2p_lanes.inl>

inline constexpr e2p_loops kE2pLoops = {
    &locate, {nullptr, &bilinear<1>, nullptr, &bilinear<3>, &bilinear<4>}};

}  // namespace kernels::inline KERNELS_ABI::cpu::avx2

KERNELS_TARGET_END
#endif
