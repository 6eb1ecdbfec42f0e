// The run-time dispatcher: which instruction set this processor has, and which one to use.
//
// Hot loops are compiled for several instruction sets in one binary, whatever flags the user
// builds with: a header opens a region with KERNELS_TARGET_BEGIN("…"), its functions may then use
// those instructions, and are called only after supported() said yes.
#pragma once

#include <kernels/core/exec.hpp>

#include <cstddef>

#if (defined(__x86_64__) || defined(__i386__)) && defined(__GNUC__) && !defined(KERNELS_NO_SIMD)
#define KERNELS_X86 1
// g++ 12 warns about the deliberately undefined operands inside its own intrinsics
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wuninitialized"
#if !defined(__clang__)
#pragma GCC diagnostic ignored "-Wmaybe-uninitialized"
#endif
#include <cpuid.h>
#include <immintrin.h>
#pragma GCC diagnostic pop
#else
#define KERNELS_X86 0
#endif

namespace kernels::inline KERNELS_ABI::cpu {

/// Does this processor have it (and was it compiled in)?
inline bool supported(instruction_set isa) {
#if KERNELS_X86
  switch (isa) {
    case instruction_set::avx2: {
      static const bool has = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
      return has;
    }
    case instruction_set::avx512: {
      static const bool has =
          __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
          __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512dq") &&
          __builtin_cpu_supports("avx512vbmi");
      return has;
    }
    default:
      return true;
  }
#else
  return isa == instruction_set::best || isa == instruction_set::portable;
#endif
}

/// Conversions of half precision (F16C), beside avx2.
inline bool has_f16c() {
#if KERNELS_X86
  static const bool has = [] {
    unsigned a = 0, b = 0, c = 0, d = 0;
    return __get_cpuid(1, &a, &b, &c, &d) != 0 && (c & bit_F16C) != 0;
  }();
  return has;
#else
  return false;
#endif
}

/// Dot products of bfloat16 (AVX512_BF16), beside avx512.
inline bool has_bf16() {
#if KERNELS_X86
  static const bool has = __builtin_cpu_supports("avx512bf16");
  return has;
#else
  return false;
#endif
}

/// Dot products of 8-bit integers (AVX512_VNNI), beside avx512.
inline bool has_vnni() {
#if KERNELS_X86
  static const bool has = __builtin_cpu_supports("avx512vnni");
  return has;
#else
  return false;
#endif
}

inline const char* name(instruction_set isa) {
  switch (isa) {
    case instruction_set::portable:
      return "portable";
    case instruction_set::avx2:
      return "avx2";
    case instruction_set::avx512:
      return "avx512";
    default:
      return "best";
  }
}

/// The instruction set to run, never best. Errors: one that this processor does not have.
inline instruction_set choose(instruction_set wanted) {
  if (wanted == instruction_set::best) {
    if (supported(instruction_set::avx512)) return instruction_set::avx512;
    if (supported(instruction_set::avx2)) return instruction_set::avx2;
    return instruction_set::portable;
  }
  if (!supported(wanted)) {
    refuse("on_cpu", "isa", "an instruction set of this processor", name(wanted));
  }
  return wanted;
}

}  // namespace kernels::inline KERNELS_ABI::cpu
