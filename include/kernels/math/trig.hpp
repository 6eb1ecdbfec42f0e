// Sine, cosine and arc tangent as fixed sequences of IEEE operations: the same bits everywhere,
// which libm and CUDA's functions do not promise.
#pragma once

#include <kernels/core/exact.hpp>

namespace kernels::inline KERNELS_ABI::math {

struct sine_cosine {
  double sine, cosine;
};

/// Sine and cosine of an angle in degrees, within 1 ulp; multiples of 90° give exactly 0 and ±1.
/// |degrees| <= 1e9. Taylor series about the nearest multiple of 90°.
KERNELS_HD sine_cosine sine_cosine_degrees(double degrees) {
  const std::int64_t quarter = exact::to_int64(exact::div(degrees, 90.0));
  const double rest = exact::fma(-90.0, static_cast<double>(quarter), degrees);  // exact
  // π/180 in two doubles, so that x + tail is the angle to far below an ulp
  constexpr double kHigh = 0x1.1df46a2529d39p-6;
  constexpr double kLow = 0x1.5c1d8becdd291p-62;
  const double x = exact::fma(rest, kHigh, 0.0);  // an fma, because it is added below
  const double tail = exact::fma(rest, kLow, exact::fma(rest, kHigh, -x));
  const double z = exact::mul(x, x);
  double s = 1.0 / 355687428096000.0;
  s = exact::fma(s, z, -1.0 / 1307674368000.0);
  s = exact::fma(s, z, 1.0 / 6227020800.0);
  s = exact::fma(s, z, -1.0 / 39916800.0);
  s = exact::fma(s, z, 1.0 / 362880.0);
  s = exact::fma(s, z, -1.0 / 5040.0);
  s = exact::fma(s, z, 1.0 / 120.0);
  s = exact::fma(s, z, -1.0 / 6.0);
  double c = 1.0 / 20922789888000.0;
  c = exact::fma(c, z, -1.0 / 87178291200.0);
  c = exact::fma(c, z, 1.0 / 479001600.0);
  c = exact::fma(c, z, -1.0 / 3628800.0);
  c = exact::fma(c, z, 1.0 / 40320.0);
  c = exact::fma(c, z, -1.0 / 720.0);
  c = exact::fma(c, z, 1.0 / 24.0);
  // sin(x + tail) = x + (x³·s + tail·cos x); cos(x + tail) = 1 − (z/2 − (z²·c − x·tail))
  const double half = exact::mul(0.5, z);  // exact
  const double cosine_short = 1.0 - half;
  const double sine = x + exact::fma(exact::mul(x, z), s, exact::mul(tail, cosine_short));
  const double lost = (1.0 - cosine_short) - half;
  const double cosine = cosine_short + exact::fma(exact::mul(z, z), c, exact::fma(-x, tail, lost));
  switch (quarter & 3) {
    case 0:
      return {sine, cosine};
    case 1:
      return {cosine, 0.0 - sine};
    case 2:
      return {0.0 - sine, 0.0 - cosine};
    default:
      return {0.0 - cosine, sine};
  }
}

/// Coefficients of the odd polynomial of atan_turn, lowest power first: ratio·P(ratio²) is minimax
/// for atan on [0, 1] (5.8e-9 radian before rounding).
inline constexpr int kAtanTerms = 9;
KERNELS_HD constexpr float atan_coefficient(int k) {
  constexpr float p[kAtanTerms] = {683565184.0F, -227850064.0F, 136616720.0F,
                                   -96801240.0F, 71767144.0F,   -49454960.0F,
                                   27193048.0F,  -9844259.0F,   1679329.375F};
  return p[k];
}

/// atan(ratio) for 0 <= ratio <= 1, in units of 2^-32 turn (0 … 2^29), within 1.1e-7 radian.
KERNELS_HD std::int32_t atan_turn(float ratio) {
  const float z = exact::mul(ratio, ratio);
  float p = atan_coefficient(kAtanTerms - 1);
  KERNELS_UNROLL
  for (int k = kAtanTerms - 2; k >= 0; --k) p = exact::fma(p, z, atan_coefficient(k));
  return static_cast<std::int32_t>(exact::mul(ratio, p));
}

}  // namespace kernels::inline KERNELS_ABI::math
