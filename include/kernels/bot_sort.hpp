// BoT-SORT on the CPU, for one camera.
#pragma once

#include <kernels/tracking/byte_machine.hpp>
#include <kernels/tracking/single.hpp>

namespace kernels::inline KERNELS_ABI {

namespace tracking {
inline byte_rules rules_of(const bot_sort_options& o) {
  constexpr auto kName = "bot_sort_tracker";
  check_option(kName, "track_threshold", o.track_threshold, -1e9, 1e9);
  check_option(kName, "low_threshold", o.low_threshold, -1e9, 1e9);
  check_option(kName, "match_threshold", o.match_threshold, 0, 1);
  check_option(kName, "low_match_threshold", o.low_match_threshold, 0, 1);
  check_option(kName, "unconfirmed_threshold", o.unconfirmed_threshold, 0, 1);
  check_option(kName, "fps", o.fps, 0, 1e6);
  check_option(kName, "track_buffer", o.track_buffer, 0, 1e6);
  check_option(kName, "max_buffer", o.max_buffer, 0, 1e6);
  check_option(kName, "first_id", static_cast<double>(o.first_id), 0, 9e18);
  check_option(kName, "new_threshold", o.new_threshold, -1e9, 1e9);
  check_option(kName, "duplicate_threshold", o.duplicate_threshold, 0, 1);
  check_option(kName, "proximity_threshold", o.proximity_threshold, 0, 0.999);
  check_option(kName, "appearance_threshold", o.appearance_threshold, 0, 1);
  check_option(kName, "feature_momentum", o.feature_momentum, 0, 1);
  return {.name = kName,
          .model = filter_model::xywh,
          .high = o.track_threshold,
          .low = o.low_threshold,
          .fresh = o.new_threshold,
          .limits = {o.match_threshold, o.low_match_threshold, o.unconfirmed_threshold},
          .duplicate = o.duplicate_threshold,
          .fuse = o.fuse_scores,
          .gives_unconfirmed = true,
          .uses = {.warp = true, .appearance = true},
          .max_lost = lost_frames(o.fps, o.track_buffer, o.max_buffer),
          .apart = o.classes_apart,
          .first_id = o.first_id,
          .appearance_limits = {o.proximity_threshold, o.appearance_threshold},
          .feature_momentum = o.feature_momentum};
}
}  // namespace tracking

/// BoT-SORT. A value: copies go their own ways.
///
/// ByteTrack's three associations (see byte_tracker) with a filter of width and height, predictions
/// moved by the camera's motion (frame_context::warp), and tracks of one frame given out too
/// (tracked::confirmed says false).
///
/// Appearance, if given as embeddings or as a matrix: half the cosine distance to the track's
/// running mean; 1 where that is above appearance_threshold or where 1 − IoU is above
/// proximity_threshold; the price of a pair is the least of this and of its distance. In
/// associations (1) and (3).
class bot_sort_tracker
    : public tracking::single_tracker<bot_sort_options, tracking::byte_machine, kalman_xywh> {
 public:
  /// Errors: kernels::error for options outside their ranges.
  explicit bot_sort_tracker(const options& chosen = {})
      : single_tracker(tracking::rules_of(chosen)) {}

  /// The tracks that the next update will compare, in the order of frame_context::appearance's
  /// rows.
  [[nodiscard]] std::span<const std::int64_t> candidates() const { return state().candidates(); }
};

}  // namespace kernels::inline KERNELS_ABI
