// BoT-SORT on the CPU, for one camera.
#pragma once

#include <kernels/tracking/byte_machine.hpp>
#include <kernels/tracking/single.hpp>

namespace kernels::inline KERNELS_ABI {

namespace tracking {
inline byte_rules rules_of(const bot_sort_options& o) {
  auto rules = byte_rules_of("bot_sort_tracker", filter_model::xywh, o.new_threshold, o);
  check_option(rules.name, "duplicate_threshold", o.duplicate_threshold, 0, 1);
  check_option(rules.name, "proximity_threshold", o.proximity_threshold, 0, 0.999);
  check_option(rules.name, "appearance_threshold", o.appearance_threshold, 0, 1);
  check_option(rules.name, "feature_momentum", o.feature_momentum, 0, 1);
  rules.duplicate = o.duplicate_threshold;
  rules.fuse = o.fuse_scores;
  rules.gives_unconfirmed = true;
  rules.uses = {.warp = true, .appearance = true};
  rules.appearance_limits = {o.proximity_threshold, o.appearance_threshold};
  rules.feature_momentum = o.feature_momentum;
  return rules;
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
