// Clusterings on the GPU: points on which ties, duplicates and rows without a direction matter, for
// the emulator and for a GPU. What the CPU finds is the definition.
#pragma once

#include <kernels/core/view.hpp>

#include <algorithm>
#include <cstdint>
#include <limits>
#include <random>
#include <vector>

namespace cluster_gpu_cases {

struct matrix {
  std::int64_t rows = 0, columns = 0;
  std::vector<float> values = {};
  [[nodiscard]] auto view() const { return kernels::packed(values.data(), {rows, columns}); }
  float* row(std::int64_t r) { return values.data() + r * columns; }
};

enum class kind {
  blobs,   ///< six clusters with stragglers
  random,  ///< no clusters
  grid,    ///< a few whole numbers: most distances tie
  equal,   ///< one point, repeated
  spoiled  ///< blobs with repeated rows, zeros, rows that are not finite
};
inline constexpr kind kKinds[] = {kind::blobs, kind::random, kind::grid, kind::equal,
                                  kind::spoiled};

inline matrix points(kind what, std::int64_t rows, std::int64_t columns, unsigned seed) {
  std::mt19937 random(seed);
  std::normal_distribution<float> normal;
  matrix m{rows, columns, std::vector<float>(static_cast<std::size_t>(rows * columns))};
  std::vector<float> centres(static_cast<std::size_t>(6 * columns));
  for (float& c : centres) c = 4 * normal(random);
  for (std::int64_t r = 0; r < rows; ++r) {
    const auto centre = static_cast<std::int64_t>(random() % 6) * columns;
    const float spread = random() % 8 == 0 ? 3.0F : 0.4F;
    for (std::int64_t k = 0; k < columns; ++k) {
      const float from = what == kind::random ? 0 : centres[static_cast<std::size_t>(centre + k)];
      m.row(r)[k] = what == kind::grid    ? static_cast<float>(random() % 4) - 1
                    : what == kind::equal ? centres[static_cast<std::size_t>(k)]
                                          : from + spread * normal(random);
    }
    if (what != kind::spoiled || columns == 0) continue;
    const auto chance = random() % 12;
    const auto other = static_cast<std::int64_t>(random() % static_cast<unsigned>(r + 1));
    if (chance < 2) std::copy_n(m.row(other), columns, m.row(r));
    if (chance == 2) std::fill_n(m.row(r), columns, 0.0F);
    if (chance == 3) m.row(r)[columns / 2] = std::numeric_limits<float>::quiet_NaN();
    if (chance == 4) m.row(r)[0] = -std::numeric_limits<float>::infinity();
  }
  return m;
}

/// All rows not finite.
inline matrix spoiled_rows(std::int64_t rows, std::int64_t columns) {
  const auto size = static_cast<std::size_t>(rows * columns);
  return {rows, columns, std::vector<float>(size, std::numeric_limits<float>::quiet_NaN())};
}

}  // namespace cluster_gpu_cases
