// How far frames are counted.
#pragma once

#include <cstdint>

namespace kernels::examples {

inline constexpr std::int64_t kMostFrames = 10'000'000;  ///< 92 hours at 30 a second

}  // namespace kernels::examples
