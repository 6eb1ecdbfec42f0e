// The trackers: tracks, ids and boxes of a crowd of whole numbers.
#include "same_bytes.hpp"

#include <kernels/tracker.hpp>

namespace {

using kernels::detection;

/// People who walk in straight lines; sizes, places and scores are exact in double.
std::vector<std::vector<detection>> crowd() {
  same_bytes::random random;
  const auto below = [&](std::uint64_t most) { return static_cast<int>(random.next() % most); };
  struct person {
    int x, y, vx, vy, width, height;
  };
  std::vector<person> people;
  for (int k = 0; k < 30; ++k) {
    people.push_back(
        {below(2000), below(900), below(13) - 6, below(5) - 2, 40 + below(60), 80 + below(150)});
  }
  std::vector<std::vector<detection>> frames(120);
  for (auto& frame : frames) {
    for (auto& p : people) {
      p.x += p.vx;
      p.y += p.vy;
      if (below(8) == 0) continue;
      const int x = p.x + below(5);
      const int y = p.y + below(5);
      frame.push_back({{static_cast<double>(x), static_cast<double>(y),
                        static_cast<double>(x + p.width + below(4)),
                        static_cast<double>(y + p.height + below(4))},
                       random.unit(),
                       0});
    }
  }
  return frames;
}

template <class Tracker>
std::uint64_t hash_of(Tracker tracker, bool warps) {
  same_bytes::hash hash;
  const kernels::camera_motion motion{
      .xx = 0.9990234375, .xy = 0.0078125, .x0 = 1.5, .yx = -0.0078125, .yy = 0.9990234375};
  int f = 0;
  for (const auto& frame : crowd()) {
    ++f;
    const auto update = tracker.update(
        frame, {.dt = f % 9 == 0 ? 2.0 : 1.0, .warp = warps && f % 3 == 0 ? &motion : nullptr});
    for (const auto& t : update.tracks) {
      hash.add(&t.id, sizeof t.id);
      hash.add(&t.box, sizeof t.box);
      hash.add(&t.detection, sizeof t.detection);
    }
    hash.add(update.removed.data(), update.removed.size_bytes());
  }
  return hash.value();
}

const same_bytes::operation tracker("tracker", [] {
  same_bytes::expect("sort_tracker", 0x47c1bd48df0fb5e9,
                     hash_of(kernels::sort_tracker({.max_age = 4}), false));
  same_bytes::expect("byte_tracker", 0xdd44a50cb21108e6, hash_of(kernels::byte_tracker(), false));
  same_bytes::expect("bot_sort_tracker", 0xe3b9fb9469dcbe57,
                     hash_of(kernels::bot_sort_tracker(), true));
  same_bytes::expect("oc_sort_tracker", 0x75f661944a4d04f0,
                     hash_of(kernels::oc_sort_tracker({.detection_threshold = 0.3}), false));
  same_bytes::expect("mcbyte_tracker", 0xc4dc25545d3e12ff,
                     hash_of(kernels::mcbyte_tracker(), true));
});

}  // namespace
