// OC-SORT on the CPU, for one camera.
#pragma once

#include <kernels/tracking/oc_machine.hpp>
#include <kernels/tracking/single.hpp>

namespace kernels::inline KERNELS_ABI {

namespace tracking {
inline oc_sort_options rules_of(const oc_sort_options& o) {
  constexpr auto kName = "oc_sort_tracker";
  check_option(kName, "detection_threshold", o.detection_threshold, -1e9, 1e9);
  check_option(kName, "iou_threshold", o.iou_threshold, 0, 1);
  check_option(kName, "inertia", o.inertia, 0, 1);
  check_option(kName, "delta_t", o.delta_t, 1, 16);
  check_option(kName, "max_age", o.max_age, 0, 1e4);
  check_option(kName, "min_hits", o.min_hits, 0, 1e6);
  check_option(kName, "first_id", static_cast<double>(o.first_id), 0, 9e18);
  return o;
}
}  // namespace tracking

/// OC-SORT. A value: copies go their own ways.
///
/// Each frame: predict; one assignment by IoU and direction; a second one of what is left, against
/// the boxes where tracks were last seen; what is then left of the detections starts tracks. A
/// track that comes back lives through its gap again, on a straight line. Boxes given out are the
/// detections' own. Over 2^24 pairs in a frame, only those that overlap compete.
class oc_sort_tracker
    : public tracking::single_tracker<oc_sort_options, tracking::oc_machine, kalman_sort7> {
 public:
  /// Errors: kernels::error for options outside their ranges.
  explicit oc_sort_tracker(const options& chosen = {})
      : single_tracker(tracking::rules_of(chosen)) {}
};

}  // namespace kernels::inline KERNELS_ABI
