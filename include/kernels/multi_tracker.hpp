// Many cameras stepped together: the results of one tracker a camera, bit for bit.
#pragma once

#include <kernels/core/exec.hpp>
#include <kernels/tracker.hpp>

#include <vector>

namespace kernels::inline KERNELS_ABI {

/// One camera's frame.
struct camera_frame {
  std::span<const detection> detections;
  frame_context context = {};
};

/// cameras trackers of one kind: multi_tracker<byte_tracker> trackers(on_cpu(), 1000, {…}).
template <class Tracker>
class multi_tracker {
 public:
  using options = typename Tracker::options;
  multi_tracker(on_cpu exec, std::int64_t cameras, const options& chosen = {});
  multi_tracker(on_gpu exec, std::int64_t cameras, const options& chosen = {});

  /// The next frame of every camera, in order of cameras; one answer a camera, valid until the next
  /// update. Errors: kernels::error, before anything changes, for a number of frames that is not
  /// the number of cameras or a frame that Tracker refuses.
  std::span<const track_update> update(std::span<const camera_frame> frames);
};

}  // namespace kernels::inline KERNELS_ABI
