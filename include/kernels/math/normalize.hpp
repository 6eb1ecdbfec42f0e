// A row of an embedding to unit length: the arithmetic, in double, so that nothing overflows or
// underflows and the result is within 1 ulp of the exact quotient.
#pragma once

#include <kernels/math/bfloat16.hpp>
#include <kernels/math/dot.hpp>

#include <type_traits>

namespace kernels::inline KERNELS_ABI {

/// What a row of an embedding is: only ok rows have a direction.
enum class row_state : std::uint8_t {
  ok,
  zero,       ///< all elements 0: similarity 0 with everything
  not_finite  ///< a NaN or an infinity: matches nothing
};

namespace math {

/// One more element of a row's sum of squares: sums[i % kDotLanes], i ascending.
KERNELS_HD double add_square(double sum, float x) {
  const auto wide = static_cast<double>(x);
  return exact::fma(wide, wide, sum);
}

/// The state of a row with that sum of squares.
KERNELS_HD row_state state_of(double squares) {
  if (squares == 0.0) return row_state::zero;
  return squares <= 1e300 ? row_state::ok : row_state::not_finite;  // NaN is not <=
}

/// What the elements of an ok row are multiplied with.
KERNELS_HD double inverse_norm(double squares) { return exact::div(1.0, exact::sqrt(squares)); }

/// An element of the unit row.
KERNELS_HD float scaled(float x, double inverse) {
  return static_cast<float>(exact::mul(static_cast<double>(x), inverse));
}

/// What stands in a row without a direction: zeros, or NaN where the row was not finite.
KERNELS_HD float no_direction(row_state state) {
  return state == row_state::zero ? 0.0F : float_of_bits(0x7fc00000U);
}

/// The nearest number of T, ties to even.
template <class T>
KERNELS_HD T from_float32(float x) {
  static_assert(std::is_same_v<T, float> || std::is_same_v<T, half> || std::is_same_v<T, bfloat16>,
                "rows of embeddings are float, half or bfloat16");
  if constexpr (std::is_same_v<T, half>) {
    return to_half(x);
  } else if constexpr (std::is_same_v<T, bfloat16>) {
    return to_bfloat16(x);
  } else {
    return x;
  }
}

}  // namespace math
}  // namespace kernels::inline KERNELS_ABI
