// The scene of the GPU benchmark of multi_tracker, what it must give, and whole updates, compiled
// apart by the host compiler.
#pragma once

#include <kernels/math/box.hpp>

#include <cstdint>
#include <memory>
#include <vector>

namespace bench {

/// cameras × people: boxes where tracks were started and boxes that are seen one frame later,
/// camera after camera, and the detection that each track is to be matched with, in its camera; −1:
/// none.
struct association_scene {
  std::vector<kernels::box<double>> started, seen;
  std::vector<double> scores;
  std::vector<std::int32_t> match;
};
association_scene make_association_scene(std::int32_t cameras, std::int32_t people, double limit);

/// Whole updates of multi_tracker<byte_tracker> on the GPU, frame after frame of crowds.
class whole_updates {
 public:
  whole_updates(std::int32_t cameras, std::int32_t people, std::int32_t frames);
  ~whole_updates();
  whole_updates(const whole_updates&) = delete;
  whole_updates& operator=(const whole_updates&) = delete;
  /// All frames, with new trackers. Returns the number of tracks given out.
  std::int64_t run(bool on_gpu);

 private:
  struct scenes;
  std::unique_ptr<scenes> scenes_;
};

}  // namespace bench
