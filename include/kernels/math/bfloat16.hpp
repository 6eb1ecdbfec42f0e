// bfloat16 (the upper half of a float32) as a storage format: host and device.
#pragma once

#include <kernels/math/half.hpp>

namespace kernels::inline KERNELS_ABI {

/// The bits of a bfloat16: what CUDA's __nv_bfloat16 and a network's bfloat16 tensor hold.
struct bfloat16 {
  std::uint16_t bits;
  friend constexpr bool operator==(const bfloat16&, const bfloat16&) = default;
};

namespace math {

/// The nearest bfloat16, ties to even; what rounds beyond the largest becomes infinite; NaN becomes
/// 0x7fc0 with its sign.
KERNELS_HD bfloat16 to_bfloat16(float x) {
  const std::uint32_t u = float_bits(x);
  if ((u & 0x7fffffffU) > 0x7f800000U) {
    return {static_cast<std::uint16_t>((u >> 16 & 0x8000U) | 0x7fc0U)};
  }
  return {static_cast<std::uint16_t>((u + 0x7fffU + ((u >> 16) & 1U)) >> 16)};
}

/// Exact.
KERNELS_HD float from_bfloat16(bfloat16 b) {
  return float_of_bits(static_cast<std::uint32_t>(b.bits) << 16);
}

/// An element of an embedding as a float: exact.
KERNELS_HD float to_float32(float x) { return x; }
KERNELS_HD float to_float32(half x) { return from_half(x); }
KERNELS_HD float to_float32(bfloat16 x) { return from_bfloat16(x); }

}  // namespace math
}  // namespace kernels::inline KERNELS_ABI
