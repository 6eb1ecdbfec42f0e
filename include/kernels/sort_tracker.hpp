// SORT on the CPU, for one camera.
#pragma once

#include <kernels/tracking/single.hpp>
#include <kernels/tracking/sort_machine.hpp>

namespace kernels::inline KERNELS_ABI {

namespace tracking {
inline sort_options rules_of(const sort_options& o) {
  constexpr auto kName = "sort_tracker";
  check_option(kName, "iou_threshold", o.iou_threshold, 0, 1);
  check_option(kName, "max_age", o.max_age, 0, 1e9);
  check_option(kName, "min_hits", o.min_hits, 0, 1e6);
  check_option(kName, "first_id", static_cast<double>(o.first_id), 0, 9e18);
  return o;
}
}  // namespace tracking

/// SORT. A value: copies go their own ways. Every detection counts, whatever its score.
///
/// Each frame: predict; one assignment by IoU (without the +1), all tracks against all detections;
/// what is left of the detections starts tracks. A track is given out in frames in which it has a
/// detection, after min_hits of them in a row (in the first min_hits updates: at once).
class sort_tracker
    : public tracking::single_tracker<sort_options, tracking::sort_machine, kalman_sort7> {
 public:
  /// Errors: kernels::error for options outside their ranges.
  explicit sort_tracker(const options& chosen = {}) : single_tracker(tracking::rules_of(chosen)) {}
};

}  // namespace kernels::inline KERNELS_ABI
