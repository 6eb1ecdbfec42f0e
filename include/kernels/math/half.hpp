// 16-bit floating point (IEEE binary16) as a storage format: host and device.
#pragma once

#include <kernels/core/exact.hpp>

#include <bit>

namespace kernels::inline KERNELS_ABI {

/// The bits of a 16-bit float: what CUDA's __half and a network's float16 tensor hold.
struct half {
  std::uint16_t bits;
  friend constexpr bool operator==(const half&, const half&) = default;
};

namespace math {

/// A float's bits, and back.
KERNELS_HD std::uint32_t float_bits(float x) {
#if defined(__CUDA_ARCH__)
  return __float_as_uint(x);
#else
  return std::bit_cast<std::uint32_t>(x);
#endif
}
KERNELS_HD float float_of_bits(std::uint32_t bits) {
#if defined(__CUDA_ARCH__)
  return __uint_as_float(bits);
#else
  return std::bit_cast<float>(bits);
#endif
}

/// The nearest half, ties to even; 65520 and above (in magnitude) become infinite; NaN becomes
/// 0x7e00 with its sign.
KERNELS_HD half to_half(float x) {
  const auto given = float_bits(x);
  const std::uint32_t sign = given & 0x80000000U;
  std::uint32_t u = given ^ sign;
  if (u >= 0x47800000U) {  // 65536
    u = u > 0x7f800000U ? 0x7e00U : 0x7c00U;
  } else if (u < 0x38800000U) {  // below 2^-14: the sum with ½ ends where a subnormal half does
    constexpr std::uint32_t kHalf = 0x3f000000U;
    u = float_bits(exact::add(float_of_bits(u), float_of_bits(kHalf))) - kHalf;
  } else {
    u += 0xc8000000U + 0xfffU +
         ((u >> 13) & 1U);  // exponent of 15 for 127; to nearest, ties to even
    u >>= 13;
  }
  return {static_cast<std::uint16_t>(u | (sign >> 16))};
}

/// Exact.
KERNELS_HD float from_half(half h) {
  const std::uint32_t sign = (h.bits & 0x8000U) << 16;
  const std::uint32_t exponent = (h.bits >> 10) & 31U;
  const std::uint32_t fraction = h.bits & 0x3ffU;
  if (exponent == 0) {
    const float magnitude = exact::mul(static_cast<float>(fraction), 0x1p-24F);
    return sign == 0 ? magnitude : -magnitude;
  }
  const std::uint32_t biased = exponent == 31 ? 255U : exponent + 112U;
  return float_of_bits(sign | (biased << 23) | (fraction << 13));
}

}  // namespace math
}  // namespace kernels::inline KERNELS_ABI
