// The inner loops of preprocess for each instruction set: across a row of a frame, and down from
// two such rows to normalised values.
#pragma once

#include <kernels/cpu/isa.hpp>
#include <kernels/math/preprocess.hpp>

#include <cstring>

namespace kernels::inline KERNELS_ABI::cpu {

/// Columns of a content: where the left tap starts in a row, in bytes, and both weights as 16-bit
/// numbers (left in the lower half). Six bytes are read from there on; eight may be, by the first
/// `long_reads` columns.
struct preprocess_columns {
  const std::int32_t* offset;
  const std::uint32_t* weights;
  std::int64_t count, long_reads;
};

/// Three rows of sums, one a channel, `stride` apart.
struct preprocess_sums {
  std::int32_t* data;
  std::int64_t stride;
};

template <class Out>
struct preprocess_loops {
  void (*across)(const std::uint8_t* row, const preprocess_columns&, const preprocess_sums&);
  void (*down)(const std::int32_t* upper, const std::int32_t* lower, std::int32_t fraction,
               float scale, float offset, std::int64_t count, Out* out);
};

namespace portable {

inline void across_from(const std::uint8_t* row, const preprocess_columns& columns,
                        const preprocess_sums& sums, std::int64_t first) {
  for (std::int64_t i = first; i < columns.count; ++i) {
    const std::uint8_t* p = row + columns.offset[i];
    const auto left = static_cast<std::int32_t>(columns.weights[i] & 0xffffU);
    const auto right = static_cast<std::int32_t>(columns.weights[i] >> 16);
    sums.data[i] = p[0] * left + p[3] * right;
    sums.data[sums.stride + i] = p[1] * left + p[4] * right;
    sums.data[2 * sums.stride + i] = p[2] * left + p[5] * right;
  }
}
inline void across(const std::uint8_t* row, const preprocess_columns& columns,
                   const preprocess_sums& sums) {
  across_from(row, columns, sums, 0);
}

template <class Out>
void down_from(const std::int32_t* upper, const std::int32_t* lower, std::int32_t fraction,
               float scale, float offset, std::int64_t first, std::int64_t count, Out* out) {
  for (std::int64_t i = first; i < count; ++i) {
    out[i] = math::preprocess_value<Out>(math::preprocess_mix(upper[i], lower[i], fraction), scale,
                                         offset);
  }
}
template <class Out>
void down(const std::int32_t* upper, const std::int32_t* lower, std::int32_t fraction, float scale,
          float offset, std::int64_t count, Out* out) {
  down_from(upper, lower, fraction, scale, offset, 0, count, out);
}

}  // namespace portable

/// Eight bytes at each of `count` places of a row, side by side.
inline void preprocess_taps(const std::uint8_t* row, const std::int32_t* offset, std::int64_t count,
                            std::uint64_t* taps) {
  for (std::int64_t k = 0; k < count; ++k) std::memcpy(taps + k, row + offset[k], 8);
}
inline constexpr std::int64_t kPreprocessTaps = 128;

/// Which of 128 bytes of taps, 8 a pixel, are both taps of a channel, as 16-bit numbers.
struct preprocess_pick {
  alignas(64) std::uint8_t order[3][64];
  constexpr preprocess_pick() : order{} {
    for (int c = 0; c < 3; ++c) {
      for (int k = 0; k < 64; ++k) {
        order[c][k] = static_cast<std::uint8_t>(8 * (k / 4) + c + (k % 4 == 2 ? 3 : 0));
      }
    }
  }
};
inline constexpr preprocess_pick kPreprocessPick;

}  // namespace kernels::inline KERNELS_ABI::cpu

#if KERNELS_X86

KERNELS_TARGET_BEGIN("avx2,fma")
namespace kernels::inline KERNELS_ABI::cpu::avx2 {

/// Shuffle that brings both taps of channel c, as 16-bit numbers, of a lane's two pixels into its
/// lower or upper half.
inline __m256i pick_taps(int c, bool upper) {
  const int first = static_cast<int>(0x80008000U) | c | (c + 3) << 16;
  const int second = static_cast<int>(0x80008000U) | (8 + c) | (11 + c) << 16;
  constexpr int kNothing = static_cast<int>(0x80808080U);
  return upper ? _mm256_setr_epi32(kNothing, kNothing, first, second, kNothing, kNothing, first,
                                   second)
               : _mm256_setr_epi32(first, second, kNothing, kNothing, first, second, kNothing,
                                   kNothing);
}

inline void across(const std::uint8_t* row, const preprocess_columns& columns,
                   const preprocess_sums& sums) {
  alignas(32) std::uint64_t taps[kPreprocessTaps];
  const __m256i lower[3] = {pick_taps(0, false), pick_taps(1, false), pick_taps(2, false)};
  const __m256i upper[3] = {pick_taps(0, true), pick_taps(1, true), pick_taps(2, true)};
  std::int64_t done = 0;
  while (columns.long_reads - done >= 8) {
    const std::int64_t room = columns.long_reads - done;
    const std::int64_t count = (room < kPreprocessTaps ? room : kPreprocessTaps) / 8 * 8;
    preprocess_taps(row, columns.offset + done, count, taps);
    for (std::int64_t k = 0; k < count; k += 8) {
      const auto* at = reinterpret_cast<const __m256i*>(taps + k);
      const __m256i first = _mm256_load_si256(at);       // pixels 0 1, 2 3
      const __m256i second = _mm256_load_si256(at + 1);  // pixels 4 5, 6 7
      const __m256i weights =
          _mm256_loadu_si256(reinterpret_cast<const __m256i*>(columns.weights + done + k));
      KERNELS_UNROLL_BY(3)
      for (int c = 0; c < 3; ++c) {
        const __m256i mixed = _mm256_or_si256(_mm256_shuffle_epi8(first, lower[c]),
                                              _mm256_shuffle_epi8(second, upper[c]));
        const __m256i pairs = _mm256_permute4x64_epi64(mixed, _MM_SHUFFLE(3, 1, 2, 0));
        _mm256_storeu_si256(reinterpret_cast<__m256i*>(sums.data + c * sums.stride + done + k),
                            _mm256_madd_epi16(pairs, weights));
      }
    }
    done += count;
  }
  portable::across_from(row, columns, sums, done);
}

/// math::to_half of 8 values, as 32-bit numbers.
inline __m256i half_bits(__m256 x) {
  const __m256i given = _mm256_castps_si256(x);
  const __m256i sign = _mm256_and_si256(given, _mm256_set1_epi32(static_cast<int>(0x80000000U)));
  const __m256i u = _mm256_xor_si256(given, sign);
  const __m256i one_half = _mm256_set1_epi32(0x3f000000);
  const __m256i subnormal = _mm256_sub_epi32(
      _mm256_castps_si256(_mm256_add_ps(_mm256_castsi256_ps(u), _mm256_castsi256_ps(one_half))),
      one_half);
  const __m256i odd = _mm256_and_si256(_mm256_srli_epi32(u, 13), _mm256_set1_epi32(1));
  const __m256i normal =
      _mm256_srli_epi32(_mm256_add_epi32(_mm256_add_epi32(u, odd),
                                         _mm256_set1_epi32(static_cast<int>(0xc8000000U + 0xfffU))),
                        13);
  const __m256i large = _mm256_blendv_epi8(_mm256_set1_epi32(0x7c00), _mm256_set1_epi32(0x7e00),
                                           _mm256_cmpgt_epi32(u, _mm256_set1_epi32(0x7f800000)));
  __m256i h =
      _mm256_blendv_epi8(normal, subnormal, _mm256_cmpgt_epi32(_mm256_set1_epi32(0x38800000), u));
  h = _mm256_blendv_epi8(h, large, _mm256_cmpgt_epi32(u, _mm256_set1_epi32(0x477fffff)));
  return _mm256_or_si256(h, _mm256_srli_epi32(sign, 16));
}

template <class Out>
void down(const std::int32_t* upper, const std::int32_t* lower, std::int32_t fraction, float scale,
          float offset, std::int64_t count, Out* out) {
  const __m256i below = _mm256_set1_epi32(fraction);
  const __m256i above = _mm256_set1_epi32(math::kPreprocessOne - fraction);
  std::int64_t i = 0;
  for (; i + 8 <= count; i += 8) {
    const __m256i a = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(upper + i));
    const __m256i b = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(lower + i));
    const __m256i sum =
        _mm256_add_epi32(_mm256_mullo_epi32(a, above), _mm256_mullo_epi32(b, below));
    const __m256 v =
        _mm256_fmadd_ps(_mm256_cvtepi32_ps(sum), _mm256_set1_ps(scale), _mm256_set1_ps(offset));
    if constexpr (sizeof(Out) == 2) {
      const __m256i bits = half_bits(v);
      _mm_storeu_si128(
          reinterpret_cast<__m128i*>(out + i),
          _mm_packus_epi32(_mm256_castsi256_si128(bits), _mm256_extracti128_si256(bits, 1)));
    } else {
      _mm256_storeu_ps(out + i, v);
    }
  }
  portable::down_from(upper, lower, fraction, scale, offset, i, count, out);
}

}  // namespace kernels::inline KERNELS_ABI::cpu::avx2
KERNELS_TARGET_END

KERNELS_TARGET_BEGIN("avx512f,avx512bw,avx512vl,avx512dq,avx512vbmi,avx2,fma")
namespace kernels::inline KERNELS_ABI::cpu::avx512 {

inline void across(const std::uint8_t* row, const preprocess_columns& columns,
                   const preprocess_sums& sums) {
  alignas(64) std::uint64_t taps[kPreprocessTaps];
  constexpr __mmask64 kEven = 0x5555555555555555U;  // a tap is a byte of a 16-bit number
  const __m512i pick[3] = {_mm512_load_si512(kPreprocessPick.order[0]),
                           _mm512_load_si512(kPreprocessPick.order[1]),
                           _mm512_load_si512(kPreprocessPick.order[2])};
  std::int64_t done = 0;
  while (columns.long_reads - done >= 16) {
    const std::int64_t room = columns.long_reads - done;
    const std::int64_t count = (room < kPreprocessTaps ? room : kPreprocessTaps) / 16 * 16;
    preprocess_taps(row, columns.offset + done, count, taps);
    for (std::int64_t k = 0; k < count; k += 16) {
      const __m512i first = _mm512_load_si512(taps + k);
      const __m512i second = _mm512_load_si512(taps + k + 8);
      const __m512i weights = _mm512_loadu_si512(columns.weights + done + k);
      KERNELS_UNROLL_BY(3)
      for (int c = 0; c < 3; ++c) {
        const __m512i pairs = _mm512_maskz_permutex2var_epi8(kEven, first, pick[c], second);
        _mm512_storeu_si512(sums.data + c * sums.stride + done + k,
                            _mm512_madd_epi16(pairs, weights));
      }
    }
    done += count;
  }
  portable::across_from(row, columns, sums, done);
}

template <class Out>
void down(const std::int32_t* upper, const std::int32_t* lower, std::int32_t fraction, float scale,
          float offset, std::int64_t count, Out* out) {
  const __m512i below = _mm512_set1_epi32(fraction);
  const __m512i above = _mm512_set1_epi32(math::kPreprocessOne - fraction);
  for (std::int64_t i = 0; i < count; i += 16) {
    const auto lanes = static_cast<__mmask16>(count - i >= 16 ? 0xffff : (1 << (count - i)) - 1);
    const __m512i a = _mm512_maskz_loadu_epi32(lanes, upper + i);
    const __m512i b = _mm512_maskz_loadu_epi32(lanes, lower + i);
    const __m512i sum =
        _mm512_add_epi32(_mm512_mullo_epi32(a, above), _mm512_mullo_epi32(b, below));
    const __m512 v = _mm512_fmadd_ps(_mm512_maskz_cvtepi32_ps(lanes, sum), _mm512_set1_ps(scale),
                                     _mm512_set1_ps(offset));
    if constexpr (sizeof(Out) == 2) {
      _mm256_mask_storeu_epi16(out + i, lanes,
                               _mm512_maskz_cvtps_ph(lanes, v, _MM_FROUND_TO_NEAREST_INT));
    } else {
      _mm512_mask_storeu_ps(out + i, lanes, v);
    }
  }
}

}  // namespace kernels::inline KERNELS_ABI::cpu::avx512
KERNELS_TARGET_END

#endif

namespace kernels::inline KERNELS_ABI::cpu {

template <class Out>
preprocess_loops<Out> choose_preprocess(instruction_set isa) {
#if KERNELS_X86
  if (isa == instruction_set::avx512) return {&avx512::across, &avx512::down<Out>};
  if (isa == instruction_set::avx2) return {&avx2::across, &avx2::down<Out>};
#endif
  static_cast<void>(isa);
  return {&portable::across, &portable::down<Out>};
}

}  // namespace kernels::inline KERNELS_ABI::cpu
