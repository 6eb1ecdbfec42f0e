// Smooth text of one line. Knows ASCII and the degree sign.
#pragma once

#include <opencv2/core.hpp>

#include <string>

namespace kernels::examples {

/// How much of each pixel the text covers (8 bits, one channel): capital letters cap pixels high,
/// with cap / 2 free pixels on every side. weight: stroke over cap height.
cv::Mat text_mask(const std::string& text, int cap, double weight = 0.13);

/// Width of the text itself, without the free pixels around.
int text_width(const std::string& text, int cap);

/// Writes on an 8-bit BGR canvas; at is the upper left corner of the capital letters.
void draw_text(cv::Mat& canvas, const std::string& text, cv::Point at, int cap,
               const cv::Vec3b& colour, double weight = 0.13);

}  // namespace kernels::examples
