// multi_tracker for the GPU benchmark: see multi_tracker_expected.hpp.
#include "multi_tracker_expected.hpp"

#include "../tests/tracker_scenes.hpp"

#include <kernels/multi_tracker.hpp>

namespace bench {

association_scene make_association_scene(std::int32_t cameras, std::int32_t people, double limit) {
  using namespace kernels;
  association_scene scene;
  std::mt19937 random(5);
  const auto between = [&](double low, double high) {
    return low + (high - low) * (static_cast<double>(random()) / 4294967296.0);
  };
  tracking::associator solver;
  tracking::filter_bank<kalman_xyah> filters;
  for (std::int32_t c = 0; c < cameras; ++c) {
    std::vector<detection> first;
    std::vector<detection> second;
    for (std::int32_t k = 0; k < people; ++k) {
      const double x = between(0, 1800);
      const double y = between(0, 900);
      const double w = between(30, 90);
      const double h = between(80, 250);
      const double dx = between(-8, 8);
      const double dy = between(-4, 4);
      first.push_back({{x, y, x + w, y + h}, 0.9, 0});
      // scores fall, so that the order of detections is that of the scene
      second.push_back({{x + dx, y + dy, x + dx + w, y + dy + h}, 1.0 - 0.3 * k / people, 0});
    }
    tracking::work w;
    for (std::int32_t k = 0; k < people; ++k) {
      w.started.push_back(k);
      w.started_with.push_back(tracking::measure_box(tracking::filter_model::xyah,
                                                     first[static_cast<std::size_t>(k)].box));
      w.stage.rows.push_back(k);
      w.stage.row_classes.push_back(0);
      w.stage.columns.push_back(k);
    }
    filters.settle(w, people);
    w.predicted = w.started;
    w.still.assign(w.started.size(), 0);
    filters.predict(w);
    filters.boxes(w.started, w.stage.row_boxes);
    w.stage.rules = {.price = math::pair_price::fused_distance, .limit = limit};
    tracking::frame_detections detections;
    detections.read(second);
    solver.solve(w.stage, detections);
    for (const auto& d : first) scene.started.push_back(d.box);
    for (const auto& d : second) {
      scene.seen.push_back(d.box);
      scene.scores.push_back(d.score);
    }
    scene.match.insert(scene.match.end(), w.stage.match.begin(), w.stage.match.end());
  }
  return scene;
}

struct whole_updates::scenes {
  std::vector<std::vector<std::vector<kernels::detection>>> cameras;
};

whole_updates::whole_updates(std::int32_t cameras, std::int32_t people, std::int32_t frames)
    : scenes_(std::make_unique<scenes>()) {
  for (std::int32_t c = 0; c < cameras; ++c) {
    scenes_->cameras.push_back(tracker_scenes::crowd(
        {.people = people, .frames = frames, .seed = static_cast<unsigned>(c + 1)}));
  }
}
whole_updates::~whole_updates() = default;

std::int64_t whole_updates::run(bool on_gpu) {
  using many = kernels::multi_tracker<kernels::byte_tracker>;
  const auto& all = scenes_->cameras;
  many trackers =
      on_gpu ? many(kernels::on_gpu(), std::ssize(all)) : many(kernels::on_cpu(), std::ssize(all));
  std::vector<kernels::camera_frame> now(all.size());
  std::int64_t tracks = 0;
  for (std::size_t f = 0; f < all.front().size(); ++f) {
    for (std::size_t c = 0; c < all.size(); ++c) now[c].detections = all[c][f];
    for (const auto& update : trackers.update(now)) tracks += std::ssize(update.tracks);
  }
  return tracks;
}

}  // namespace bench
