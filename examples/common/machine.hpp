// What the machine has.
#pragma once

#include <cstdint>
#include <string>

namespace kernels::examples {

std::int64_t memory_bytes();  ///< physical memory
int cores();                  ///< that this process may use, at least 1

/// "103.1 GB", "640 MB", "12 kB"
std::string bytes_text(double bytes);

}  // namespace kernels::examples
