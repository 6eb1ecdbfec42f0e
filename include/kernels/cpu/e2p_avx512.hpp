// e2p's row loops with AVX-512 (F, BW, VL, DQ, VBMI): 16 pixels at a time.
#pragma once

#include <kernels/cpu/e2p_rows.hpp>

#if KERNELS_X86
KERNELS_TARGET_BEGIN("avx512f,avx512bw,avx512vl,avx512dq,avx512vbmi,avx2,fma")

namespace kernels::inline KERNELS_ABI::cpu::avx512 {

struct lanes {
  static constexpr std::int32_t kWidth = 16;
  using floats = __m512;
  using ints = __m512i;
  using mask = __mmask16;

  static floats set(float a) { return _mm512_set1_ps(a); }
  static ints set(std::int32_t a) { return _mm512_set1_epi32(a); }
  static ints load(const void* p) { return _mm512_loadu_si512(p); }
  static void store(void* p, ints a) { _mm512_storeu_si512(p, a); }
  static floats fma(floats a, floats b, floats c) { return _mm512_fmadd_ps(a, b, c); }
  static floats mul(floats a, floats b) { return _mm512_mul_ps(a, b); }
  static floats div(floats a, floats b) { return _mm512_div_ps(a, b); }
  static floats sqrt(floats a) { return _mm512_sqrt_ps(a); }
  static floats min(floats a, floats b) { return _mm512_min_ps(a, b); }
  static floats max(floats a, floats b) { return _mm512_max_ps(a, b); }
  static floats abs(floats a) { return _mm512_abs_ps(a); }
  static mask less(floats a, floats b) { return _mm512_cmp_ps_mask(a, b, _CMP_LT_OQ); }
  static floats zero_unless(mask m, floats a) { return _mm512_maskz_mov_ps(m, a); }
  static ints select(mask m, ints a, ints b) { return _mm512_mask_blend_epi32(m, b, a); }
  static ints add(ints a, ints b) { return _mm512_add_epi32(a, b); }
  static ints sub(ints a, ints b) { return _mm512_sub_epi32(a, b); }
  static ints truncate(floats a) { return _mm512_cvttps_epi32(a); }
  template <int Bits>
  static ints shift_right(ints a) {
    return _mm512_srai_epi32(a, Bits);
  }

  /// Bits of the lanes with a < 0 or a >= end.
  static std::uint32_t outside(ints a, ints end) { return _mm512_cmpge_epu32_mask(a, end); }

  /// (angle·size + half) >> Shift, for unsigned 32-bit angles.
  template <int Shift>
  static ints scale(ints angle, std::uint32_t size) {
    const ints by = _mm512_set1_epi64(size);
    const ints half = _mm512_set1_epi64(std::int64_t{1} << (Shift - 1));
    const ints even = _mm512_srli_epi64(_mm512_add_epi64(_mm512_mul_epu32(angle, by), half), Shift);
    const ints odd = _mm512_srli_epi64(
        _mm512_add_epi64(_mm512_mul_epu32(_mm512_srli_epi64(angle, 32), by), half), Shift);
    return _mm512_or_si512(even, _mm512_slli_epi64(odd, 32));
  }

  /// Offsets (v >> 11)·row_stride + (u >> 11)·Channels; row_stride < 2^32.
  template <int Channels>
  static void store_places(std::int64_t* places, ints u, ints v, std::int64_t row_stride) {
    const ints stride = _mm512_set1_epi64(row_stride);
    const ints column = _mm512_mullo_epi32(_mm512_srli_epi32(u, math::kE2pFractionBits),
                                           _mm512_set1_epi32(Channels));
    const ints row = _mm512_srli_epi32(v, math::kE2pFractionBits);
    const ints low_row = _mm512_cvtepu32_epi64(_mm512_castsi512_si256(row));
    const ints high_row = _mm512_cvtepu32_epi64(_mm512_extracti64x4_epi64(row, 1));
    const ints low_column = _mm512_cvtepu32_epi64(_mm512_castsi512_si256(column));
    const ints high_column = _mm512_cvtepu32_epi64(_mm512_extracti64x4_epi64(column, 1));
    store(places, _mm512_add_epi64(_mm512_mul_epu32(low_row, stride), low_column));
    store(places + 8, _mm512_add_epi64(_mm512_mul_epu32(high_row, stride), high_column));
  }

  /// One component of 16 neighbouring rays.
  struct ray {
    ints low, high, step;
  };
  static ray start(std::int64_t first, std::int64_t per_column) {
    const ints odd = _mm512_set_epi64(15, 13, 11, 9, 7, 5, 3, 1);
    const ints base = _mm512_set1_epi64(first);
    const ints low = _mm512_add_epi64(base, _mm512_mullo_epi64(odd, _mm512_set1_epi64(per_column)));
    const ints half_step = _mm512_set1_epi64(16 * per_column);
    return {low, _mm512_add_epi64(low, half_step), _mm512_add_epi64(half_step, half_step)};
  }
  /// exact::to_float of the 16 rays; moves on to the next 16.
  static floats next(ray& r) {
    const ints evens = _mm512_set_epi32(30, 28, 26, 24, 22, 20, 18, 16, 14, 12, 10, 8, 6, 4, 2, 0);
    const ints odds = _mm512_set_epi32(31, 29, 27, 25, 23, 21, 19, 17, 15, 13, 11, 9, 7, 5, 3, 1);
    const ints round = _mm512_set1_epi64(2147483648LL);
    const ints low = _mm512_permutex2var_epi32(r.low, evens, r.high);
    const ints high = _mm512_permutex2var_epi32(_mm512_add_epi64(r.low, round), odds,
                                                _mm512_add_epi64(r.high, round));
    r.low = _mm512_add_epi64(r.low, r.step);
    r.high = _mm512_add_epi64(r.high, r.step);
    return fma(_mm512_cvtepi32_ps(high), set(4294967296.0F), _mm512_cvtepi32_ps(low));
  }
};

/// Weights of 16 pixels: 2048 − fx and fx as two 16-bit numbers, fy as one of 32 bits.
struct weights {
  __m512i x, y;
  weights(const std::uint32_t* u, const std::uint32_t* v) {
    const __m512i fraction = _mm512_set1_epi32(math::kE2pOne - 1);
    const __m512i fx = _mm512_and_si512(lanes::load(u), fraction);
    x = _mm512_or_si512(_mm512_sub_epi32(_mm512_set1_epi32(math::kE2pOne), fx),
                        _mm512_slli_epi32(fx, 16));
    y = _mm512_and_si512(lanes::load(v), fraction);
  }
};

/// math::e2p_bilinear of 16 values: upper and lower hold the left and right tap as 16-bit numbers.
inline __m512i mix(__m512i upper, __m512i lower, __m512i x, __m512i y) {
  const __m512i top = _mm512_madd_epi16(upper, x);
  const __m512i bottom = _mm512_madd_epi16(lower, x);
  const __m512i rounded =
      _mm512_add_epi32(_mm512_slli_epi32(top, math::kE2pFractionBits), _mm512_set1_epi32(1 << 21));
  return _mm512_srli_epi32(
      _mm512_add_epi32(rounded, _mm512_mullo_epi32(_mm512_sub_epi32(bottom, top), y)), 22);
}

template <int Channels>
struct block {  // RGB and RGBA: a 128-bit lane a pixel, a 32-bit number a channel
  static constexpr std::int64_t kPixels = 16;
  static void blend(const std::uint8_t* taps, const std::uint32_t* u, const std::uint32_t* v,
                    std::uint8_t* out, bool /*room*/) {
    const weights w(u, v);
    const __m512i upper_pairs = pairs(0);
    const __m512i lower_pairs = pairs(8);
    __m512i quad[4];  // pixels 4k … 4k+3
    KERNELS_UNROLL_BY(4)
    for (int k = 0; k < 4; ++k) {
      const __m512i pixels = _mm512_load_si512(taps + 64 * k);
      const __m512i which =
          _mm512_add_epi32(_mm512_set_epi32(3, 3, 3, 3, 2, 2, 2, 2, 1, 1, 1, 1, 0, 0, 0, 0),
                           _mm512_set1_epi32(4 * k));
      quad[k] =
          mix(_mm512_shuffle_epi8(pixels, upper_pairs), _mm512_shuffle_epi8(pixels, lower_pairs),
              _mm512_permutexvar_epi32(which, w.x), _mm512_permutexvar_epi32(which, w.y));
    }
    // lane l, number q: pixel 4q + l
    const __m512i bytes = _mm512_packus_epi16(_mm512_packs_epi32(quad[0], quad[1]),
                                              _mm512_packs_epi32(quad[2], quad[3]));
    alignas(64) static constexpr auto kOrder = [] {
      std::array<std::uint8_t, 64> order{};
      for (int b = 0; b < 16 * Channels; ++b) {
        const int pixel = b / Channels;
        order[static_cast<std::size_t>(b)] =
            static_cast<std::uint8_t>(pixel % 4 * 16 + pixel / 4 * 4 + b % Channels);
      }
      return order;
    }();
    constexpr __mmask64 kBytes = ~__mmask64{0} >> (64 - 16 * Channels);
    _mm512_mask_storeu_epi8(out, kBytes,
                            _mm512_permutexvar_epi8(_mm512_load_si512(kOrder.data()), bytes));
  }

  /// Shuffle that pairs left and right tap, channel by channel, from one row's 8 bytes.
  static __m512i pairs(int first) {
    const auto pair = [&](int c) {
      return c < Channels
                 ? static_cast<int>(0x80008000U) | (first + c) | (first + c + Channels) << 16
                 : static_cast<int>(0x80808080U);
    };
    return _mm512_broadcast_i32x4(_mm_set_epi32(pair(3), pair(2), pair(1), pair(0)));
  }
};

template <>
struct block<1> {  // grey: a 32-bit number a pixel
  static constexpr std::int64_t kPixels = 16;
  static void blend(const std::uint8_t* taps, const std::uint32_t* u, const std::uint32_t* v,
                    std::uint8_t* out, bool /*room*/) {
    const weights w(u, v);
    const __m512i pixels = _mm512_load_si512(taps);
    const __m512i low_bytes = _mm512_set1_epi32(0x00ff00ff);
    // bytes: upper left, upper right, lower left, lower right
    const __m512i left = _mm512_and_si512(pixels, low_bytes);
    const __m512i right = _mm512_and_si512(_mm512_srli_epi32(pixels, 8), low_bytes);
    const __m512i upper = _mm512_mask_blend_epi16(0xaaaaaaaaU, left, _mm512_slli_epi32(right, 16));
    const __m512i lower = _mm512_mask_blend_epi16(0xaaaaaaaaU, _mm512_srli_epi32(left, 16), right);
    _mm_storeu_si128(reinterpret_cast<__m128i*>(out),
                     _mm512_cvtepi32_epi8(mix(upper, lower, w.x, w.y)));
  }
};

#include <kernels/cpu/e2p_lanes.inl>

inline constexpr e2p_loops kE2pLoops = {
    &locate, {nullptr, &bilinear<1>, nullptr, &bilinear<3>, &bilinear<4>}};

}  // namespace kernels::inline KERNELS_ABI::cpu::avx512

KERNELS_TARGET_END
#endif
