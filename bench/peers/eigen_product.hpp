// A matrix product of Eigen, compiled apart for the processor that builds it (-march=native): what a
// careful user of such a library would call for the cosine similarities of unit rows.
#pragma once

#include <cstdint>

namespace bench {

/// out (n, m) = a (n, d) · b (m, d)ᵀ, all row by row, one thread.
void eigen_product(const float* a, std::int64_t n, const float* b, std::int64_t m, std::int64_t d,
                   float* out);

}  // namespace bench
