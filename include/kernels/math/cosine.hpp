// Cosine similarity and distance: what a call takes, and the value of a pair, from the dot of two
// unit rows or from exact integers.
#pragma once

#include <kernels/core/view.hpp>
#include <kernels/math/normalize.hpp>

namespace kernels::inline KERNELS_ABI {

enum class cosine_kind : std::uint8_t {
  similarity,  ///< in [−1, 1]
  distance     ///< 1 − similarity, in [0, 2]
};

/// How near the true value a result has to be.
enum class cosine_precision : std::uint8_t {
  exact,    ///< the same bytes everywhere
  bfloat16  ///< within cosine_bfloat16_bound(), where that is faster
};

struct cosine_options {
  cosine_kind kind = cosine_kind::similarity;
  cosine_precision precision = cosine_precision::exact;
};

/// What a similarity or distance of rows of that many elements may be off by with
/// cosine_precision::bfloat16. Elements of unit rows are rounded to 8 bits, each by a share of at
/// most δ = 2^-8 / (1 + 2^-8), and 2δ + δ² is less than 2^-7 by more than the float32 rows are off;
/// then at most two roundings of one ulp a pair of products.
constexpr double cosine_bfloat16_bound(std::int64_t dimension) {
  return 0x1p-7 + static_cast<double>(dimension) * 0x1p-22;
}

/// Rows of 8-bit integers, each with a scale: row i stands for scales[i]·values[i].
template <space Space = space::host>
struct int8_rows {
  view<const std::int8_t, 2, Space> values;
  view<const float, 1, Space> scales;
};

/// Groups of a ragged batch: those of a, of b, and where each group's values begin in out.
template <space Space = space::host>
struct cosine_groups {
  view<const std::int32_t, 1, Space> a_offsets, b_offsets;
  view<const std::int64_t, 1, Space> out_offsets;
};

inline constexpr std::int64_t kInt8MostDimension = 131071;  // sums of products fit in 32 bits

namespace math {

/// The value of a pair with that similarity before it is clamped.
KERNELS_HD float cosine_value(float similarity, cosine_kind kind) {
  if (!(similarity == similarity)) return no_direction(row_state::not_finite);
  const float within = clamp_similarity(similarity);
  return kind == cosine_kind::distance ? cosine_distance(within) : within;
}

/// What stands for the length of a row of integers with that sum of squares and that scale: the
/// reciprocal of its norm with the sign of the scale, 0 for a row of zeros, NaN where the scale is
/// not finite.
KERNELS_HD double integer_inverse(std::int32_t squares, float scale) {
  if (!(scale - scale == 0.0F)) return static_cast<double>(no_direction(row_state::not_finite));
  if (squares == 0 || scale == 0.0F) return 0.0;
  const double inverse = inverse_norm(static_cast<double>(squares));
  return scale < 0.0F ? -inverse : inverse;
}

/// The similarity of two such rows with that dot of integers; + 0 so that none is −0.
KERNELS_HD float integer_similarity(std::int32_t dot, double a_inverse, double b_inverse) {
  const auto value =
      static_cast<float>(exact::mul(exact::mul(static_cast<double>(dot), a_inverse), b_inverse));
  return exact::add(value, 0.0F);
}

}  // namespace math
}  // namespace kernels::inline KERNELS_ABI
