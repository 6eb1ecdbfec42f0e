// McByte on the CPU, for one camera.
#pragma once

#include <kernels/tracking/byte_machine.hpp>
#include <kernels/tracking/single.hpp>

namespace kernels::inline KERNELS_ABI {

namespace tracking {
inline byte_rules rules_of(const mcbyte_options& o) {
  auto rules = byte_rules_of("mcbyte_tracker", filter_model::xywh,
                             o.new_threshold.value_or(o.track_threshold + 0.1), o);
  rules.uses = {.warp = true, .masks = true};
  return rules;
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
