// Embeddings to measure with, made in memory.
#pragma once

#include <cstdint>
#include <vector>

namespace kernels::examples {

struct bench_data {
  std::vector<float> gallery, queries;  ///< rows of the dimension
};

/// Gaussian rows. cone: around a common direction, so that any two rows are similar (0.7 or so), as
/// those of networks are. Queries are gallery rows, each a little changed.
bench_data make_bench_data(std::int64_t rows, std::int64_t dimension, std::int64_t queries,
                           bool cone, std::uint64_t seed, int threads);

}  // namespace kernels::examples
