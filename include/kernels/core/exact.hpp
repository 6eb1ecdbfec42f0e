// The arithmetic of exact code: every function here gives the same bits on every compiler,
// instruction set and device. All of it is IEEE 754, rounded to nearest even.
//
// The rule for exact code: a product is consumed only by an fma, a store, a comparison, a
// conversion or a division, never by a plain + or -, so no compiler has anything to contract.
// Where one must be added, it is a product().
#pragma once

#include <kernels/core/version.hpp>

#include <cstdint>

// g++ says which parts of fast-math are on; clang only says when all of it is.
#if defined(__FAST_MATH__) || defined(__ASSOCIATIVE_MATH__) || defined(__RECIPROCAL_MATH__) || \
    defined(__NO_SIGNED_ZEROS__) || (defined(__FINITE_MATH_ONLY__) && __FINITE_MATH_ONLY__)
#error "kernels: fast-math breaks the promise of identical results; build without it and its parts"
#endif
#if defined(__FLT_EVAL_METHOD__) && __FLT_EVAL_METHOD__ != 0
#error "kernels: floating point must be evaluated in its own type (use SSE2, not x87)"
#endif

namespace kernels::inline KERNELS_ABI::exact {

#if defined(__CUDA_ARCH__)
KERNELS_HD float add(float a, float b) { return __fadd_rn(a, b); }
KERNELS_HD float mul(float a, float b) { return __fmul_rn(a, b); }
KERNELS_HD float fma(float a, float b, float c) { return __fmaf_rn(a, b, c); }
KERNELS_HD float div(float a, float b) { return __fdiv_rn(a, b); }
KERNELS_HD float sqrt(float a) { return __fsqrt_rn(a); }
KERNELS_HD double add(double a, double b) { return __dadd_rn(a, b); }
KERNELS_HD double mul(double a, double b) { return __dmul_rn(a, b); }
KERNELS_HD double fma(double a, double b, double c) { return __fma_rn(a, b, c); }
KERNELS_HD double div(double a, double b) { return __ddiv_rn(a, b); }
KERNELS_HD double sqrt(double a) { return __dsqrt_rn(a); }
#else
KERNELS_HD float add(float a, float b) { return a + b; }
KERNELS_HD float mul(float a, float b) { return a * b; }
KERNELS_HD float fma(float a, float b, float c) { return __builtin_fmaf(a, b, c); }
KERNELS_HD float div(float a, float b) { return a / b; }
KERNELS_HD float sqrt(float a) { return __builtin_sqrtf(a); }
KERNELS_HD double add(double a, double b) { return a + b; }
KERNELS_HD double mul(double a, double b) { return a * b; }
KERNELS_HD double fma(double a, double b, double c) { return __builtin_fma(a, b, c); }
KERNELS_HD double div(double a, double b) { return a / b; }
KERNELS_HD double sqrt(double a) { return __builtin_sqrt(a); }
#endif

/// a·b, rounded once: a product that may be given to add(). An fma, because a compiler may contract
/// a plain product with the addition that follows. Gives +0 where a·b is −0.
template <class T>
KERNELS_HD T product(T a, T b) {
  return fma(a, b, T(0));
}

/// The smaller (larger) one; b if either is NaN or both are equal, as the SSE instructions do.
template <class T>
KERNELS_HD T min(T a, T b) {
  return a < b ? a : b;
}
template <class T>
KERNELS_HD T max(T a, T b) {
  return a > b ? a : b;
}

/// a·b + c·d with one rounding less than the plain sum: fma(a, b, c·d).
template <class T>
KERNELS_HD T dot2(T a, T b, T c, T d) {
  return fma(a, b, mul(c, d));
}
template <class T>
KERNELS_HD T dot3(T a, T b, T c, T d, T e, T f) {
  return fma(a, b, fma(c, d, mul(e, f)));
}

/// Nearest integer, halves away from zero; |x| < 2^63, not NaN.
KERNELS_HD std::int64_t to_int64(double x) {
  constexpr double kAllIntegers = 4503599627370496.0;  // from 2^52 on, every double is an integer
  if (x >= kAllIntegers || x <= -kAllIntegers) return static_cast<std::int64_t>(x);
  const auto whole = static_cast<std::int64_t>(x);               // towards zero
  const double rest = fma(-1.0, static_cast<double>(whole), x);  // x may be a product
  if (rest >= 0.5) return whole + 1;
  if (rest <= -0.5) return whole - 1;
  return whole;
}

/// A 64-bit integer as a float, within 1 ulp: the same two conversions and one fma everywhere
/// (a direct conversion is not to be had on every instruction set). |x| < 2^62.
KERNELS_HD float to_float(std::int64_t x) {
  const auto low = static_cast<std::int32_t>(static_cast<std::uint32_t>(x));
  const auto high = static_cast<std::int32_t>((x + 2147483648LL) >> 32);
  return fma(static_cast<float>(high), 4294967296.0F, static_cast<float>(low));
}

}  // namespace kernels::inline KERNELS_ABI::exact
