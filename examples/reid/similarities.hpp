// Cosine similarities of many rows with many, a block of rows at a time.
#pragma once

#include <kernels/core/view.hpp>

#include <cstdint>
#include <vector>

namespace kernels::examples {

/// Of rows [first, first + count) of a with all rows of b: (count, rows of b).
std::vector<float> similarities(const view<const float, 2>& a, std::int64_t first,
                                std::int64_t count, const view<const float, 2>& b, int threads);

/// Errors: usage_error if so many numbers take more than half of the memory.
void refuse_too_many(std::int64_t rows, std::int64_t columns, std::int64_t bytes_each);

}  // namespace kernels::examples
