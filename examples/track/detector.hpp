// What finds boxes in frames.
#pragma once

#include "options.hpp"

#include <kernels/tracking/types.hpp>

#include <opencv2/core.hpp>

#include <memory>
#include <span>
#include <string>
#include <vector>

namespace kernels::examples {

using detections = std::vector<detection>;

class detector {
 public:
  virtual ~detector() = default;
  /// One list a frame. Frames are 8-bit BGR of one size.
  virtual std::vector<detections> detect(std::span<const cv::Mat> frames) = 0;
  [[nodiscard]] virtual std::string description() const = 0;
};

/// OpenCV's HOG people detector, frames in parallel. Its score is 1 − exp(−distance from the
/// decision), so 0.5 is a likely person and 0.9 a certain one.
std::unique_ptr<detector> make_hog_detector(const options& o);

/// A YOLO network (v8 and later: one output, 4 + classes rows) through OpenCV's dnn.
/// Errors: usage_error if it is no network or not of this kind, or if this program was built
/// without dnn.
std::unique_ptr<detector> make_yolo_detector(const options& o);

}  // namespace kernels::examples
