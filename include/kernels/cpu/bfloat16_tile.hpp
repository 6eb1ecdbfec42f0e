// Products of bfloat16 panels with the instruction made for them (AVX-512 BF16), and bounds of
// distances from them. Bounded, not exact: see bfloat16_points.hpp.
#pragma once

#include <kernels/cpu/isa.hpp>

#include <cstdint>

namespace kernels::inline KERNELS_ABI::cpu {

/// What becomes of a product p of rows i and j. Cosine: constant + row[i] + column[j] − p.
/// Otherwise: the root of constant + row[i] + column[j] − 2p, 0 if that is below 0, times shrink.
struct bfloat16_terms {
  const float *row, *column;
  float constant, shrink;
};

/// Panels of sixteen points: for each pair of elements, those of all points in turn. Rows up to a
/// multiple of eight, columns up to a multiple of 32 are read and written.
using bfloat16_tile_function = void (*)(const std::uint16_t* a, const std::uint16_t* b,
                                        std::int64_t a_count, std::int64_t b_count,
                                        std::int64_t dimension, bool cosine,
                                        const bfloat16_terms& terms, float* out,
                                        std::int64_t out_stride);

/// Sums over the elements of a point x, for µ and the rounded x̂ = bfloat16(x − µ).
struct packed_terms {
  double squares = 0;           ///< |x̂|²
  double residual_squares = 0;  ///< |x − µ − x̂|²
  double centred_squares = 0;   ///< |x − µ|²
  double with_mean = 0;         ///< ⟨x, µ⟩
};

}  // namespace kernels::inline KERNELS_ABI::cpu

#if KERNELS_X86
KERNELS_TARGET_BEGIN("avx512f,avx512bw,avx512vl,avx512dq,avx512vbmi,avx512bf16,avx2,fma")
namespace kernels::inline KERNELS_ABI::cpu::bfloat16_avx512 {

constexpr int kRows = 8, kPanel = 16;  // points

/// Eight elements of a point, of µ and of x̂, to the sums of packed_terms.
inline void add_terms(__m256 point, __m256 middle, __m256 rounded, __m512d (&sums)[4]) {
  const __m512d p = _mm512_cvtps_pd(point), m = _mm512_cvtps_pd(middle);
  const __m512d r = _mm512_cvtps_pd(rounded), whole = _mm512_sub_pd(p, m);
  const __m512d rest = _mm512_sub_pd(whole, r);
  sums[0] = _mm512_fmadd_pd(r, r, sums[0]);
  sums[1] = _mm512_fmadd_pd(rest, rest, sums[1]);
  sums[2] = _mm512_fmadd_pd(whole, whole, sums[2]);
  sums[3] = _mm512_fmadd_pd(p, m, sums[3]);
}

/// Writes x̂ into its place of a panel; the dimension is a multiple of sixteen. Subnormals become 0.
inline packed_terms pack(const float* x, const float* mean, std::int64_t dimension,
                         std::uint16_t* panel) {
  __m512d sums[4] = {_mm512_setzero_pd(), _mm512_setzero_pd(), _mm512_setzero_pd(),
                     _mm512_setzero_pd()};
  for (std::int64_t k = 0; k < dimension; k += 16) {
    const __m512 point = _mm512_loadu_ps(x + k), middle = _mm512_loadu_ps(mean + k);
    const auto half = (__m256i)_mm512_cvtneps_pbh(_mm512_sub_ps(point, middle));
    const __m512 rounded = _mm512_castsi512_ps(_mm512_slli_epi32(_mm512_cvtepu16_epi32(half), 16));
    add_terms(_mm512_castps512_ps256(point), _mm512_castps512_ps256(middle),
              _mm512_castps512_ps256(rounded), sums);
    add_terms(_mm512_extractf32x8_ps(point, 1), _mm512_extractf32x8_ps(middle, 1),
              _mm512_extractf32x8_ps(rounded, 1), sums);
    alignas(32) std::uint32_t pairs[8];
    _mm256_store_si256(reinterpret_cast<__m256i*>(pairs), half);
    for (int i = 0; i < 8; ++i) {
      __builtin_memcpy(panel + (k / 2 + i) * 2 * kPanel, pairs + i, sizeof pairs[i]);
    }
  }
  return {_mm512_reduce_add_pd(sums[0]), _mm512_reduce_add_pd(sums[1]),
          _mm512_reduce_add_pd(sums[2]), _mm512_reduce_add_pd(sums[3])};
}

/// Sixteen bounds of one row.
inline __m512 bounds(__m512 product, __m512 row, const float* column, bool cosine, __m512 shrink) {
  const __m512 both = _mm512_add_ps(row, _mm512_loadu_ps(column));
  if (cosine) return _mm512_sub_ps(both, product);
  const __m512 squares = _mm512_sub_ps(both, _mm512_add_ps(product, product));
  return _mm512_mul_ps(_mm512_sqrt_ps(_mm512_max_ps(squares, _mm512_setzero_ps())), shrink);
}

/// Eight rows with two panels.
inline void eight_rows(const std::uint16_t* a, const std::uint16_t* b0, const std::uint16_t* b1,
                       std::int64_t pairs, __m512 (&low)[kRows], __m512 (&high)[kRows]) {
  KERNELS_UNROLL_BY(8)
  for (int i = 0; i < kRows; ++i) low[i] = high[i] = _mm512_setzero_ps();
  for (std::int64_t k = 0; k < pairs; ++k) {
    const auto left = (__m512bh)_mm512_loadu_si512(b0 + k * 2 * kPanel);
    const auto right = (__m512bh)_mm512_loadu_si512(b1 + k * 2 * kPanel);
    KERNELS_UNROLL_BY(8)
    for (int i = 0; i < kRows; ++i) {
      int pair;
      __builtin_memcpy(&pair, a + k * 2 * kPanel + 2 * i, sizeof pair);
      const auto row = (__m512bh)_mm512_set1_epi32(pair);
      low[i] = _mm512_dpbf16_ps(low[i], row, left);
      high[i] = _mm512_dpbf16_ps(high[i], row, right);
    }
  }
}

inline void tile(const std::uint16_t* a, const std::uint16_t* b, std::int64_t a_count,
                 std::int64_t b_count, std::int64_t dimension, bool cosine,
                 const bfloat16_terms& terms, float* out, std::int64_t out_stride) {
  const std::int64_t panel = kPanel * dimension;
  const __m512 shrink = _mm512_set1_ps(terms.shrink);
  for (std::int64_t i = 0; i < a_count; i += kRows) {
    const std::uint16_t* rows = a + i / kPanel * panel + i % kPanel * 2;
    for (std::int64_t j = 0; j < b_count; j += 2 * kPanel) {
      const std::uint16_t* columns = b + j / kPanel * panel;
      __m512 low[kRows], high[kRows];
      eight_rows(rows, columns, columns + panel, dimension / 2, low, high);
      KERNELS_UNROLL_BY(8)
      for (int r = 0; r < kRows; ++r) {
        const __m512 row = _mm512_set1_ps(terms.row[i + r] + terms.constant);
        float* to = out + (i + r) * out_stride + j;
        _mm512_storeu_ps(to, bounds(low[r], row, terms.column + j, cosine, shrink));
        _mm512_storeu_ps(to + kPanel,
                         bounds(high[r], row, terms.column + j + kPanel, cosine, shrink));
      }
    }
  }
}

}  // namespace kernels::inline KERNELS_ABI::cpu::bfloat16_avx512
KERNELS_TARGET_END
#endif

namespace kernels::inline KERNELS_ABI::cpu {

struct bfloat16_loops {
  packed_terms (*pack)(const float* x, const float* mean, std::int64_t dimension,
                       std::uint16_t* panel) = nullptr;
  bfloat16_tile_function tile = nullptr;
};

/// Null where the processor has no such instruction, or another set was asked for.
inline bfloat16_loops bfloat16_loops_for([[maybe_unused]] instruction_set isa) {
#if KERNELS_X86
  static const bool has =
      supported(instruction_set::avx512) && __builtin_cpu_supports("avx512bf16");
  if (has && isa == instruction_set::avx512)
    return {&bfloat16_avx512::pack, &bfloat16_avx512::tile};
#endif
  return {};
}

}  // namespace kernels::inline KERNELS_ABI::cpu
