// soft_nms, one pair of boxes: host and device.
#pragma once

#include <kernels/math/exponential.hpp>
#include <kernels/math/iou.hpp>
#include <kernels/math/nms.hpp>

namespace kernels::inline KERNELS_ABI {

/// How a score goes down with the overlap.
enum class soft_nms_decay : std::uint8_t { gaussian, linear };

struct soft_nms_options {
  soft_nms_decay decay = soft_nms_decay::gaussian;
  double sigma = 0.5;              ///< gaussian: the larger, the less goes
  double iou_threshold = 0.3;      ///< linear: overlaps up to this do nothing
  double score_threshold = 0.001;  ///< scores that fall to this or below are dropped
  pixel_convention convention = pixel_convention::continuous;
  std::int64_t max_kept = 0;  ///< 0: no limit
};

namespace math {

/// A score after a better box with this IoU was chosen.
template <class T>
KERNELS_HD T soft_nms_lower(T score, T iou_of_both, soft_nms_decay decay, T sigma,
                            T iou_threshold) {
  if (decay == soft_nms_decay::gaussian) {
    return exact::product(score,
                          exponential(-exact::div(exact::mul(iou_of_both, iou_of_both), sigma)));
  }
  return iou_of_both > iou_threshold ? exact::product(score, exact::add(T(1), -iou_of_both))
                                     : score;
}

}  // namespace math
}  // namespace kernels::inline KERNELS_ABI
