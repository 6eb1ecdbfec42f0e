// The closing report of a run.
#pragma once

#include <cstdint>
#include <string>

namespace kernels::examples {

struct run_statistics {
  std::int64_t images = 0, views = 0, failed = 0;
  double megapixels = 0;                                            ///< of views
  double decode = 0, sample = 0, encode = 0, sheet = 0, total = 0;  ///< seconds
};

/// What was made, where the time went, and on what it ran.
std::string report_text(const run_statistics& run, const std::string& backend,
                        const std::string& folder);

}  // namespace kernels::examples
