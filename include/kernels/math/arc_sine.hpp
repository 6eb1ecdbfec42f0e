// Arc sine as a fixed sequence of IEEE operations: the same bits everywhere.
#pragma once

#include <kernels/core/exact.hpp>

namespace kernels::inline KERNELS_ABI::math {

/// (asin √z − √z) / √z for 0 <= z <= 1/4: the rational approximation of FreeBSD's e_asin.c.
KERNELS_HD double arc_sine_rest(double z) {
  double p = 3.47933107596021167570e-05;
  p = exact::fma(p, z, 7.91534994289814532176e-04);
  p = exact::fma(p, z, -4.00555345006794114027e-02);
  p = exact::fma(p, z, 2.01212532134862925881e-01);
  p = exact::fma(p, z, -3.25565818622400915405e-01);
  p = exact::fma(p, z, 1.66666666666666657415e-01);
  double q = 7.70381505559019352791e-02;
  q = exact::fma(q, z, -6.88283971605453293030e-01);
  q = exact::fma(q, z, 2.02094576023350569471e+00);
  q = exact::fma(q, z, -2.40339491173441421878e+00);
  q = exact::fma(q, z, 1.0);
  return exact::div(exact::mul(p, z), q);
}

/// In radian, for −1 <= x <= 1, within 2 ulp; +0 for ±0.
KERNELS_HD double arc_sine(double x) {
  const double size = x < 0.0 ? -x : x;
  if (size <= 0.5) return exact::fma(x, arc_sine_rest(exact::mul(x, x)), x);
  const double z = exact::fma(-0.5, size, 0.5);  // asin(x) = π/2 − 2·asin(√((1 − x)/2))
  const double s = exact::sqrt(z);
  constexpr double kHalfPi = 0x1.921fb54442d18p+0;
  constexpr double kRest = 0x1.1a62633145c07p-54;
  if (!(s > 0.0)) return x < 0.0 ? -kHalfPi : kHalfPi;
  // √z to far below an ulp: s and its remainder
  const double low = exact::div(exact::fma(-s, s, z), exact::add(s, s));
  const double tail = exact::fma(s, arc_sine_rest(z), low);
  const double value = exact::add(exact::fma(-2.0, s, kHalfPi), exact::fma(-2.0, tail, kRest));
  return x < 0.0 ? -value : value;
}

}  // namespace kernels::inline KERNELS_ABI::math
