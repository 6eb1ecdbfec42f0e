// track --video: a video in; tracks, and an overlay, out.
#pragma once

#include "options.hpp"

namespace kernels::examples {

/// Returns the exit code.
int track_video(const options& o);

}  // namespace kernels::examples
