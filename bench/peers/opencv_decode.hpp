// The peer of decode_yolo on the CPU, as programs around OpenCV's dnn do it.
// Compiled where OpenCV is found (KERNELS_BENCH_OPENCV).
#pragma once

#include <kernels/letterbox.hpp>

#include <opencv2/core.hpp>

#include <vector>

namespace bench {

/// A head (4 + C, A): transposed, then minMaxLoc of each row. Returns the number of detections.
inline int opencv_decode(const cv::Mat& head, float threshold, const kernels::letterbox& l,
                         std::vector<cv::Rect2f>& boxes, std::vector<float>& scores,
                         std::vector<int>& classes) {
  cv::Mat rows;
  cv::transpose(head, rows);
  boxes.clear();
  scores.clear();
  classes.clear();
  const float x_ratio = static_cast<float>(l.source_width) / static_cast<float>(l.content_width);
  const float y_ratio = static_cast<float>(l.source_height) / static_cast<float>(l.content_height);
  for (int a = 0; a < rows.rows; ++a) {
    double best = 0;
    cv::Point place;
    cv::minMaxLoc(rows.row(a).colRange(4, rows.cols), nullptr, &best, nullptr, &place);
    if (!(best > static_cast<double>(threshold))) continue;
    const auto* r = rows.ptr<float>(a);
    boxes.emplace_back((r[0] - r[2] / 2 - static_cast<float>(l.left)) * x_ratio,
                       (r[1] - r[3] / 2 - static_cast<float>(l.top)) * y_ratio, r[2] * x_ratio,
                       r[3] * y_ratio);
    scores.push_back(static_cast<float>(best));
    classes.push_back(place.x);
  }
  return static_cast<int>(boxes.size());
}

}  // namespace bench
