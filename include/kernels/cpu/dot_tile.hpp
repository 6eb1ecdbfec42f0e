// Tiles of dots and squared distances between packed float32 rows, bit for bit math::dot and
// math::squared_distance: what cosine, search and clustering spend their time in.
#pragma once

#include <kernels/cpu/isa.hpp>
#include <kernels/math/dot.hpp>

#include <cstring>

namespace kernels::inline KERNELS_ABI::cpu {

/// out[i][j] of rows a[i] and b[j]: `dimension` is a multiple of sixteen, and rows are padded to it
/// with zeros. Strides count floats. Rows aligned to 64 bytes are read fastest; no alignment is
/// needed. Best when the rows of a stay in the cache (some tens of rows): b is read once, in groups
/// of eight rows, and each group meets all rows of a. For large matrices see dot_blocks.hpp.
using dot_tile_function = void (*)(const float* a, std::int64_t a_stride, std::int64_t a_rows,
                                   const float* b, std::int64_t b_stride, std::int64_t b_rows,
                                   std::int64_t dimension, float* out, std::int64_t out_stride);

namespace dot_portable {

template <bool Distance>
void dot_tile(const float* a, std::int64_t a_stride, std::int64_t a_rows, const float* b,
              std::int64_t b_stride, std::int64_t b_rows, std::int64_t dimension, float* out,
              std::int64_t out_stride) {
  for (std::int64_t i = 0; i < a_rows; ++i) {
    for (std::int64_t j = 0; j < b_rows; ++j) {
      const float* left = a + i * a_stride;
      const float* right = b + j * b_stride;
      out[i * out_stride + j] = Distance ? math::squared_distance(left, right, dimension)
                                         : math::dot(left, right, dimension);
    }
  }
}

}  // namespace dot_portable
}  // namespace kernels::inline KERNELS_ABI::cpu

#if KERNELS_X86

KERNELS_TARGET_BEGIN("avx2,fma")
namespace kernels::inline KERNELS_ABI::cpu::dot_avx2 {

/// Eight of the sixteen partial sums of one pair.
struct dot_lanes {
  static constexpr int kLanes = 8;
  static constexpr int kColumns = 4;
  static constexpr int kRows = 3;  // with four columns: twelve sums, three rows and one in sixteen
  static constexpr int kDistanceRows = 2;
  __m256 eight;

  /// In a register from here on: g++ would load it again for every fma, and loads are the limit.
  void stay() {
#if !defined(__clang__)
    asm("" : "+x"(eight));
#endif
  }
  static dot_lanes zero() { return {_mm256_setzero_ps()}; }
  static dot_lanes load(const float* p) { return {_mm256_loadu_ps(p)}; }
  static dot_lanes sub(dot_lanes a, dot_lanes b) { return {_mm256_sub_ps(a.eight, b.eight)}; }
  static dot_lanes fma(dot_lanes a, dot_lanes b, dot_lanes c) {
    return {_mm256_fmadd_ps(a.eight, b.eight, c.eight)};
  }
};

/// The sums of the four pairs of row i, joined 8-4-2-1 by transposes.
template <int Passes, int Rows>
[[gnu::always_inline]] inline void dot_join(const dot_lanes (&sums)[Passes][Rows][4], int i,
                                            float* out) {
  __m256 x[4];
  KERNELS_UNROLL_BY(4)
  for (int j = 0; j < 4; ++j) x[j] = _mm256_add_ps(sums[0][i][j].eight, sums[1][i][j].eight);
  // fours of pairs 0 | 2 and 1 | 3
  const __m256 even = _mm256_add_ps(_mm256_permute2f128_ps(x[0], x[2], 0x20),
                                    _mm256_permute2f128_ps(x[0], x[2], 0x31));
  const __m256 odd = _mm256_add_ps(_mm256_permute2f128_ps(x[1], x[3], 0x20),
                                   _mm256_permute2f128_ps(x[1], x[3], 0x31));
  // twos of pairs 0, 1 | 2, 3
  const __m256 twos =
      _mm256_add_ps(_mm256_shuffle_ps(even, odd, 0x44), _mm256_shuffle_ps(even, odd, 0xee));
  const __m128 low = _mm256_castps256_ps128(twos);
  const __m128 high = _mm256_extractf128_ps(twos, 1);
  const __m128 ones = _mm_add_ps(_mm_shuffle_ps(low, high, 0x88), _mm_shuffle_ps(low, high, 0xdd));
  _mm_storeu_ps(out, _mm_add_ps(ones, _mm_setzero_ps()));
}

/// One pair.
template <bool Distance>
float dot_one(const float* a, const float* b, std::int64_t steps) {
  __m256 low = _mm256_setzero_ps();
  __m256 high = _mm256_setzero_ps();
  for (std::int64_t s = 0; s < steps; ++s, a += 16, b += 16) {
    __m256 x = _mm256_loadu_ps(a), y = _mm256_loadu_ps(b);
    __m256 z = _mm256_loadu_ps(a + 8), w = _mm256_loadu_ps(b + 8);
    if constexpr (Distance) {
      x = y = _mm256_sub_ps(x, y);
      z = w = _mm256_sub_ps(z, w);
    }
    low = _mm256_fmadd_ps(x, y, low);
    high = _mm256_fmadd_ps(z, w, high);
  }
  float sums[math::kDotLanes];
  _mm256_storeu_ps(sums, low);
  _mm256_storeu_ps(sums + 8, high);
  return math::join_lanes(sums);
}

#include <kernels/cpu/dot_tile.inl>

}  // namespace kernels::inline KERNELS_ABI::cpu::dot_avx2
KERNELS_TARGET_END

KERNELS_TARGET_BEGIN("avx512f,avx512bw,avx512vl,avx512dq,avx512vbmi,avx2,fma")
namespace kernels::inline KERNELS_ABI::cpu::dot_avx512 {

/// The sixteen partial sums of one pair.
struct dot_lanes {
  static constexpr int kLanes = 16;
  static constexpr int kColumns = 8;
  static constexpr int kRows = 3;  // with eight columns: 24 sums, three rows and one in 32
  static constexpr int kDistanceRows = 3;
  __m512 sixteen;

  /// In a register from here on: g++ would load it again for every fma, and loads are the limit.
  void stay() {
#if !defined(__clang__)
    asm("" : "+v"(sixteen));
#endif
  }
  static dot_lanes zero() { return {_mm512_setzero_ps()}; }
  static dot_lanes load(const float* p) { return {_mm512_loadu_ps(p)}; }
  static dot_lanes sub(dot_lanes a, dot_lanes b) { return {_mm512_sub_ps(a.sixteen, b.sixteen)}; }
  static dot_lanes fma(dot_lanes a, dot_lanes b, dot_lanes c) {
    return {_mm512_fmadd_ps(a.sixteen, b.sixteen, c.sixteen)};
  }
};

/// The sums of the eight pairs of row i, joined 8-4-2-1 by transposes.
template <int Passes, int Rows>
[[gnu::always_inline]] inline void dot_join(const dot_lanes (&sums)[Passes][Rows][8], int i,
                                            float* out) {
  __m256 x[8];
  KERNELS_UNROLL_BY(8)
  for (int j = 0; j < 8; ++j) {
    const __m512 v = sums[0][i][j].sixteen;
    x[j] = _mm256_add_ps(_mm512_castps512_ps256(v), _mm512_extractf32x8_ps(v, 1));
  }
  __m256 fours[4];  // of pairs j | j + 4
  KERNELS_UNROLL_BY(4)
  for (int j = 0; j < 4; ++j) {
    fours[j] = _mm256_add_ps(_mm256_permute2f128_ps(x[j], x[j + 4], 0x20),
                             _mm256_permute2f128_ps(x[j], x[j + 4], 0x31));
  }
  __m256 twos[2];  // of pairs 0, 1 | 4, 5 and 2, 3 | 6, 7
  KERNELS_UNROLL_BY(2)
  for (int j = 0; j < 2; ++j) {
    const __m256 u = fours[2 * j], v = fours[2 * j + 1];
    twos[j] = _mm256_add_ps(_mm256_shuffle_ps(u, v, 0x44), _mm256_shuffle_ps(u, v, 0xee));
  }
  const __m256 ones = _mm256_add_ps(_mm256_shuffle_ps(twos[0], twos[1], 0x88),
                                    _mm256_shuffle_ps(twos[0], twos[1], 0xdd));
  _mm256_storeu_ps(out, _mm256_add_ps(ones, _mm256_setzero_ps()));
}

/// One pair.
template <bool Distance>
float dot_one(const float* a, const float* b, std::int64_t steps) {
  __m512 sum = _mm512_setzero_ps();
  for (std::int64_t s = 0; s < steps; ++s, a += 16, b += 16) {
    __m512 x = _mm512_loadu_ps(a), y = _mm512_loadu_ps(b);
    if constexpr (Distance) x = y = _mm512_sub_ps(x, y);
    sum = _mm512_fmadd_ps(x, y, sum);
  }
  float sums[math::kDotLanes];
  _mm512_storeu_ps(sums, sum);
  return math::join_lanes(sums);
}

#include <kernels/cpu/dot_tile.inl>

}  // namespace kernels::inline KERNELS_ABI::cpu::dot_avx512
KERNELS_TARGET_END

#endif

namespace kernels::inline KERNELS_ABI::cpu {

/// The tile loop of one instruction set (never best): dots, or squared distances.
template <bool Distance = false>
dot_tile_function dot_tile_for([[maybe_unused]] instruction_set isa) {
#if KERNELS_X86
  if (isa == instruction_set::avx512) return &dot_avx512::dot_tile<Distance>;
  if (isa == instruction_set::avx2) return &dot_avx2::dot_tile<Distance>;
#endif
  return &dot_portable::dot_tile<Distance>;
}

}  // namespace kernels::inline KERNELS_ABI::cpu
