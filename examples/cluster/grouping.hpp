// Embeddings to labels by the method that the user chose.
#pragma once

#include "options.hpp"

#include <kernels/core/view.hpp>

#include <cstdint>
#include <vector>

namespace kernels::examples {

struct grouping {
  std::vector<std::int32_t> labels;   ///< 0 …, −1: noise
  std::vector<double> probabilities;  ///< of each row; empty unless the method gives them
  std::vector<double> persistence;    ///< of each cluster; likewise

  [[nodiscard]] std::vector<std::int64_t> sizes() const;  ///< by label
  [[nodiscard]] std::int64_t noise() const;
};

/// Errors: usage_error with the library's message.
grouping group(const options& o, const view<const float, 2>& points);

/// Clusters of fewer rows become noise; the others are numbered anew in the same order.
void drop_small(grouping& g, std::int64_t smallest);

}  // namespace kernels::examples
