// The one thing that matters here in a picture's EXIF data: which way is up.
#pragma once

#include <opencv2/core.hpp>

#include <cstdint>
#include <span>

namespace kernels::examples {

/// The orientation, 1 … 8, in a TIFF block ("II*\0" or "MM\0*" …); 1 (upright) if there is none.
int exif_orientation(std::span<const std::uint8_t> tiff);

/// Turns and mirrors a picture stored with that orientation upright.
cv::Mat upright(const cv::Mat& picture, int orientation);

}  // namespace kernels::examples
