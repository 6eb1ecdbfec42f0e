// What the processor can do at most, measured: multiply-adds from registers, bytes read from
// memory.
#pragma once

#include <kernels/cpu/isa.hpp>
#include <kernels/cpu/parallel.hpp>

#include <benchmark/benchmark.h>

#include <cstdint>
#include <string>

namespace bench {

/// Instructions of each ceiling loop, and operations an instruction does.
inline constexpr std::int64_t kCeilingRounds = 20000;
inline constexpr int kCeilingSums = 16;

#if KERNELS_X86

KERNELS_TARGET_BEGIN("avx2,fma")
namespace ceiling_avx2 {
inline double fma() {
  __m256 sums[12];
  KERNELS_UNROLL_BY(12)
  for (int i = 0; i < 12; ++i) sums[i] = _mm256_setzero_ps();
  __m256 x = _mm256_set1_ps(0.5F);
  asm volatile("" : "+x"(x));
  for (std::int64_t k = 0; k < kCeilingRounds; ++k) {
    KERNELS_UNROLL_BY(12)
    for (int i = 0; i < 12; ++i) sums[i] = _mm256_fmadd_ps(x, x, sums[i]);
    KERNELS_UNROLL_BY(12)
    for (int i = 0; i < 12; ++i) asm volatile("" : "+x"(sums[i]));
  }
  return static_cast<double>(kCeilingRounds) * 12 * 16;
}
}  // namespace ceiling_avx2
KERNELS_TARGET_END

KERNELS_TARGET_BEGIN("avx512bf16,avx512vnni,avx512f,avx512bw,avx512vl,avx512dq,avx512vbmi,avx2,fma")
namespace ceiling_avx512 {
inline double fma() {
  __m512 sums[kCeilingSums];
  KERNELS_UNROLL_BY(16)
  for (int i = 0; i < kCeilingSums; ++i) sums[i] = _mm512_setzero_ps();
  __m512 x = _mm512_set1_ps(0.5F);
  asm volatile("" : "+v"(x));
  for (std::int64_t k = 0; k < kCeilingRounds; ++k) {
    KERNELS_UNROLL_BY(16)
    for (int i = 0; i < kCeilingSums; ++i) sums[i] = _mm512_fmadd_ps(x, x, sums[i]);
    KERNELS_UNROLL_BY(16)
    for (int i = 0; i < kCeilingSums; ++i) asm volatile("" : "+v"(sums[i]));
  }
  return static_cast<double>(kCeilingRounds) * kCeilingSums * 32;
}
inline double bfloat16() {
  __m512 sums[kCeilingSums];
  KERNELS_UNROLL_BY(16)
  for (int i = 0; i < kCeilingSums; ++i) sums[i] = _mm512_setzero_ps();
  __m512i x = _mm512_set1_epi32(0x3f003f00);
  asm volatile("" : "+v"(x));
  for (std::int64_t k = 0; k < kCeilingRounds; ++k) {
    KERNELS_UNROLL_BY(16)
    for (int i = 0; i < kCeilingSums; ++i) {
      sums[i] = _mm512_dpbf16_ps(sums[i], (__m512bh)x, (__m512bh)x);
    }
    KERNELS_UNROLL_BY(16)
    for (int i = 0; i < kCeilingSums; ++i) asm volatile("" : "+v"(sums[i]));
  }
  return static_cast<double>(kCeilingRounds) * kCeilingSums * 64;
}
inline double int8() {
  __m512i sums[kCeilingSums];
  KERNELS_UNROLL_BY(16)
  for (int i = 0; i < kCeilingSums; ++i) sums[i] = _mm512_setzero_si512();
  __m512i x = _mm512_set1_epi32(0x01010101);
  asm volatile("" : "+v"(x));
  for (std::int64_t k = 0; k < kCeilingRounds; ++k) {
    KERNELS_UNROLL_BY(16)
    for (int i = 0; i < kCeilingSums; ++i) sums[i] = _mm512_dpbusd_epi32(sums[i], x, x);
    KERNELS_UNROLL_BY(16)
    for (int i = 0; i < kCeilingSums; ++i) asm volatile("" : "+v"(sums[i]));
  }
  return static_cast<double>(kCeilingRounds) * kCeilingSums * 128;
}
}  // namespace ceiling_avx512
KERNELS_TARGET_END

#endif

/// Runs as many operations as one core does at most, and returns how many; 0: not on this
/// processor. Operations are multiplications and additions, of floats, bfloat16 or 8-bit integers.
inline double most_fma() {
#if KERNELS_X86
  if (kernels::cpu::supported(kernels::instruction_set::avx512)) return ceiling_avx512::fma();
  if (kernels::cpu::supported(kernels::instruction_set::avx2)) return ceiling_avx2::fma();
#endif
  return 0;
}
inline double most_bfloat16() {
#if KERNELS_X86
  if (kernels::cpu::supported(kernels::instruction_set::avx512) && kernels::cpu::has_bf16()) {
    return ceiling_avx512::bfloat16();
  }
#endif
  return 0;
}
inline double most_int8() {
#if KERNELS_X86
  if (kernels::cpu::supported(kernels::instruction_set::avx512) && kernels::cpu::has_vnni()) {
    return ceiling_avx512::int8();
  }
#endif
  return 0;
}

/// The ceiling of float32 fmas on some threads, as a case of a benchmark: most_fma() so often that
/// starting the threads costs nothing.
struct fma_ceiling {
  static constexpr int kCalls = 40;
  int threads = 1;

  /// Is there one on this processor?
  static bool exists() { return most_fma() > 0; }
  [[nodiscard]] std::string name() const {
    return "float32 fma, " + std::to_string(threads) + " threads";
  }
  void operator()() const {
    kernels::cpu::parallel_for(kernels::on_cpu{threads}, threads, [](std::int64_t) {
      for (int i = 0; i < kCalls; ++i) most_fma();
    });
  }
  /// Operations a second, of what bench::run() measured.
  template <class Measured>
  [[nodiscard]] double rate(const Measured& measured) const {
    return most_fma() * kCalls * threads / measured.at(name()).lowest;
  }
};

/// Reads all of it.
inline void read_all(const std::uint64_t* data, std::int64_t count) {
  std::uint64_t sums[8] = {};
  std::int64_t k = 0;
  for (; k + 8 <= count; k += 8) {
    for (int i = 0; i < 8; ++i) sums[i] += data[k + i];
  }
  for (const std::uint64_t s : sums) benchmark::DoNotOptimize(s);
}

}  // namespace bench
