// Synthetic scenes for tests and benchmarks of trackers.
#pragma once

#include <kernels/tracking/types.hpp>

#include <algorithm>
#include <cmath>
#include <random>
#include <vector>

namespace tracker_scenes {

using kernels::detection;

/// People who walk through 1920 × 1080: about `people` of them in view, each detected in 9 of 10
/// frames with scores from 0.05 to 1, and some false detections. whole: coordinates are integers
/// and scores have one decimal, so that ties are common.
struct crowd_options {
  int people = 12, frames = 200;
  unsigned seed = 1;
  bool whole = false;
  int classes = 1;
};
inline std::vector<std::vector<detection>> crowd(const crowd_options& options) {
  std::mt19937 random(options.seed);
  const auto unit = [&] { return static_cast<double>(random()) / 4294967296.0; };
  const auto between = [&](double low, double high) { return low + (high - low) * unit(); };
  struct person {
    double x, y, vx, vy, width, height;
    int class_id;
  };
  const auto enter = [&] {
    const double height = between(60, 300);
    return person{between(0, 1920),
                  between(200, 1080),
                  between(-6, 6),
                  between(-2, 2),
                  height * between(0.3, 0.5),
                  height,
                  static_cast<int>(between(0, options.classes))};
  };
  std::vector<person> people;
  for (int k = 0; k < options.people; ++k) people.push_back(enter());
  std::vector<std::vector<detection>> frames;
  for (int f = 0; f < options.frames; ++f) {
    std::vector<detection> frame;
    const auto add = [&](double x, double y, double w, double h, double score, int class_id) {
      detection d{{x - w / 2, y - h, x + w / 2, y}, score, class_id};
      if (options.whole) {
        for (double* v : {&d.box.left, &d.box.top, &d.box.right, &d.box.bottom}) {
          *v = std::round(*v / 4) * 4;
        }
        d.score = std::round(10 * score) / 10;
      }
      frame.push_back(d);
    };
    for (auto& p : people) {
      p.x += p.vx;
      p.y += p.vy;
      if (p.x < -50 || p.x > 1970 || p.y < 100 || p.y > 1150) p = enter();
      if (unit() < 0.1) continue;
      const double score = unit() < 0.75 ? between(0.6, 1.0) : between(0.05, 0.75);
      add(p.x + between(-2, 2), p.y + between(-2, 2), p.width * between(0.95, 1.05),
          p.height * between(0.97, 1.03), score, p.class_id);
    }
    if (unit() < 0.5) add(between(0, 1920), between(100, 1080), 50, 120, between(0.05, 0.8), 0);
    frames.push_back(std::move(frame));
  }
  return frames;
}

}  // namespace tracker_scenes
