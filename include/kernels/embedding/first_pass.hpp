// What the first pass of a search reads.
#pragma once

#include <kernels/core/version.hpp>

namespace kernels::inline KERNELS_ABI {

/// What the first pass over a gallery reads. It changes the time, never the answer.
enum class first_pass { float32, float16, bfloat16, int8 };

}  // namespace kernels::inline KERNELS_ABI
