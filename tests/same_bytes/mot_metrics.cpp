// mot_metrics and interpolate_tracks.
#include "same_bytes.hpp"

#include <kernels/interpolate_tracks.hpp>
#include <kernels/mot_metrics.hpp>

namespace {

using kernels::track_box;

void run() {
  same_bytes::random random;
  std::vector<track_box> truth, tracks;
  for (int f = 1; f <= 120; ++f) {
    for (int k = 0; k < 60; ++k) {
      const double x = 900 * random.unit() * random.unit() / 7 + 1.3 * f, y = 40 * random.unit();
      const double w = 10 + 30 * random.unit();
      const std::int32_t kind = 1 + static_cast<std::int32_t>(random.next() >> 40) % 13;
      if (random.unit() < 0.9) truth.push_back({f, k, {x, y, x + w, y + w}, 1, kind, -1});
      const double dx = x + w * random.unit() / 3;
      const std::int64_t id = random.unit() < 0.8 ? k : (k + 1) % 60 + 100;
      if (random.unit() < 0.8) tracks.push_back({f, id, {dx, y, dx + w, y + w}, x / 7, -1, k});
    }
  }
  same_bytes::hash scores;
  std::vector<kernels::mot_scores> all;
  for (const auto benchmark : {kernels::mot_benchmark::mot15, kernels::mot_benchmark::mot17,
                               kernels::mot_benchmark::mot20}) {
    all.push_back(kernels::mot_metrics(kernels::on_cpu(), truth, tracks, {.benchmark = benchmark}));
    scores.add(&all.back(), sizeof all.back());
  }
  const auto combined = kernels::combined_mot_scores(all);
  scores.add(&combined, sizeof combined);
  same_bytes::expect("mot_metrics", 0x88c74c157b39659b, scores.value());

  same_bytes::hash filled;
  for (const std::int64_t most : {1, 3, 50}) {
    filled.add(kernels::interpolate_tracks(kernels::on_cpu(), tracks, {.most = most}));
  }
  same_bytes::expect("interpolate_tracks", 0x104444072a2c309e, filled.value());
}

const same_bytes::operation mot_metrics("mot_metrics", run);

}  // namespace
