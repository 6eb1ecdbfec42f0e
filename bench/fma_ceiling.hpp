// What this processor's float32 fmas can do at most on one thread, for rows that are limited by
// them.
#pragma once

#include <kernels/cpu/isa.hpp>

namespace bench {

inline constexpr int kCeilingRounds = 100000;
inline constexpr double kCeilingOperations = 12.0 * 32 * kCeilingRounds;  // of one call

#if KERNELS_X86
KERNELS_TARGET_BEGIN("avx512f,avx512bw,avx512vl,avx512dq,avx512vbmi,avx2,fma")
inline float fma_ceiling_avx512() {
  const __m512 x = _mm512_set1_ps(0.5F), y = _mm512_set1_ps(1e-3F);
  __m512 a = x, b = x, c = x, d = x, e = x, f = x, g = x, h = x, i = x, j = x, k = x, l = x;
  for (int n = 0; n < kCeilingRounds; ++n) {
    a = _mm512_fmadd_ps(a, x, y), b = _mm512_fmadd_ps(b, x, y), c = _mm512_fmadd_ps(c, x, y);
    d = _mm512_fmadd_ps(d, x, y), e = _mm512_fmadd_ps(e, x, y), f = _mm512_fmadd_ps(f, x, y);
    g = _mm512_fmadd_ps(g, x, y), h = _mm512_fmadd_ps(h, x, y), i = _mm512_fmadd_ps(i, x, y);
    j = _mm512_fmadd_ps(j, x, y), k = _mm512_fmadd_ps(k, x, y), l = _mm512_fmadd_ps(l, x, y);
    asm("" : "+v"(a), "+v"(b), "+v"(c), "+v"(d), "+v"(e), "+v"(f));
    asm("" : "+v"(g), "+v"(h), "+v"(i), "+v"(j), "+v"(k), "+v"(l));
  }
  const __m512 sum = a + b + c + d + e + f + g + h + i + j + k + l;
  return _mm512_cvtss_f32(sum);
}
KERNELS_TARGET_END
KERNELS_TARGET_BEGIN("avx2,fma")
inline float fma_ceiling_avx2() {
  const __m256 x = _mm256_set1_ps(0.5F), y = _mm256_set1_ps(1e-3F);
  __m256 a = x, b = x, c = x, d = x, e = x, f = x, g = x, h = x, i = x, j = x, k = x, l = x;
  for (int n = 0; n < 2 * kCeilingRounds; ++n) {
    a = _mm256_fmadd_ps(a, x, y), b = _mm256_fmadd_ps(b, x, y), c = _mm256_fmadd_ps(c, x, y);
    d = _mm256_fmadd_ps(d, x, y), e = _mm256_fmadd_ps(e, x, y), f = _mm256_fmadd_ps(f, x, y);
    g = _mm256_fmadd_ps(g, x, y), h = _mm256_fmadd_ps(h, x, y), i = _mm256_fmadd_ps(i, x, y);
    j = _mm256_fmadd_ps(j, x, y), k = _mm256_fmadd_ps(k, x, y), l = _mm256_fmadd_ps(l, x, y);
    asm("" : "+x"(a), "+x"(b), "+x"(c), "+x"(d), "+x"(e), "+x"(f));
    asm("" : "+x"(g), "+x"(h), "+x"(i), "+x"(j), "+x"(k), "+x"(l));
  }
  const __m256 sum = a + b + c + d + e + f + g + h + i + j + k + l;
  return _mm256_cvtss_f32(sum);
}
KERNELS_TARGET_END
#endif

/// kCeilingOperations floating-point operations; 0 at once where there are no such instructions.
inline float fma_ceiling() {
#if KERNELS_X86
  using kernels::instruction_set;
  if (kernels::cpu::supported(instruction_set::avx512)) return fma_ceiling_avx512();
  if (kernels::cpu::supported(instruction_set::avx2)) return fma_ceiling_avx2();
#endif
  return 0;
}

}  // namespace bench
