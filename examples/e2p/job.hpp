// A run of e2p: every input decoded, sampled, encoded and written.
#pragma once

#include "options.hpp"

namespace kernels::examples {

/// Returns the exit code: 0, or 1 if some of many inputs failed.
/// Errors: what goes wrong with all of it, and with a single input.
int run_job(const options& o);

}  // namespace kernels::examples
