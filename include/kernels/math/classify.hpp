// Classes of a row from its similarities: the softmax and the order of classes.
#pragma once

#include <kernels/math/cosine.hpp>
#include <kernels/math/exponential.hpp>

namespace kernels::inline KERNELS_ABI {

struct classify_params {
  float temperature = 0.01F;  ///< similarities are divided by it; 0.01 is CLIP's scale of 100
};

/// The best classes of each row, best first, (N, top) each; similarities and probabilities may be
/// left out.
template <space Space = space::host>
struct classify_outputs {
  view<std::int32_t, 2, Space> classes{};
  view<float, 2, Space> similarities{};
  view<float, 2, Space> probabilities{};
};

inline constexpr std::int64_t kClassifyMostTop = 64;

namespace math {

/// e^((similarity − best)/temperature): what a class counts in the softmax; 0 for NaN.
KERNELS_HD float class_weight(float similarity, float best, float temperature) {
  if (!(similarity == similarity)) return 0.0F;
  return exponential(exact::div(exact::add(similarity, -best), temperature));
}

/// Does class i with similarity s come before class j with similarity t? NaN never does.
KERNELS_HD bool class_before(float s, std::int64_t i, float t, std::int64_t j) {
  return s > t || (s == t && i < j);
}

/// Its probability, from its weight and the sum of all.
KERNELS_HD float class_probability(float weight, double sum) {
  return static_cast<float>(exact::div(static_cast<double>(weight), sum));
}

}  // namespace math
}  // namespace kernels::inline KERNELS_ABI
