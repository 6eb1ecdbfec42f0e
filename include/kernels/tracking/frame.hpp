// One frame's detections as trackers work on them: those that are boxes, in an order that does not
// depend on the caller's.
#pragma once

#include <kernels/label_boxes_gpu.hpp>
#include <kernels/math/kalman.hpp>
#include <kernels/tracking/types.hpp>

#include <algorithm>
#include <string>
#include <tuple>
#include <vector>

namespace kernels::inline KERNELS_ABI::tracking {

/// Is it a box? See detection.
inline bool usable(const detection& d) {
  constexpr double kMost = 1e9;
  const auto& b = d.box;
  return b.left >= -kMost && b.top >= -kMost && b.right <= kMost && b.bottom <= kMost &&
         b.right > b.left && b.bottom > b.top && d.score == d.score;
}

/// Sorted by descending score, then by box and class, so that permuting the detections of a frame
/// changes neither the tracks nor their ids.
struct frame_detections {
  std::vector<box<double>> boxes;
  std::vector<double> scores;
  std::vector<double> weights;  ///< scores within ±1e6, for prices: their sums stay finite
  std::vector<std::int32_t> classes;
  std::vector<std::int32_t> index;  ///< in the caller's array
  std::int64_t ignored = 0;

  static constexpr double kMostWeight = 1e6;

  void read(std::span<const detection> given) {
    index.clear();
    for (std::size_t k = 0; k < given.size(); ++k) {
      if (usable(given[k])) index.push_back(static_cast<std::int32_t>(k));
    }
    ignored = static_cast<std::int64_t>(given.size() - index.size());
    const auto before = [&](std::int32_t i, std::int32_t j) {
      const detection& a = given[static_cast<std::size_t>(i)];
      const detection& b = given[static_cast<std::size_t>(j)];
      if (a.score != b.score) return a.score > b.score;
      return std::tie(a.box.left, a.box.top, a.box.right, a.box.bottom, a.class_id, i) <
             std::tie(b.box.left, b.box.top, b.box.right, b.box.bottom, b.class_id, j);
    };
    if (!std::is_sorted(index.begin(), index.end(), before)) {
      std::sort(index.begin(), index.end(), before);
    }
    boxes.clear();
    scores.clear();
    weights.clear();
    classes.clear();
    for (const auto k : index) {
      const detection& d = given[static_cast<std::size_t>(k)];
      boxes.push_back(d.box);
      scores.push_back(d.score);
      weights.push_back(exact::max(-kMostWeight, exact::min(kMostWeight, d.score)));
      classes.push_back(d.class_id);
    }
  }
};

inline kalman_motion<double> kalman_motion_of(const camera_motion& m) {
  return {.a = m.xx, .b = m.xy, .c = m.yx, .d = m.yy, .tx = m.x0, .ty = m.y0};
}

/// Refuses what no tracker can use, and what this one has no use for.
struct frame_needs {
  bool warp = false, masks = false, appearance = false;
};
inline void check_frame(std::string_view tracker, std::span<const detection> detections,
                        const frame_context& frame, frame_needs uses) {
  if (!(frame.dt >= 1.0 / 1024 && frame.dt <= 65536)) {
    refuse(tracker, "dt", "1/1024 to 65536 frames", number_text(frame.dt));
  }
  if (detections.size() > 0x7fffffffU) {
    refuse(tracker, "detections", "fewer than 2^31", std::to_string(detections.size()));
  }
  if (frame.warp != nullptr) {
    if (!uses.warp) refuse(tracker, "warp", "none: this tracker has no use for it", "one");
    if (!math::kalman_possible(kalman_motion_of(*frame.warp))) {
      refuse(tracker, "warp",
             "finite numbers with a determinant between 1e-6 and 1e6 (or its negative)", "others");
    }
  }
  if (frame.masks != nullptr) {
    if (!uses.masks) refuse(tracker, "masks", "none: this tracker has no use for them", "masks");
    std::visit([](const auto& map) { check_label_boxes(map, {}, {}, {}); }, frame.masks->labels);
    for (const auto& b : frame.masks->bindings) {
      if (b.label >= 0 && b.label < 65536) continue;
      refuse(tracker, "masks.bindings", "labels of 0 to 65535", std::to_string(b.label));
    }
  }
  if ((frame.embeddings.data != nullptr || frame.appearance.data != nullptr) && !uses.appearance) {
    refuse(tracker, "appearance", "none: this tracker has no use for it", "one");
  }
}

/// Refuses an option that is not within [low, high].
inline void check_option(std::string_view tracker, std::string_view option, double value,
                         double low, double high) {
  if (value >= low && value <= high) return;
  refuse(tracker, option, number_text(low) + " to " + number_text(high), number_text(value));
}

}  // namespace kernels::inline KERNELS_ABI::tracking
