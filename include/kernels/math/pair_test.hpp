// Is a pair of embeddings near enough? Asked of the dot of unit rows or of the squared distance
// itself: distances are monotone in them, so a bound on the distance is a bound on those.
#pragma once

#include <kernels/math/dot.hpp>

#include <bit>
#include <limits>

namespace kernels::inline KERNELS_ABI::math {

/// A pair passes if its dot is at least, or its squared distance at most, `bound`.
struct pair_test {
  bool euclidean;
  float bound;

  [[nodiscard]] bool passes(float value) const {
    return euclidean ? value <= bound : value >= bound;
  }
};

/// Floats in their order as integers, and back.
inline std::int32_t ordered_bits(float x) {
  const auto bits = std::bit_cast<std::int32_t>(x);
  return bits >= 0 ? bits : std::numeric_limits<std::int32_t>::min() - bits;
}
inline float from_ordered_bits(std::int32_t order) {
  return std::bit_cast<float>(order >= 0 ? order
                                         : std::numeric_limits<std::int32_t>::min() - order);
}

/// `steps` floats further up; not beyond infinity.
inline float next_float(float x, std::int32_t steps) {
  return from_ordered_bits(ordered_bits(x) + steps);
}

/// The least float in (low, high] that `holds` is true of: false at low, true at high, and from
/// some float between them on.
template <class Holds>
float least_float(float low, float high, const Holds& holds) {
  std::int64_t no = ordered_bits(low), yes = ordered_bits(high);
  while (yes - no > 1) {
    const std::int64_t middle = no + (yes - no) / 2;
    (holds(from_ordered_bits(static_cast<std::int32_t>(middle))) ? yes : no) = middle;
  }
  return from_ordered_bits(static_cast<std::int32_t>(yes));
}

/// Cosine distance of unit rows <= eps; eps >= 0.
inline pair_test cosine_distance_within(float eps) {
  constexpr float kInfinity = std::numeric_limits<float>::infinity();
  const auto holds = [&](float dot) { return cosine_distance(clamp_similarity(dot)) <= eps; };
  if (holds(-1.0F)) return {false, -kInfinity};
  return {false, least_float(-1.0F, 1.0F, holds)};
}

/// Euclidean distance, the float32 root of the float32 squared distance, <= eps; 0 <= eps < inf.
inline pair_test euclidean_distance_within(float eps) {
  constexpr float kInfinity = std::numeric_limits<float>::infinity();
  const float above =
      least_float(-1.0F, kInfinity, [&](float s) { return s >= 0.0F && exact::sqrt(s) > eps; });
  return {true, next_float(above, -1)};
}

/// Cosine similarity of unit rows >= least; −1 <= least <= 1.
inline pair_test similarity_at_least(float least) {
  constexpr float kInfinity = std::numeric_limits<float>::infinity();
  return {false, least <= -1.0F ? -kInfinity : least};
}

}  // namespace kernels::inline KERNELS_ABI::math
