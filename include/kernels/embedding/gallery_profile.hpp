// Running means of unit vectors: sums of fixed-point numbers, which have no rounding to pile up.
// What was added and taken away again leaves nothing, and the order of additions does not matter.
#pragma once

#include <kernels/math/normalize.hpp>

#include <cstdint>

namespace kernels::inline KERNELS_ABI::gallery_detail {

/// Vectors an identity may have: so many elements of size 1 fit into 64 bits.
inline constexpr std::int64_t kMostVectors = std::int64_t{1} << 22;

/// An element of a unit row in multiples of 2^-40, cut towards zero.
inline std::int64_t fixed_point(float x) {
  return static_cast<std::int64_t>(static_cast<double>(x) * 0x1p40);  // the product is exact
}

inline void add_to_sums(const float* unit, std::int64_t dimension, std::int64_t* sums) {
  for (std::int64_t i = 0; i < dimension; ++i) sums[i] += fixed_point(unit[i]);
}
inline void take_from_sums(const float* unit, std::int64_t dimension, std::int64_t* sums) {
  for (std::int64_t i = 0; i < dimension; ++i) sums[i] -= fixed_point(unit[i]);
}

/// The direction of sums, or zeros where they are all 0.
inline void direction_of(const std::int64_t* sums, std::int64_t dimension, float* out) {
  double squares[math::kDotLanes] = {};
  for (std::int64_t i = 0; i < dimension; ++i) {
    const auto wide = static_cast<double>(sums[i]);
    double& s = squares[i % math::kDotLanes];
    s = exact::fma(wide, wide, s);
  }
  const double sum = math::join_lanes(squares);
  const double inverse = sum == 0.0 ? 0.0 : math::inverse_norm(sum);
  for (std::int64_t i = 0; i < dimension; ++i) {
    out[i] = static_cast<float>(exact::product(static_cast<double>(sums[i]), inverse));
  }
}

}  // namespace kernels::inline KERNELS_ABI::gallery_detail
