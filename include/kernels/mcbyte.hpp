// McByte on the CPU, for one camera.
#pragma once

#include <kernels/tracking/byte_machine.hpp>
#include <kernels/tracking/single.hpp>

namespace kernels::inline KERNELS_ABI {

namespace tracking {
inline byte_rules rules_of(const mcbyte_options& o) {
  constexpr auto kName = "mcbyte_tracker";
  check_option(kName, "track_threshold", o.track_threshold, -1e9, 1e9);
  check_option(kName, "low_threshold", o.low_threshold, -1e9, 1e9);
  check_option(kName, "match_threshold", o.match_threshold, 0, 1);
  check_option(kName, "low_match_threshold", o.low_match_threshold, 0, 1);
  check_option(kName, "unconfirmed_threshold", o.unconfirmed_threshold, 0, 1);
  check_option(kName, "fps", o.fps, 0, 1e6);
  check_option(kName, "track_buffer", o.track_buffer, 0, 1e6);
  check_option(kName, "max_buffer", o.max_buffer, 0, 1e6);
  check_option(kName, "first_id", static_cast<double>(o.first_id), 0, 9e18);
  const double fresh = o.new_threshold.value_or(o.track_threshold + 0.1);
  check_option(kName, "new_threshold", fresh, -1e9, 1e9);
  return {.name = kName,
          .model = filter_model::xywh,
          .high = o.track_threshold,
          .low = o.low_threshold,
          .fresh = fresh,
          .limits = {o.match_threshold, o.low_match_threshold, o.unconfirmed_threshold},
          .uses = {.warp = true, .masks = true},
          .max_lost = lost_frames(o.fps, o.track_buffer, o.max_buffer),
          .apart = o.classes_apart,
          .first_id = o.first_id};
}
}  // namespace tracking

/// McByte. A value: copies go their own ways.
///
/// ByteTrack's three associations (see byte_tracker), with a filter of width and height,
/// predictions moved by the camera's motion, scores always fused, and no removal of duplicates. If
/// a label map is given (frame_context::masks), pairs that are not alone in their row and column
/// become cheaper where the track's mask fills the detection: see conditioned_assignment.
///
/// Which label is a track's mask, the application says (mask_frame::bindings); otherwise, at the
/// end of an update, a confirmed track without one takes the label that nobody owns, that lies to
/// 90 % or more in its box, and that fills most of it.
class mcbyte_tracker
    : public tracking::single_tracker<mcbyte_options, tracking::byte_machine, kalman_xywh> {
 public:
  /// Errors: kernels::error for options outside their ranges.
  explicit mcbyte_tracker(const options& chosen = {})
      : single_tracker(tracking::rules_of(chosen)) {}
};

}  // namespace kernels::inline KERNELS_ABI
