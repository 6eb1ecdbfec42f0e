// The angle whose tangent is a ratio, as a fixed sequence of IEEE operations: the same bits
// everywhere, which libm and CUDA's functions do not promise.
#pragma once

#include <kernels/core/exact.hpp>
#include <kernels/math/limits.hpp>

namespace kernels::inline KERNELS_ABI::math {

/// Coefficients of Q, lowest power first: atan(x) = x + x³·Q(x²) for |x| <= tan(π/8), minimax to
/// 9.2e-11 (float) and 2e-19 (double) before rounding.
template <class T>
struct arc_tangent_terms;
template <>
struct arc_tangent_terms<float> {
  static constexpr int kCount = 6;
  KERNELS_HD static constexpr float get(int k) {
    constexpr float q[kCount] = {-0x1.555556p-2F, 0x1.99997cp-3F,  -0x1.248a18p-3F,
                                 0x1.c57bacp-4F,  -0x1.614446p-4F, 0x1.9d8b18p-5F};
    return q[k];
  }
};
template <>
struct arc_tangent_terms<double> {
  static constexpr int kCount = 12;
  KERNELS_HD static constexpr double get(int k) {
    constexpr double q[kCount] = {
        -0x1.5555555555555p-2, 0x1.9999999999953p-3, -0x1.249249248d7eep-3, 0x1.c71c71c304b46p-4,
        -0x1.745d165df3918p-4, 0x1.3b1392d9dbcc6p-4, -0x1.110e8809a7beep-4, 0x1.e19a13a7120bap-5,
        -0x1.ac7a9300192a8p-5, 0x1.74ddd18d3dae6p-5, -0x1.1b33b2c14f38ep-5, 0x1.0ad35c1edefbcp-6};
    return q[k];
  }
};

template <class T>
inline constexpr T kQuarterPi = T(0.78539816339744830961566084581988);
template <class T>
inline constexpr T kHalfPi = T(1.5707963267948966192313216916398);
template <class T>
inline constexpr T kTanEighth = T(0.41421356237309504880168872420970);  // tan(π/8)

/// atan(y / x) for y, x >= 0: 0 … π/2, within 3 ulp; 0 if both are 0, NaN if both are infinite.
template <class T>
KERNELS_HD T arc_tangent(T y, T x) {
  const T low = exact::min(y, x);
  const T high = exact::max(y, x);
  // beyond π/8: atan(r) = π/4 + atan((r − 1)/(r + 1))
  const bool beyond = low > exact::mul(kTanEighth<T>, high);
  const T above = beyond ? low - high : low;
  const T below = beyond ? exact::add(low, high) : high;
  const T t = exact::div(above, exact::max(kSmallestNormal<T>, below));
  const T z = exact::mul(t, t);
  T q = arc_tangent_terms<T>::get(arc_tangent_terms<T>::kCount - 1);
  KERNELS_UNROLL
  for (int k = arc_tangent_terms<T>::kCount - 2; k >= 0; --k) {
    q = exact::fma(q, z, arc_tangent_terms<T>::get(k));
  }
  const T angle = exact::fma(exact::mul(t, z), q, t);
  const T acute = beyond ? exact::add(kQuarterPi<T>, angle) : angle;
  return y > x ? kHalfPi<T> - acute : acute;
}

}  // namespace kernels::inline KERNELS_ABI::math
