// Colours that are easy to tell apart.
#pragma once

#include <opencv2/core.hpp>

#include <cstdint>

namespace kernels::examples {

/// BGR of a lightness (0 … 1), chroma and hue (in turns) as OKLCH has them: equally bright to the
/// eye whatever the hue.
cv::Vec3b colour_of(double lightness, double chroma, double hue);

/// A colour that belongs to a number: always the same, neighbours far apart.
cv::Vec3b colour_of_id(std::int64_t id);

}  // namespace kernels::examples
