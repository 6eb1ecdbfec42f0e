// Part of the CUDA emulator: the arithmetic intrinsics, each with CUDA's results for all arguments,
// also those for which the C++ operator would be undefined.
#pragma once

#include <emulator/keywords.hpp>

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>
#include <limits>

namespace kernels::emulator {

// Byte or half-word i of a packed word, as T.
template <class T>
constexpr T piece(unsigned word, unsigned i) {
  return static_cast<T>(word >> (8 * sizeof(T) * i));
}

// The product a*b of small numbers, added modulo 2^32.
template <class A, class B>
constexpr unsigned add_product(unsigned sum, A a, B b) {
  return sum + static_cast<unsigned>(a) * static_cast<unsigned>(b);
}

template <class Byte>
constexpr unsigned dot_of_4(unsigned a, unsigned b, unsigned sum) {
  for (unsigned i = 0; i < 4; ++i) sum = add_product(sum, piece<Byte>(a, i), piece<Byte>(b, i));
  return sum;
}
// `first`: which byte of b meets the low half of a.
template <class Half, class Byte>
constexpr unsigned dot_of_2(unsigned a, unsigned b, unsigned sum, unsigned first) {
  for (unsigned i = 0; i < 2; ++i)
    sum = add_product(sum, piece<Half>(a, i), piece<Byte>(b, first + i));
  return sum;
}

// NaN becomes 0; what does not fit becomes the nearest number that does.
template <class Int>
Int saturated(float integral) {
  if (std::isnan(integral)) return 0;
  const double wide = integral;  // holds the limits of 32-bit integers exactly
  return static_cast<Int>(std::clamp(wide, static_cast<double>(std::numeric_limits<Int>::min()),
                                     static_cast<double>(std::numeric_limits<Int>::max())));
}

// The compiler may fuse a product and a sum which it sees; CUDA's __fmul_rn and the like promise
// that it does not. Passing the result through memory hides it.
template <class T>
T rounded(T value) {
  volatile T result = value;
  return result;
}

}  // namespace kernels::emulator

// Bits -------------------------------------------------------------------------------------------

inline int __popc(unsigned x) { return std::popcount(x); }
inline int __popcll(unsigned long long x) { return std::popcount(x); }
inline int __clz(int x) { return std::countl_zero(static_cast<unsigned>(x)); }
inline int __clzll(long long x) { return std::countl_zero(static_cast<unsigned long long>(x)); }
inline int __ffs(int x) { return x == 0 ? 0 : std::countr_zero(static_cast<unsigned>(x)) + 1; }
inline int __ffsll(long long x) {
  return x == 0 ? 0 : std::countr_zero(static_cast<unsigned long long>(x)) + 1;
}
inline unsigned __brev(unsigned x) {
  unsigned result = 0;
  for (unsigned i = 0; i < 32; ++i) result |= (x >> i & 1u) << (31 - i);
  return result;
}
inline unsigned __byte_perm(unsigned x, unsigned y, unsigned selectors) {
  const std::uint64_t bytes = std::uint64_t{y} << 32 | x;
  unsigned result = 0;
  for (unsigned i = 0; i < 4; ++i) {
    const unsigned selector = selectors >> (4 * i) & 7u;
    result |= static_cast<unsigned>(bytes >> (8 * selector) & 0xffu) << (8 * i);
  }
  return result;
}
inline unsigned __funnelshift_lc(unsigned lo, unsigned hi, unsigned shift) {
  const std::uint64_t bits = std::uint64_t{hi} << 32 | lo;
  return static_cast<unsigned>(bits << std::min(shift, 32u) >> 32);
}
inline unsigned __funnelshift_rc(unsigned lo, unsigned hi, unsigned shift) {
  const std::uint64_t bits = std::uint64_t{hi} << 32 | lo;
  return static_cast<unsigned>(bits >> std::min(shift, 32u));
}
inline unsigned __funnelshift_l(unsigned lo, unsigned hi, unsigned shift) {
  return __funnelshift_lc(lo, hi, shift % 32);
}
inline unsigned __funnelshift_r(unsigned lo, unsigned hi, unsigned shift) {
  return __funnelshift_rc(lo, hi, shift % 32);
}

// Integer products -------------------------------------------------------------------------------

inline int __mulhi(int x, int y) {
  return static_cast<int>(static_cast<std::int64_t>(x) * y >> 32);
}
inline unsigned __umulhi(unsigned x, unsigned y) {
  return static_cast<unsigned>(std::uint64_t{x} * y >> 32);
}
inline unsigned long long __umul64hi(unsigned long long x, unsigned long long y) {
  __extension__ using wide = unsigned __int128;
  return static_cast<unsigned long long>(static_cast<wide>(x) * y >> 64);
}

inline int __dp4a(int a, int b, int c) {
  return static_cast<int>(kernels::emulator::dot_of_4<std::int8_t>(
      static_cast<unsigned>(a), static_cast<unsigned>(b), static_cast<unsigned>(c)));
}
inline unsigned __dp4a(unsigned a, unsigned b, unsigned c) {
  return kernels::emulator::dot_of_4<std::uint8_t>(a, b, c);
}
inline int __dp4a(char4 a, char4 b, int c) {
  return __dp4a(std::bit_cast<int>(a), std::bit_cast<int>(b), c);
}
inline unsigned __dp4a(uchar4 a, uchar4 b, unsigned c) {
  return __dp4a(std::bit_cast<unsigned>(a), std::bit_cast<unsigned>(b), c);
}

inline int __dp2a_lo(int a, int b, int c) {
  return static_cast<int>(kernels::emulator::dot_of_2<std::int16_t, std::int8_t>(
      static_cast<unsigned>(a), static_cast<unsigned>(b), static_cast<unsigned>(c), 0));
}
inline unsigned __dp2a_lo(unsigned a, unsigned b, unsigned c) {
  return kernels::emulator::dot_of_2<std::uint16_t, std::uint8_t>(a, b, c, 0);
}
inline int __dp2a_lo(short2 a, char4 b, int c) {
  return __dp2a_lo(std::bit_cast<int>(a), std::bit_cast<int>(b), c);
}
inline unsigned __dp2a_lo(ushort2 a, uchar4 b, unsigned c) {
  return __dp2a_lo(std::bit_cast<unsigned>(a), std::bit_cast<unsigned>(b), c);
}
inline int __dp2a_hi(int a, int b, int c) {
  return static_cast<int>(kernels::emulator::dot_of_2<std::int16_t, std::int8_t>(
      static_cast<unsigned>(a), static_cast<unsigned>(b), static_cast<unsigned>(c), 2));
}
inline unsigned __dp2a_hi(unsigned a, unsigned b, unsigned c) {
  return kernels::emulator::dot_of_2<std::uint16_t, std::uint8_t>(a, b, c, 2);
}
inline int __dp2a_hi(short2 a, char4 b, int c) {
  return __dp2a_hi(std::bit_cast<int>(a), std::bit_cast<int>(b), c);
}
inline unsigned __dp2a_hi(ushort2 a, uchar4 b, unsigned c) {
  return __dp2a_hi(std::bit_cast<unsigned>(a), std::bit_cast<unsigned>(b), c);
}

// Floating point, rounded to nearest even and never contracted
// -------------------------------------

inline float __fadd_rn(float x, float y) { return kernels::emulator::rounded(x + y); }
inline float __fsub_rn(float x, float y) { return kernels::emulator::rounded(x - y); }
inline float __fmul_rn(float x, float y) { return kernels::emulator::rounded(x * y); }
inline float __fdiv_rn(float x, float y) { return kernels::emulator::rounded(x / y); }
inline float __fsqrt_rn(float x) { return std::sqrt(x); }
inline float __fmaf_rn(float x, float y, float z) { return std::fma(x, y, z); }
inline double __dadd_rn(double x, double y) { return kernels::emulator::rounded(x + y); }
inline double __dmul_rn(double x, double y) { return kernels::emulator::rounded(x * y); }
inline double __ddiv_rn(double x, double y) { return kernels::emulator::rounded(x / y); }
inline double __dsqrt_rn(double x) { return std::sqrt(x); }
inline double __fma_rn(double x, double y, double z) { return std::fma(x, y, z); }

// Conversions ------------------------------------------------------------------------------------

inline int __float2int_rz(float x) { return kernels::emulator::saturated<int>(std::trunc(x)); }
inline int __float2int_rn(float x) { return kernels::emulator::saturated<int>(std::nearbyint(x)); }
inline unsigned __float2uint_rz(float x) {
  return kernels::emulator::saturated<unsigned>(std::trunc(x));
}
inline float __int2float_rn(int x) { return static_cast<float>(x); }
inline float __uint2float_rn(unsigned x) { return static_cast<float>(x); }
inline int __float_as_int(float x) { return std::bit_cast<int>(x); }
inline unsigned __float_as_uint(float x) { return std::bit_cast<unsigned>(x); }
inline float __int_as_float(int x) { return std::bit_cast<float>(x); }
inline float __uint_as_float(unsigned x) { return std::bit_cast<float>(x); }

// CUDA's global min and max: of two numbers of one type; a NaN gives way to a number.
// clang-format off
inline int min(int a, int b) { return std::min(a, b); }
inline int max(int a, int b) { return std::max(a, b); }
inline unsigned min(unsigned a, unsigned b) { return std::min(a, b); }
inline unsigned max(unsigned a, unsigned b) { return std::max(a, b); }
inline long min(long a, long b) { return std::min(a, b); }
inline long max(long a, long b) { return std::max(a, b); }
inline unsigned long min(unsigned long a, unsigned long b) { return std::min(a, b); }
inline unsigned long max(unsigned long a, unsigned long b) { return std::max(a, b); }
inline long long min(long long a, long long b) { return std::min(a, b); }
inline long long max(long long a, long long b) { return std::max(a, b); }
inline unsigned long long min(unsigned long long a, unsigned long long b) { return std::min(a, b); }
inline unsigned long long max(unsigned long long a, unsigned long long b) { return std::max(a, b); }
inline float min(float a, float b) { return std::fmin(a, b); }
inline float max(float a, float b) { return std::fmax(a, b); }
inline double min(double a, double b) { return std::fmin(a, b); }
inline double max(double a, double b) { return std::fmax(a, b); }
// clang-format on
