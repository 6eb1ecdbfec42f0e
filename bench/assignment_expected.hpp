// What the GPU benchmark must produce: assignment on the CPU, compiled apart by the host compiler.
#pragma once

#include <cstdint>
#include <vector>

namespace bench {

/// Problems of n rows and n columns, one after the other; the column of each row.
std::vector<std::int32_t> assignment_expected(const std::vector<float>& costs, std::int32_t n,
                                              float limit);

}  // namespace bench
