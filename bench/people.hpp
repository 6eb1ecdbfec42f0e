// Points for the benchmarks of clusterings: 512-d embeddings of a number of people, alone or in a
// narrow cone, as networks give them.
#pragma once

#include <kernels/core/view.hpp>

#include <random>
#include <vector>

namespace bench {

inline constexpr std::int64_t kPeopleDimension = 512;

/// `each` rows a person, in random order; one row in ten is nobody's. `cone` is how long what all
/// rows share is, beside a person's own direction.
inline std::vector<float> people(std::int64_t count, std::int64_t each, float cone) {
  std::mt19937 random(1);
  std::normal_distribution<float> normal;
  const auto row = static_cast<std::size_t>(kPeopleDimension);
  std::vector<float> shared(row), values;
  std::vector<float> faces(static_cast<std::size_t>(count / each + 1) * row);
  for (float& v : shared) v = cone * normal(random);
  for (float& v : faces) v = normal(random);
  values.reserve(static_cast<std::size_t>(count) * row);
  for (std::int64_t i = 0; i < count; ++i) {
    const bool nobody = random() % 10 == 0;
    const std::size_t face = random() % (faces.size() / row) * row;
    for (std::size_t k = 0; k < row; ++k) {
      const float own = nobody ? 1.17F * normal(random) : faces[face + k] + 0.6F * normal(random);
      values.push_back(shared[k] + own);
    }
  }
  return values;
}

inline kernels::view<const float, 2> rows_of(const std::vector<float>& values) {
  return kernels::packed(
      values.data(),
      {static_cast<std::int64_t>(values.size()) / kPeopleDimension, kPeopleDimension});
}

}  // namespace bench
