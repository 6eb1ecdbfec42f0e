// McByte on the CPU, for one camera.
#pragma once

#include <kernels/tracking/types.hpp>

namespace kernels::inline KERNELS_ABI {

/// McByte. A value: copies go their own ways.
class mcbyte_tracker {
 public:
  using options = mcbyte_options;

  /// Errors: kernels::error for options outside their ranges.
  explicit mcbyte_tracker(const options& chosen = {});

  /// One frame, also if it has no detections. No allocation once the largest frame was seen.
  /// Errors: kernels::error, before anything changes, for a context that this tracker cannot use.
  track_update update(std::span<const detection> detections, const frame_context& frame = {});

  /// Forgets all tracks; ids go on.
  void reset();
};

}  // namespace kernels::inline KERNELS_ABI
