// The peer of nms on the CPU: OpenCV's dnn::NMSBoxes, which takes double boxes by corner and size.
// Compiled where OpenCV is found (KERNELS_BENCH_OPENCV).
#pragma once

#include <kernels/math/box.hpp>

#include <opencv2/dnn.hpp>

#include <vector>

namespace bench {

class opencv_nms {
 public:
  opencv_nms(const std::vector<kernels::box<float>>& boxes, const std::vector<float>& scores)
      : scores_(scores) {
    for (const auto& b : boxes) {
      const double left = double{b.left};
      const double top = double{b.top};
      boxes_.emplace_back(left, top, double{b.right} - left, double{b.bottom} - top);
    }
  }
  const std::vector<int>& run(float iou_threshold) {
    cv::dnn::NMSBoxes(boxes_, scores_, 0.0F, iou_threshold, kept_);
    return kept_;
  }

 private:
  std::vector<cv::Rect2d> boxes_;
  std::vector<float> scores_;
  std::vector<int> kept_;
};

}  // namespace bench
