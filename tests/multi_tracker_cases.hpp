// Cameras with scenes of their own, and what one tracker a camera makes of them.
#pragma once

#include "tracker_scenes.hpp"

#include <kernels/multi_tracker.hpp>

#include <string>

namespace multi_tracker_cases {

using kernels::camera_frame;

/// One scene a camera: sizes differ, one camera sees nothing, one only now and then.
inline std::vector<std::vector<std::vector<kernels::detection>>> scenes(int cameras, int frames,
                                                                        int people) {
  std::vector<std::vector<std::vector<kernels::detection>>> all;
  for (int c = 0; c < cameras; ++c) {
    all.push_back(tracker_scenes::crowd({.people = c == 1 ? 0 : 1 + (c * 7) % people,
                                         .frames = frames,
                                         .seed = static_cast<unsigned>(c + 1),
                                         .whole = c % 3 == 0,
                                         .classes = 1 + c % 2}));
    if (c % 5 == 2) {
      for (std::size_t f = 0; f < all.back().size(); f += 3) all.back()[f].clear();
    }
  }
  return all;
}

/// Every byte that an update says.
inline void add(std::string& said, const kernels::track_update& u) {
  const auto raw = [&](const auto& value) {
    said.append(reinterpret_cast<const char*>(&value), sizeof value);
  };
  for (const auto& t : u.tracks) {
    raw(t.id);
    raw(t.box);
    raw(t.score);
    raw(t.class_id);
    raw(t.detection);
    raw(t.confirmed);
  }
  said += '|';
  for (const auto id : u.confirmed) raw(id);
  said += '|';
  for (const auto id : u.removed) raw(id);
  raw(u.ignored);
}

/// Context of camera c in frame f: time and, if the tracker has a use for it, a moving camera.
struct contexts {
  bool warps = false;
  kernels::camera_motion motion{.xx = 0.999, .xy = 0.01, .x0 = 2, .yx = -0.01, .yy = 0.999};
  [[nodiscard]] kernels::frame_context of(std::size_t c, std::size_t f) const {
    return {.dt = (c + f) % 17 == 0 ? 2.0 : 1.0,
            .warp = warps && c % 2 == 0 && f % 4 == 1 ? &motion : nullptr};
  }
};

/// make(cameras, options): a multi_tracker. Its answers are those of single trackers, bit for bit.
template <class Tracker, class Make>
bool equals_single_trackers(const Make& make, int cameras, int frames, int people,
                            const typename Tracker::options& options, bool warps) {
  const auto all = scenes(cameras, frames, people);
  const contexts context{.warps = warps};
  auto many = make(cameras, options);
  std::vector<Tracker> single(static_cast<std::size_t>(cameras), Tracker(options));
  bool same = true;
  std::vector<camera_frame> now(all.size());
  for (std::size_t f = 0; f < static_cast<std::size_t>(frames); ++f) {
    for (std::size_t c = 0; c < all.size(); ++c) now[c] = {all[c][f], context.of(c, f)};
    const auto updates = many.update(now);
    for (std::size_t c = 0; c < all.size(); ++c) {
      std::string given;
      std::string wanted;
      add(given, updates[c]);
      add(wanted, single[c].update(all[c][f], context.of(c, f)));
      same = same && given == wanted;
    }
  }
  return same;
}

}  // namespace multi_tracker_cases
