// Suppression, one pair of boxes: the decision and the order, defined once for every backend.
#pragma once

#include <kernels/math/iou.hpp>

#include <limits>

namespace kernels::inline KERNELS_ABI {

/// How nms() decides.
struct nms_options {
  double iou_threshold = 0.5;  ///< in [0, 1]; a box goes if its IoU with a kept one is above it
  /// Only boxes with score > score_threshold take part; so a score of NaN or −∞ never does.
  double score_threshold = -std::numeric_limits<double>::infinity();
  pixel_convention convention = pixel_convention::continuous;
  std::int64_t max_kept = 0;  ///< of a group, best first; 0: no limit
  /// On the GPU: no group has more boxes than this, which sizes launches and workspace; 0: n.
  std::int64_t largest_group = 0;
};

namespace math {

/// Does a box take part? Its score is above the threshold and no coordinate is NaN.
template <class T>
KERNELS_HD bool nms_takes_part(const box<T>& b, T score, T score_threshold) {
  return score > score_threshold && b.left == b.left && b.top == b.top && b.right == b.right &&
         b.bottom == b.bottom;
}

/// Is IoU > threshold? Without a division: shared > threshold·(a + b − shared), one rounding an
/// operation. False where an area is infinite or 0. Symmetric.
template <class T>
KERNELS_HD bool nms_suppresses(T shared, T area_a, T area_b, T threshold) {
  return shared > exact::mul(threshold, exact::add(exact::add(area_a, area_b), -shared));
}
template <class T>
KERNELS_HD bool nms_suppresses(const box<T>& a, T area_a, const box<T>& b, T area_b, T threshold,
                               pixel_convention c) {
  return nms_suppresses(intersection(a, b, c), area_a, area_b, threshold);
}

/// Does (score_a, index_a) come first? Higher score, then lower index.
template <class T, class Index>
KERNELS_HD bool nms_before(T score_a, Index index_a, T score_b, Index index_b) {
  return score_a > score_b || (score_a == score_b && index_a < index_b);
}

}  // namespace math
}  // namespace kernels::inline KERNELS_ABI
