// ByteTrack on the CPU, for one camera.
#pragma once

#include <kernels/tracking/byte_machine.hpp>
#include <kernels/tracking/single.hpp>

namespace kernels::inline KERNELS_ABI {

namespace tracking {
inline byte_rules rules_of(const byte_tracker_options& o) {
  constexpr auto kName = "byte_tracker";
  check_option(kName, "track_threshold", o.track_threshold, -1e9, 1e9);
  check_option(kName, "low_threshold", o.low_threshold, -1e9, 1e9);
  check_option(kName, "match_threshold", o.match_threshold, 0, 1);
  check_option(kName, "low_match_threshold", o.low_match_threshold, 0, 1);
  check_option(kName, "unconfirmed_threshold", o.unconfirmed_threshold, 0, 1);
  check_option(kName, "fps", o.fps, 0, 1e6);
  check_option(kName, "track_buffer", o.track_buffer, 0, 1e6);
  check_option(kName, "max_buffer", o.max_buffer, 0, 1e6);
  check_option(kName, "first_id", static_cast<double>(o.first_id), 0, 9e18);
  check_option(kName, "duplicate_threshold", o.duplicate_threshold, 0, 1);
  const double fresh = o.new_threshold.value_or(o.track_threshold + 0.1);
  check_option(kName, "new_threshold", fresh, -1e9, 1e9);
  return {.name = kName,
          .model = filter_model::xyah,
          .high = o.track_threshold,
          .low = o.low_threshold,
          .fresh = fresh,
          .limits = {o.match_threshold, o.low_match_threshold, o.unconfirmed_threshold},
          .duplicate = o.duplicate_threshold,
          .fuse = o.fuse_scores,
          .max_lost = lost_frames(o.fps, o.track_buffer, o.max_buffer),
          .apart = o.classes_apart,
          .first_id = o.first_id};
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
