// ByteTrack on the CPU, for one camera.
#pragma once

#include <kernels/tracking/byte_machine.hpp>
#include <kernels/tracking/single.hpp>

namespace kernels::inline KERNELS_ABI {

namespace tracking {
inline byte_rules rules_of(const byte_tracker_options& o) {
  auto rules = byte_rules_of("byte_tracker", filter_model::xyah,
                             o.new_threshold.value_or(o.track_threshold + 0.1), o);
  check_option(rules.name, "duplicate_threshold", o.duplicate_threshold, 0, 1);
  rules.duplicate = o.duplicate_threshold;
  rules.fuse = o.fuse_scores;
  return rules;
}
}  // namespace tracking

/// ByteTrack. A value: copies go their own ways.
///
/// Each frame, IoU with the +1 pixel convention: (1) confirmed and lost tracks against high
/// detections; (2) what is left of those that are not lost, against low detections; (3) tracks of
/// one frame against the high detections left over; who finds none is forgotten. High detections
/// still left, of new_threshold or more, start tracks, which are confirmed by their second
/// detection (in the first frame: at once). Given out: confirmed tracks that have a detection. A
/// lost track may come back as long as it is kept; tracked and lost tracks in one place are
/// duplicates, of which the one with the shorter past goes, on a tie the tracked one.
class byte_tracker
    : public tracking::single_tracker<byte_tracker_options, tracking::byte_machine, kalman_xyah> {
 public:
  /// Errors: kernels::error for options outside their ranges.
  explicit byte_tracker(const options& chosen = {}) : single_tracker(tracking::rules_of(chosen)) {}
};

}  // namespace kernels::inline KERNELS_ABI
