// The peer of rotated_iou on the CPU: OpenCV's rotatedRectangleIntersection and the area of its
// corners, as programs for oriented detections do it.
// Compiled where OpenCV is found (KERNELS_BENCH_OPENCV).
#pragma once

#include <kernels/math/rotated_iou.hpp>

#include <opencv2/imgproc.hpp>

#include <vector>

namespace bench {

inline std::vector<cv::RotatedRect> opencv_boxes(
    const std::vector<kernels::rotated_box<float>>& boxes) {
  std::vector<cv::RotatedRect> all;
  for (const auto& b : boxes) {
    all.emplace_back(cv::Point2f(b.cx, b.cy), cv::Size2f(b.width, b.height), b.angle);
  }
  return all;
}

/// Its corners come in no order along the polygon: hence the hull.
inline float opencv_rotated_iou(const cv::RotatedRect& a, const cv::RotatedRect& b) {
  std::vector<cv::Point2f> corners, hull;
  if (cv::rotatedRectangleIntersection(a, b, corners) == cv::INTERSECT_NONE || corners.empty()) {
    return 0;
  }
  cv::convexHull(corners, hull);
  const auto shared = static_cast<float>(cv::contourArea(hull));
  return shared / (a.size.area() + b.size.area() - shared);
}

}  // namespace bench
