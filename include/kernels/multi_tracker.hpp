// Many cameras stepped together: the results of one tracker a camera, bit for bit.
//
//   kernels::multi_tracker<kernels::byte_tracker> trackers(kernels::on_cpu(), 1000);
//   for (…) {
//     const auto updates = trackers.update(frames);  // one camera_frame a camera
//     for (const kernels::tracked& t : updates[camera].tracks) …
//   }
//
// Class: exact. Same tracks with any number of threads.
#pragma once

#include <kernels/cpu/parallel.hpp>
#include <kernels/tracker.hpp>

namespace kernels::inline KERNELS_ABI {

/// One camera's frame.
struct camera_frame {
  std::span<const detection> detections;
  frame_context context = {};
};

/// Trackers of one kind, one a camera. Each counts its own ids.
template <class Tracker>
class multi_tracker {
 public:
  using options = typename Tracker::options;

  /// Errors: kernels::error for a negative number of cameras, or options that Tracker refuses.
  multi_tracker(on_cpu exec, std::int64_t cameras, const options& chosen = {}) : exec_(exec) {
    if (cameras < 0 || cameras > (1 << 24)) {
      refuse("multi_tracker", "cameras", "0 to 16777216", std::to_string(cameras));
    }
    const Tracker one(chosen);
    trackers_.assign(static_cast<std::size_t>(cameras), one);
    updates_.resize(trackers_.size());
  }

  /// The next frame of every camera, in order of cameras; one answer a camera, valid until the next
  /// update. Errors: kernels::error, before anything changes, for a number of frames that is not
  /// the number of cameras or a frame that Tracker refuses.
  std::span<const track_update> update(std::span<const camera_frame> frames) {
    if (frames.size() != trackers_.size()) {
      refuse("multi_tracker", "frames", std::to_string(trackers_.size()) + ", one a camera",
             std::to_string(frames.size()));
    }
    for (std::size_t c = 0; c < frames.size(); ++c) {
      trackers_[c].check(frames[c].detections, frames[c].context);
    }
    // a few cameras a piece: a frame of one takes microseconds
    constexpr std::size_t kPiece = 8;
    const auto pieces = static_cast<std::int64_t>((frames.size() + kPiece - 1) / kPiece);
    cpu::parallel_for(exec_, pieces, [&](std::int64_t piece) {
      const auto first = static_cast<std::size_t>(piece) * kPiece;
      for (std::size_t c = first; c < std::min(frames.size(), first + kPiece); ++c) {
        updates_[c] = trackers_[c].update(frames[c].detections, frames[c].context);
      }
    });
    return updates_;
  }

  [[nodiscard]] std::int64_t cameras() const { return std::ssize(trackers_); }
  /// One camera's tracker, to ask or reset it.
  [[nodiscard]] Tracker& camera(std::int64_t c) {
    return trackers_.at(static_cast<std::size_t>(c));
  }

 private:
  on_cpu exec_;
  std::vector<Tracker> trackers_;
  std::vector<track_update> updates_;
};

}  // namespace kernels::inline KERNELS_ABI
