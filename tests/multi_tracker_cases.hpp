// Cameras with scenes of their own, and what one tracker a camera makes of them.
#pragma once

#include "tracker_scenes.hpp"

#include <kernels/multi_tracker.hpp>

#include <algorithm>
#include <string>

namespace multi_tracker_cases {

using kernels::camera_frame;

/// One scene a camera: sizes differ, one camera sees nothing, one only now and then; some have a
/// detection with a score beyond all measure.
inline std::vector<std::vector<std::vector<kernels::detection>>> scenes(int cameras, int frames,
                                                                        int people) {
  std::vector<std::vector<std::vector<kernels::detection>>> all;
  for (int c = 0; c < cameras; ++c) {
    all.push_back(tracker_scenes::crowd({.people = c == 1 ? 0 : 1 + (c * 7) % people,
                                         .frames = frames,
                                         .seed = static_cast<unsigned>(c + 1),
                                         .whole = c % 3 == 0,
                                         .classes = 1 + c % 2}));
    if (c % 4 == 0 || c % 4 == 3) {
      for (std::size_t f = 0; f < all.back().size(); ++f) {
        const double score = (c / 4 + static_cast<int>(f / 8)) % 2 == 0 ? 1e300 : -1e308;
        all.back()[f].push_back({{5000, 5000, 5040, 5080}, score, 0});
      }
    }
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

/// What contexts hold beside the detections, where the tracker has a use for it.
struct extras {
  bool warps = false, masks = false, embeddings = false, appearance = false;
};

/// Context of camera c in frame f: time, a moving camera, a label a detection, a look a detection.
/// The memory is good until the camera's next frame.
class contexts {
 public:
  contexts(std::size_t cameras, const extras& what) : what_(what), cameras_(cameras) {}

  /// candidates: as many tracks as the tracker has.
  [[nodiscard]] kernels::frame_context of(std::size_t c, std::size_t f,
                                          const std::vector<kernels::detection>& seen,
                                          std::size_t candidates) {
    kernels::frame_context context{
        .dt = (c + f) % 17 == 0 ? 2.0 : 1.0,
        .warp = what_.warps && c % 2 == 0 && f % 4 == 1 ? &motion_ : nullptr};
    camera& own = cameras_[c];
    const auto count = static_cast<std::int64_t>(seen.size());
    if (what_.masks && (c + f) % 5 != 0) {
      draw(own, seen);
      context.masks = &own.masks;
    }
    if (what_.embeddings && (c + f) % 5 != 0) {
      own.looks.clear();
      for (std::size_t k = 0; k < 3 * seen.size(); ++k) {
        own.looks.push_back(static_cast<float>((k * 7 + c + f / 4) % 5) - 1.0F);
      }
      own.looks.push_back(0);  // never empty
      context.embeddings = kernels::packed(static_cast<const float*>(own.looks.data()), {count, 3});
    }
    if (what_.appearance && (c + f) % 5 != 0) {
      own.distances.clear();
      for (std::size_t k = 0; k < candidates * seen.size(); ++k) {
        own.distances.push_back(static_cast<double>((k * 5 + c + f) % 11) / 10);
      }
      own.distances.push_back(0);
      context.appearance = kernels::packed(static_cast<const double*>(own.distances.data()),
                                           {static_cast<std::int64_t>(candidates), count});
    }
    return context;
  }

 private:
  static constexpr std::int64_t kHeight = 270, kWidth = 480;  // the scene's left upper corner

  struct camera {
    std::vector<std::uint8_t> map;
    kernels::mask_frame masks;
    std::vector<float> looks;
    std::vector<double> distances;
  };

  /// Label k + 1 fills the upper half of detection k.
  static void draw(camera& own, const std::vector<kernels::detection>& seen) {
    own.map.assign(static_cast<std::size_t>(kHeight * kWidth), 0);
    const auto pixel = [](double x, std::int64_t size) {
      return static_cast<std::size_t>(std::clamp(x, 0.0, static_cast<double>(size)));
    };
    for (std::size_t k = 0; k < seen.size(); ++k) {
      const auto& b = seen[k].box;
      const std::size_t right = pixel(b.right, kWidth);
      for (std::size_t y = pixel(b.top, kHeight); y < pixel((b.top + b.bottom) / 2, kHeight); ++y) {
        for (std::size_t x = pixel(b.left, kWidth); x < right; ++x) {
          own.map[y * static_cast<std::size_t>(kWidth) + x] =
              static_cast<std::uint8_t>(k % 250 + 1);
        }
      }
    }
    own.masks.labels = kernels::view<const std::uint8_t, 2>(
        kernels::packed(static_cast<const std::uint8_t*>(own.map.data()), {kHeight, kWidth}));
  }

  extras what_;
  std::vector<camera> cameras_;
  kernels::camera_motion motion_{.xx = 0.999, .xy = 0.01, .x0 = 2, .yx = -0.01, .yy = 0.999};
};

/// How many tracks of the tracker appearance has a row for.
template <class Tracker>
std::size_t candidates_of(const Tracker& tracker) {
  if constexpr (std::is_same_v<Tracker, kernels::bot_sort_tracker>) {
    return tracker.candidates().size();
  }
  return 0;
}

/// make(cameras, options): a multi_tracker. Its answers are those of single trackers, bit for bit.
template <class Tracker, class Make>
bool equals_single_trackers(const Make& make, int cameras, int frames, int people,
                            const typename Tracker::options& options, const extras& what = {}) {
  const auto all = scenes(cameras, frames, people);
  contexts context(all.size(), what);
  auto many = make(cameras, options);
  std::vector<Tracker> single(all.size(), Tracker(options));
  bool same = true;
  std::vector<camera_frame> now(all.size());
  for (std::size_t f = 0; f < static_cast<std::size_t>(frames); ++f) {
    for (std::size_t c = 0; c < all.size(); ++c) {
      now[c] = {all[c][f], context.of(c, f, all[c][f], candidates_of(single[c]))};
    }
    const auto updates = many.update(now);
    for (std::size_t c = 0; c < all.size(); ++c) {
      std::string given;
      std::string wanted;
      add(given, updates[c]);
      add(wanted, single[c].update(all[c][f], now[c].context));
      same = same && given == wanted;
    }
  }
  return same;
}

}  // namespace multi_tracker_cases
