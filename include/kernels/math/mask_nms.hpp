// mask_nms, one pair: host and device.
#pragma once

#include <kernels/math/mask.hpp>

#include <limits>

namespace kernels::inline KERNELS_ABI {

/// Options of mask_nms().
struct mask_nms_options {
  double iou_threshold = 0.5;  ///< in [0, 1]; a mask goes if its IoU with a kept one is above
  float score_threshold = -std::numeric_limits<float>::infinity();  ///< scores must be above
};

namespace math {

/// Does a come before b?
KERNELS_HD bool mask_before(float score_a, std::int64_t a, float score_b, std::int64_t b) {
  return score_a > score_b || (score_a == score_b && a < b);
}

/// Can the IoU be above the threshold at all? Never false where it is: the pixels shared are no
/// more than either area and the common part of the boxes, and the rounded IoU grows with them.
KERNELS_HD bool mask_may_exceed(const mask_facts& a, const mask_facts& b, double threshold) {
  const std::int64_t width =
      exact::min(a.bounds.right, b.bounds.right) - exact::max(a.bounds.left, b.bounds.left);
  const std::int64_t height =
      exact::min(a.bounds.bottom, b.bounds.bottom) - exact::max(a.bounds.top, b.bounds.top);
  if (width <= 0 || height <= 0) return false;
  const std::int64_t most = exact::min(width * height, exact::min(a.area, b.area));
  return mask_iou<double>(most, a.area, b.area) > threshold;
}

}  // namespace math
}  // namespace kernels::inline KERNELS_ABI
