// Many cameras stepped together: the results of one tracker a camera, bit for bit.
//
//   kernels::multi_tracker<kernels::byte_tracker> trackers(kernels::on_gpu(), 1000);
//   for (…) {
//     const auto updates = trackers.update(frames);  // one camera_frame a camera
//     for (const kernels::tracked& t : updates[camera].tracks) …
//   }
//
// Class: exact. Same tracks on CPU and GPU, with any number of threads.
#pragma once

#include <kernels/tracker.hpp>
//
#include <kernels/tracking/many_on_gpu.hpp>

#include <memory>

namespace kernels::inline KERNELS_ABI {

/// Trackers of one kind, one a camera. Each counts its own ids.
///
/// on_cpu: a camera is stepped by one thread, cameras by several. on_gpu: filters, prices and
/// assignments of all cameras are batches, whose number of launches does not grow with the number
/// of cameras (it does with the number of different dt in one update, and with the longest gap that
/// OC-SORT's tracks come back from). update() waits for the stream: it returns tracks. Cameras with
/// masks, or with more than 2^24 pairs of tracks and detections, assign on the CPU, and so do those
/// that would bring the pairs of all cameras over 2^27.
template <class Tracker>
class multi_tracker {
 public:
  using options = typename Tracker::options;

  /// Errors: kernels::error for a number of cameras outside 0 … 2^20, or options that Tracker
  /// refuses; on_gpu: without CUDA.
  multi_tracker(on_cpu exec, std::int64_t cameras, const options& chosen = {}) : exec_(exec) {
    check_cameras(cameras);
    const Tracker one(chosen);
    trackers_.assign(static_cast<std::size_t>(cameras), one);
    updates_.resize(trackers_.size());
  }
  multi_tracker([[maybe_unused]] on_gpu exec, std::int64_t cameras, const options& chosen = {}) {
    check_cameras(cameras);
    static_cast<void>(Tracker(chosen));
#if KERNELS_HAS_CUDA
    on_gpu_ = std::make_unique<gpu_engine>(exec, static_cast<std::size_t>(cameras),
                                           tracking::rules_of(chosen));
#else
    refuse_without_cuda("multi_tracker");
#endif
  }

  /// The next frame of every camera, in order of cameras; one answer a camera, valid until the next
  /// update. Errors: kernels::error, before anything changes, for a number of frames that is not
  /// the number of cameras or a frame that Tracker refuses (for a crowd too).
  std::span<const track_update> update(std::span<const camera_frame> frames) {
    if (static_cast<std::int64_t>(frames.size()) != cameras()) {
      refuse("multi_tracker", "frames", std::to_string(cameras()) + ", one a camera",
             std::to_string(frames.size()));
    }
#if KERNELS_HAS_CUDA
    if (on_gpu_ != nullptr) {
      for (std::size_t c = 0; c < frames.size(); ++c) {
        on_gpu_->machine(c).check(frames[c].detections, frames[c].context);
      }
      return on_gpu_->update(frames);
    }
#endif
    for (std::size_t c = 0; c < frames.size(); ++c) {
      trackers_[c].check(frames[c].detections, frames[c].context);
    }
    bool may_be_crowded = false;
    for (std::size_t c = 0; c < frames.size(); ++c) {
      may_be_crowded = may_be_crowded || trackers_[c].may_be_crowded(frames[c].detections.size());
    }
    if (!may_be_crowded) return step(frames);
    const std::vector<Tracker> before = trackers_;
    try {
      return step(frames);
    } catch (...) {
      trackers_ = before;
      throw;
    }
  }

  [[nodiscard]] std::int64_t cameras() const {
#if KERNELS_HAS_CUDA
    if (on_gpu_ != nullptr) return static_cast<std::int64_t>(on_gpu_->cameras());
#endif
    return static_cast<std::int64_t>(trackers_.size());
  }

  /// One camera forgets its tracks; ids go on. Errors: std::out_of_range.
  void reset(std::int64_t camera) {
    const auto c = static_cast<std::size_t>(camera);
#if KERNELS_HAS_CUDA
    if (on_gpu_ != nullptr) return on_gpu_->machine(c).reset();
#endif
    trackers_.at(c).reset();
  }

 private:
  std::span<const track_update> step(std::span<const camera_frame> frames) {
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

  static void check_cameras(std::int64_t cameras) {
    if (cameras < 0 || cameras > (1 << 20)) {
      refuse("multi_tracker", "cameras", "0 to 1048576", std::to_string(cameras));
    }
  }

  on_cpu exec_;
  std::vector<Tracker> trackers_;
  std::vector<track_update> updates_;
#if KERNELS_HAS_CUDA
  using gpu_engine =
      tracking::many_on_gpu<typename Tracker::machine, typename Tracker::model, memory::device>;
  std::unique_ptr<gpu_engine> on_gpu_;
#endif
};

}  // namespace kernels::inline KERNELS_ABI
