// The peers of mask_logits and mask_regions: OpenCV's resize and comparison, and
// connectedComponentsWithStats as remove_small_regions of Segment Anything uses it. Compiled where
// OpenCV is found (KERNELS_BENCH_OPENCV).
#pragma once

#include <opencv2/core.hpp>
#include <opencv2/imgproc.hpp>

#include <vector>

namespace bench {

/// Logits to a byte mask of the image's size (0 or 255), by way of the upsampled floats.
inline void opencv_mask(const cv::Mat& logits, cv::Size image, float threshold, cv::Mat& upsampled,
                        cv::Mat& mask) {
  cv::resize(logits, upsampled, image, 0, 0, cv::INTER_LINEAR);
  cv::compare(upsampled, threshold, mask, cv::CMP_GT);
}

/// Regions of `mask` (0 or 1) with fewer than `limit` pixels: holes are filled, islands removed.
inline void opencv_remove_small(cv::Mat& mask, bool holes, int limit) {
  cv::Mat working;
  if (holes) {
    working = mask == 0;
  } else {
    working = mask;
  }
  cv::Mat labels;
  cv::Mat stats;
  cv::Mat centroids;
  const int count = cv::connectedComponentsWithStats(working, labels, stats, centroids, 8, CV_32S);
  std::vector<std::uint8_t> small(static_cast<std::size_t>(count), 0);
  for (int k = 1; k < count; ++k) {
    small[static_cast<std::size_t>(k)] = stats.at<int>(k, cv::CC_STAT_AREA) < limit ? 1 : 0;
  }
  for (int y = 0; y < mask.rows; ++y) {
    const int* label = labels.ptr<int>(y);
    auto* pixel = mask.ptr<std::uint8_t>(y);
    for (int x = 0; x < mask.cols; ++x) {
      if (small[static_cast<std::size_t>(label[x])] != 0) pixel[x] = holes ? 1 : 0;
    }
  }
}

}  // namespace bench
