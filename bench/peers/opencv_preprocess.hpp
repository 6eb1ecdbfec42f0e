// The peers of preprocess on the CPU, as programs around OpenCV's dnn do it.
// Compiled where OpenCV is found (KERNELS_BENCH_OPENCV).
#pragma once

#include <kernels/letterbox.hpp>

#include <opencv2/core.hpp>
#include <opencv2/dnn.hpp>
#include <opencv2/imgproc.hpp>

#include <vector>

namespace bench {

/// resize, copyMakeBorder, cvtColor, convertTo, split: a letterboxed BGR frame into three float
/// planes (RGB, 0 … 1).
inline void opencv_letterbox(const cv::Mat& frame, const kernels::letterbox& l, int width,
                             int height, float* planes) {
  cv::Mat resized;
  cv::resize(frame, resized, {l.content_width, l.content_height}, 0, 0, cv::INTER_LINEAR);
  cv::Mat padded;
  cv::copyMakeBorder(resized, padded, l.top, height - l.top - l.content_height, l.left,
                     width - l.left - l.content_width, cv::BORDER_CONSTANT, {114, 114, 114});
  cv::cvtColor(padded, padded, cv::COLOR_BGR2RGB);
  cv::Mat scaled;
  padded.convertTo(scaled, CV_32F, 1 / 255.0);
  std::vector<cv::Mat> channels;
  for (int c = 0; c < 3; ++c) {
    channels.emplace_back(height, width, CV_32F, planes + std::ptrdiff_t{c} * width * height);
  }
  cv::split(scaled, channels);
}

/// The same with dnn::blobFromImage after the border.
inline cv::Mat opencv_blob(const cv::Mat& frame, const kernels::letterbox& l, int width,
                           int height) {
  cv::Mat resized;
  cv::resize(frame, resized, {l.content_width, l.content_height}, 0, 0, cv::INTER_LINEAR);
  cv::Mat padded;
  cv::copyMakeBorder(resized, padded, l.top, height - l.top - l.content_height, l.left,
                     width - l.left - l.content_width, cv::BORDER_CONSTANT, {114, 114, 114});
  return cv::dnn::blobFromImage(padded, 1 / 255.0, {}, {}, true);
}

}  // namespace bench
