// Of several detections of one thing, the best.
#pragma once

#include "detector.hpp"

namespace kernels::examples {

/// Greedy non-maximum suppression, each class by itself; the best first.
detections suppress(const detections& found, double overlap);

}  // namespace kernels::examples
