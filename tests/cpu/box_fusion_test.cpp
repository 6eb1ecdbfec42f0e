// box_fusion.
#include "../nms_cases.hpp"

#include <kernels/box_fusion.hpp>

namespace {

template <class T>
kernels::box_fusion_result<T> run(const std::vector<kernels::box<T>>& boxes,
                                  const std::vector<T>& scores,
                                  const kernels::box_fusion_options& options = {},
                                  const std::vector<std::int32_t>& classes = {}) {
  const auto n = static_cast<std::int64_t>(boxes.size());
  kernels::view<const std::int32_t, 1> class_view;
  if (!classes.empty()) class_view = kernels::packed(classes.data(), {n});
  return kernels::box_fusion<T>(kernels::on_cpu(), kernels::packed(boxes.data(), {n}),
                                kernels::packed(scores.data(), {n}), options, class_view);
}

}  // namespace

TEST_CASE("box_fusion cpu: a worked example") {
  // two detectors: 0 and 2 are one object, 1 is another, 3 is of another class
  const std::vector<kernels::box<double>> boxes = {
      {0, 0, 10, 10}, {50, 50, 60, 60}, {1, 1, 11, 11}, {0, 0, 10, 10}};
  const std::vector<double> scores = {0.75, 0.5, 0.25, 0.125};
  const auto r = run(boxes, scores, {.models = 2}, {1, 1, 1, 2});
  REQUIRE(r.boxes.size() == 3);
  CHECK(r.boxes[0] == kernels::box<double>{0.25, 0.25, 10.25, 10.25});
  CHECK(r.scores[0] == 0.5);   // mean of both, and both detectors saw it
  CHECK(r.scores[1] == 0.25);  // one of two saw it
  CHECK(r.scores[2] == 0.0625);
  CHECK(r.members == std::vector<std::int32_t>{2, 1, 1});
  CHECK(r.best == std::vector<std::int32_t>{0, 1, 3});
  CHECK(r.classes == std::vector<std::int32_t>{1, 1, 2});
  CHECK(run(boxes, scores).members == std::vector<std::int32_t>{1, 3});
}

TEST_CASE("box_fusion cpu: the published loop in double") {
  auto p = nms_cases::make<double>(nms_cases::scene::clustered, 120, 4);
  for (std::size_t k = 0; k < p.scores.size(); ++k) {
    p.scores[k] = static_cast<double>(1 + k * 37 % 120) / 121;
  }
  std::vector<std::size_t> order(120);
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::sort(order.begin(), order.end(), [&](auto a, auto b) { return p.scores[a] > p.scores[b]; });
  std::vector<std::vector<std::size_t>> clusters;
  const auto fuse = [&](const std::vector<std::size_t>& members) {
    double sum = 0;
    kernels::box<double> b{0, 0, 0, 0};
    for (const auto k : members) {
      sum += p.scores[k];
      b.left += p.scores[k] * p.boxes[k].left;
      b.top += p.scores[k] * p.boxes[k].top;
      b.right += p.scores[k] * p.boxes[k].right;
      b.bottom += p.scores[k] * p.boxes[k].bottom;
    }
    return kernels::box<double>{b.left / sum, b.top / sum, b.right / sum, b.bottom / sum};
  };
  for (const auto k : order) {
    double best = 0.55;
    std::vector<std::size_t>* nearest = nullptr;
    for (auto& c : clusters) {
      const auto f = fuse(c);
      const auto& b = p.boxes[k];
      const double w = std::max(0.0, std::min(f.right, b.right) - std::max(f.left, b.left));
      const double h = std::max(0.0, std::min(f.bottom, b.bottom) - std::max(f.top, b.top));
      const double joined =
          (f.right - f.left) * (f.bottom - f.top) + (b.right - b.left) * (b.bottom - b.top) - w * h;
      if (w * h / joined > best) {
        best = w * h / joined;
        nearest = &c;
      }
    }
    if (nearest == nullptr) nearest = &clusters.emplace_back();
    nearest->push_back(k);
  }
  const auto r = run(p.boxes, p.scores, {.models = 3});
  REQUIRE(r.boxes.size() == clusters.size());
  CHECK(clusters.size() < 60);
  double worst = 0;
  for (std::size_t k = 0; k < r.boxes.size(); ++k) {
    for (const auto& c : clusters) {
      if (static_cast<std::int32_t>(c.front()) != r.best[k]) continue;
      const auto f = fuse(c);
      double mean = 0;
      for (const auto m : c) mean += p.scores[m] / static_cast<double>(c.size());
      const double score = mean * std::min<double>(static_cast<double>(c.size()), 3) / 3;
      worst = std::max({worst, std::abs(f.left - r.boxes[k].left),
                        std::abs(f.bottom - r.boxes[k].bottom), std::abs(score - r.scores[k])});
    }
    CHECK((k == 0 || r.scores[k] <= r.scores[k - 1]));
  }
  CHECK(worst < 1e-9);
}

TEST_CASE("box_fusion: what takes no part, and refused arguments") {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  const double infinity = std::numeric_limits<double>::infinity();
  CHECK(run<double>({{0, 0, nan, 1}, {0, 0, 1, 1}, {0, 0, 1, 1}, {0, 0, 1, 1}},
                    {0.5, nan, infinity, 0})
            .boxes.empty());
  CHECK(run<float>({}, {}).boxes.empty());
  CHECK_THROWS_AS(run<double>({}, {}, {.iou_threshold = nan}), kernels::error);
  CHECK_THROWS_AS(run<double>({}, {}, {.score_threshold = -1}), kernels::error);
  CHECK_THROWS_AS(run<double>({}, {}, {.models = 0}), kernels::error);
  CHECK_THROWS_AS(run<double>({{0, 0, 1, 1}}, {}), kernels::error);
}
