// track --detections: files of detections in, files of tracks out.
#pragma once

#include "options.hpp"

namespace kernels::examples {

/// A file, or a folder of which each file is a camera. Returns the exit code.
int track_files(const options& o);

}  // namespace kernels::examples
