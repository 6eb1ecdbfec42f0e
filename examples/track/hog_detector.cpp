#include "detector.hpp"
#include "suppress.hpp"

#include <common/machine.hpp>
#include <common/parallel.hpp>
#include <common/stop.hpp>

#include <opencv2/imgproc.hpp>
#include <opencv2/objdetect.hpp>

#include <algorithm>
#include <cmath>

namespace kernels::examples {
namespace {

constexpr double kWorkingHeight = 864;  // a person of 100 pixels in it is the smallest one found
constexpr double kLargestScale = 2;
constexpr double kPyramidStep = 1.1;
constexpr double kOverlap = 0.4;
constexpr double kLeastScore = 0.1;
// the detector's window of 64x128 has a margin of 16 pixels around a person of about 30x96
constexpr double kMarginX = 0.18;
constexpr double kMarginTop = 0.10;
constexpr double kMarginBottom = 0.09;

class hog_detector : public detector {
 public:
  explicit hog_detector(const options& o)
      : threads_(o.threads == 0 ? cores() : o.threads),
        least_(o.confidence.value_or(kLeastScore)),
        overlap_(o.overlap.value_or(kOverlap)) {
    hog_.setSVMDetector(cv::HOGDescriptor::getDefaultPeopleDetector());
    cv::setNumThreads(1);  // frames are the parallel work
  }

  std::vector<detections> detect(std::span<const cv::Mat> frames) override {
    std::vector<detections> found(frames.size());
    parallel_for(threads_, static_cast<std::int64_t>(frames.size()), [&](std::int64_t k) {
      throw_if_stopped();
      found[static_cast<std::size_t>(k)] = detect_one(frames[static_cast<std::size_t>(k)]);
    });
    return found;
  }

  [[nodiscard]] std::string description() const override { return "HOG people detector"; }

 private:
  [[nodiscard]] detections detect_one(const cv::Mat& frame) const {
    const double scale = std::min(kWorkingHeight / frame.rows, kLargestScale);
    cv::Mat picture;
    cv::resize(frame, picture, {}, scale, scale, scale < 1 ? cv::INTER_AREA : cv::INTER_LINEAR);
    std::vector<cv::Rect> windows;
    std::vector<double> distances;
    if (picture.cols >= hog_.winSize.width && picture.rows >= hog_.winSize.height) {
      hog_.detectMultiScale(picture, windows, distances, 0, {8, 8}, {16, 16}, kPyramidStep, 0);
    }
    detections found;
    for (std::size_t k = 0; k < windows.size(); ++k) {
      detection d;
      d.score = 1 - std::exp(-distances[k]);
      if (!(d.score > least_)) continue;
      const cv::Rect2d w = windows[k];
      d.box = {(w.x + kMarginX * w.width) / scale, (w.y + kMarginTop * w.height) / scale,
               (w.x + (1 - kMarginX) * w.width) / scale,
               (w.y + (1 - kMarginBottom) * w.height) / scale};
      found.push_back(d);
    }
    return suppress(found, overlap_);
  }

  cv::HOGDescriptor hog_;
  int threads_;
  double least_, overlap_;
};

}  // namespace

std::unique_ptr<detector> make_hog_detector(const options& o) {
  return std::make_unique<hog_detector>(o);
}

}  // namespace kernels::examples
