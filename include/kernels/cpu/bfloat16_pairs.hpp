// Products of rows of bfloat16 with panels of 64 such rows, by the instruction made for them
// (AVX512_BF16). Bounded, not exact: a pair of products is added with at most two roundings of one
// ulp. The bits of a sum depend on its two rows only.
#pragma once

#include <kernels/cpu/isa.hpp>

#include <cstdint>

#if KERNELS_X86
KERNELS_TARGET_BEGIN("avx512bf16,avx512f,avx512bw,avx512vl,avx512dq,avx512vbmi,avx2,fma")
namespace kernels::inline KERNELS_ABI::cpu::bfloat16_pairs {

inline constexpr std::int64_t kPanel = 64;

/// Rows · 64 products: of rows of pairs of bfloat16 and a panel [pair][64], plus the panel's bias.
template <int Rows>
void rows_by_panel(const std::uint32_t* rows, std::int64_t stride, const std::uint32_t* panel,
                   std::int64_t pairs, const float* bias, float* out) {
  __m512 sums[Rows][4];
  KERNELS_UNROLL_BY(8)
  for (int i = 0; i < Rows; ++i) {
    KERNELS_UNROLL_BY(4)
    for (int g = 0; g < 4; ++g) sums[i][g] = _mm512_setzero_ps();
  }
  for (std::int64_t s = 0; s < pairs; ++s) {
    __m512i columns[4];
    KERNELS_UNROLL_BY(4)
    for (int g = 0; g < 4; ++g) columns[g] = _mm512_loadu_si512(panel + s * kPanel + 16 * g);
    KERNELS_UNROLL_BY(8)
    for (int i = 0; i < Rows; ++i) {
      const __m512i row = _mm512_set1_epi32(static_cast<int>(rows[i * stride + s]));
      KERNELS_UNROLL_BY(4)
      for (int g = 0; g < 4; ++g) {
        sums[i][g] = _mm512_dpbf16_ps(sums[i][g], (__m512bh)row, (__m512bh)columns[g]);
      }
    }
  }
  KERNELS_UNROLL_BY(8)
  for (int i = 0; i < Rows; ++i) {
    KERNELS_UNROLL_BY(4)
    for (int g = 0; g < 4; ++g) {
      _mm512_storeu_ps(out + i * kPanel + 16 * g,
                       _mm512_add_ps(sums[i][g], _mm512_loadu_ps(bias + 16 * g)));
    }
  }
}

inline void block_by_panel(const std::uint32_t* rows, std::int64_t stride, std::int64_t count,
                           const std::uint32_t* panel, std::int64_t pairs, const float* bias,
                           float* out) {
  std::int64_t i = 0;
  for (; i + 6 <= count; i += 6) {
    rows_by_panel<6>(rows + i * stride, stride, panel, pairs, bias, out + i * kPanel);
  }
  for (; i + 2 <= count; i += 2) {
    rows_by_panel<2>(rows + i * stride, stride, panel, pairs, bias, out + i * kPanel);
  }
  if (i < count) rows_by_panel<1>(rows + i * stride, stride, panel, pairs, bias, out + i * kPanel);
}

/// The nearest bfloat16 of each element, two to a word; stride is a multiple of sixteen. Subnormals
/// become 0.
inline void narrow_row(const float* x, std::int64_t stride, std::uint32_t* out) {
  for (std::int64_t k = 0; k < stride; k += 16) {
    _mm256_storeu_si256(reinterpret_cast<__m256i*>(out + k / 2),
                        (__m256i)_mm512_cvtneps_pbh(_mm512_loadu_ps(x + k)));
  }
}

/// Up to 64 rows of so many pairs, one after the other, to a panel; what is missing is zeros.
inline void fill_panel(const std::uint32_t* rows, std::int64_t count, std::int64_t pairs,
                       std::uint32_t* panel) {
  for (std::int64_t s = 0; s < pairs; ++s) {
    for (std::int64_t i = 0; i < kPanel; ++i) {
      panel[s * kPanel + i] = i < count ? rows[i * pairs + s] : 0;
    }
  }
}

}  // namespace kernels::inline KERNELS_ABI::cpu::bfloat16_pairs
KERNELS_TARGET_END
#endif
