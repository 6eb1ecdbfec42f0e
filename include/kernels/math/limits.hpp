// Extreme values as constants, which device code may use (std::numeric_limits' functions are the
// host's alone).
#pragma once

#include <kernels/core/version.hpp>

#include <limits>

namespace kernels::inline KERNELS_ABI::math {

template <class T>
inline constexpr T kInfinity = std::numeric_limits<T>::infinity();
/// The smallest positive number that is not subnormal: a divisor that stands in for 0.
template <class T>
inline constexpr T kSmallestNormal = std::numeric_limits<T>::min();

}  // namespace kernels::inline KERNELS_ABI::math
