// e^x as a fixed sequence of IEEE operations: the same bits everywhere, which libm and CUDA's
// functions do not promise.
#pragma once

#include <kernels/core/exact.hpp>

#include <bit>
#include <limits>

namespace kernels::inline KERNELS_ABI::math {

namespace detail {

/// 2^k for k of a normal number.
KERNELS_HD double power_of_two(std::int32_t k, double /*type*/) {
  const auto bits = static_cast<std::int64_t>(k + 1023) << 52;
#if defined(__CUDA_ARCH__)
  return __longlong_as_double(bits);
#else
  return std::bit_cast<double>(bits);
#endif
}
KERNELS_HD float power_of_two(std::int32_t k, float /*type*/) {
  const std::int32_t bits = (k + 127) << 23;
#if defined(__CUDA_ARCH__)
  return __int_as_float(bits);
#else
  return std::bit_cast<float>(bits);
#endif
}

inline constexpr double kInfiniteDouble = std::numeric_limits<double>::infinity();
inline constexpr float kInfiniteFloat = std::numeric_limits<float>::infinity();

/// p·2^k, rounded once: p in [½, 2].
template <class T>
KERNELS_HD T scale_by_power(T p, std::int32_t k) {
  const std::int32_t half = k / 2;
  return exact::mul(exact::mul(p, power_of_two(half, T(0))), power_of_two(k - half, T(0)));
}

}  // namespace detail

/// e^x within 1 ulp; 0 from about −745.2 down, infinite from about 709.8 up, NaN for NaN.
/// x = k·ln 2 + r, |r| <= ln 2 / 2, and the Taylor series of e^r.
KERNELS_HD double exponential(double x) {
  if (!(x == x)) return x;
  if (x > 709.79) return detail::kInfiniteDouble;
  if (x < -745.2) return 0.0;
  const auto k = static_cast<std::int32_t>(exact::fma(x, 0x1.71547652b82fep+0, x < 0 ? -0.5 : 0.5));
  const auto whole = static_cast<double>(k);
  const double r =
      exact::fma(-whole, 0x1.abc9e3b39803fp-56, exact::fma(-whole, 0x1.62e42fefa39efp-1, x));
  double p = 1.0 / 6227020800.0;
  p = exact::fma(p, r, 1.0 / 479001600.0);
  p = exact::fma(p, r, 1.0 / 39916800.0);
  p = exact::fma(p, r, 1.0 / 3628800.0);
  p = exact::fma(p, r, 1.0 / 362880.0);
  p = exact::fma(p, r, 1.0 / 40320.0);
  p = exact::fma(p, r, 1.0 / 5040.0);
  p = exact::fma(p, r, 1.0 / 720.0);
  p = exact::fma(p, r, 1.0 / 120.0);
  p = exact::fma(p, r, 1.0 / 24.0);
  p = exact::fma(p, r, 1.0 / 6.0);
  p = exact::fma(p, r, 0.5);
  p = exact::fma(p, r, 1.0);
  p = exact::fma(p, r, 1.0);
  return detail::scale_by_power(p, k);
}

/// The same in float, within 1 ulp; 0 from about −104 down, infinite from about 88.73 up.
KERNELS_HD float exponential(float x) {
  if (!(x == x)) return x;
  if (x > 88.73F) return detail::kInfiniteFloat;
  if (x < -104.0F) return 0.0F;
  const auto k = static_cast<std::int32_t>(exact::fma(x, 0x1.715476p+0F, x < 0.0F ? -0.5F : 0.5F));
  const auto whole = static_cast<float>(k);
  const float r = exact::fma(-whole, -0x1.05c610p-29F, exact::fma(-whole, 0x1.62e430p-1F, x));
  float p = 1.0F / 40320.0F;
  p = exact::fma(p, r, 1.0F / 5040.0F);
  p = exact::fma(p, r, 1.0F / 720.0F);
  p = exact::fma(p, r, 1.0F / 120.0F);
  p = exact::fma(p, r, 1.0F / 24.0F);
  p = exact::fma(p, r, 1.0F / 6.0F);
  p = exact::fma(p, r, 0.5F);
  p = exact::fma(p, r, 1.0F);
  p = exact::fma(p, r, 1.0F);
  return detail::scale_by_power(p, k);
}

}  // namespace kernels::inline KERNELS_ABI::math
