// Pictures into files.
#pragma once

#include <opencv2/core.hpp>

#include <cstdint>
#include <string>
#include <vector>

namespace kernels::examples {

enum class image_format { jpg, png, webp };

const char* name(image_format format);  ///< "jpg": also the ending of file names
std::int64_t most_pixels_a_side(image_format format);
int default_quality(image_format format);  ///< of 1 … 100; 0 for png, which has none

/// Errors: failure if the encoder refuses the picture.
std::vector<std::uint8_t> encode(const cv::Mat& bgr, image_format format, int quality);

}  // namespace kernels::examples
