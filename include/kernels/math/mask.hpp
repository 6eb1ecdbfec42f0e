// Packed bit masks, one word and one pair: host and device.
//
// A mask of W columns is rows of mask_words(W) 64-bit words; bit i of word k is column 64·k + i,
// and the bits from column W on are zero.
#pragma once

#include <kernels/math/box.hpp>

#include <bit>

namespace kernels::inline KERNELS_ABI {

/// Bits of one word, and words of one row.
inline constexpr std::int64_t kMaskBits = 64;
KERNELS_HD constexpr std::int64_t mask_words(std::int64_t width) {
  return (width + kMaskBits - 1) / kMaskBits;
}

namespace math {

KERNELS_HD std::int32_t count_bits(std::uint64_t x) {
#if defined(__CUDA_ARCH__)
  return __popcll(x);
#else
  // not std::popcount: without -mpopcnt that is a call of a function
  x = x - (x >> 1 & 0x5555555555555555U);
  x = (x & 0x3333333333333333U) + (x >> 2 & 0x3333333333333333U);
  x = (x + (x >> 4)) & 0x0f0f0f0f0f0f0f0fU;
  return static_cast<std::int32_t>(x * 0x0101010101010101U >> 56);
#endif
}
/// Position of the lowest and of the highest bit that is set; x is not 0.
KERNELS_HD std::int32_t lowest_bit(std::uint64_t x) {
#if defined(__CUDA_ARCH__)
  return __ffsll(static_cast<long long>(x)) - 1;
#else
  return std::countr_zero(x);
#endif
}
KERNELS_HD std::int32_t highest_bit(std::uint64_t x) {
#if defined(__CUDA_ARCH__)
  return 63 - __clzll(static_cast<long long>(x));
#else
  return 63 - std::countl_zero(x);
#endif
}
/// Bits 0 … n−1; 0 ≤ n ≤ 64.
KERNELS_HD std::uint64_t low_bits(std::int64_t n) {
  return n <= 0 ? 0 : ~std::uint64_t{0} >> (64 - n);
}

/// What is known of a mask before its pixels are looked at again.
struct mask_facts {
  std::int64_t area;
  box<std::int32_t> bounds;  ///< tight, [left, right) × [top, bottom); all 0 for an empty mask
};

/// Where both can have pixels, in rows and words; empty if top >= bottom or left >= right.
KERNELS_HD box<std::int32_t> shared_words(const box<std::int32_t>& a, const box<std::int32_t>& b) {
  const box<std::int32_t> c{exact::max(a.left, b.left), exact::max(a.top, b.top),
                            exact::min(a.right, b.right), exact::min(a.bottom, b.bottom)};
  if (c.left >= c.right || c.top >= c.bottom) return {0, 0, 0, 0};
  return {c.left / 64, c.top, (c.right + 63) / 64, c.bottom};
}

/// Intersection over union of two masks from the counts; 0 where both are empty. Counts are exact,
/// so this is the quotient rounded once (twice for float: to double, then to float).
template <class T>
KERNELS_HD T mask_iou(std::int64_t shared, std::int64_t area_a, std::int64_t area_b) {
  const std::int64_t joined = area_a + area_b - shared;
  if (joined == 0) return T(0);
  return static_cast<T>(exact::div(static_cast<double>(shared), static_cast<double>(joined)));
}

}  // namespace math
}  // namespace kernels::inline KERNELS_ABI
