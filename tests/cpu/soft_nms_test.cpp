// soft_nms, and the exponential that it uses.
#include "../nms_cases.hpp"

#include <kernels/soft_nms.hpp>

#include <cmath>
#include <utility>

namespace {

using kernels::soft_nms_decay;
using nms_cases::problem;

/// By the paper, in double, with scores in place.
template <class T>
std::vector<std::pair<std::int32_t, double>> reference(const problem<T>& p,
                                                       const kernels::soft_nms_options& options) {
  std::vector<double> score(p.scores.begin(), p.scores.end());
  std::vector<bool> open(score.size(), true);
  std::vector<std::pair<std::int32_t, double>> chosen;
  for (;;) {
    std::size_t best = score.size();
    for (std::size_t k = 0; k < score.size(); ++k) {
      if (open[k] && score[k] > options.score_threshold &&
          (best == score.size() || score[k] > score[best])) {
        best = k;
      }
    }
    if (best == score.size()) return chosen;
    open[best] = false;
    chosen.emplace_back(static_cast<std::int32_t>(best), score[best]);
    const auto& a = p.boxes[best];
    for (std::size_t k = 0; k < score.size(); ++k) {
      if (!p.classes.empty() && p.classes[k] != p.classes[best]) continue;
      const auto& b = p.boxes[k];
      const double w = std::max(0.0, double{std::min(a.right, b.right)} - std::max(a.left, b.left));
      const double h = std::max(0.0, double{std::min(a.bottom, b.bottom)} - std::max(a.top, b.top));
      const auto area = [](const auto& x) {
        return (double{x.right} - x.left) * (double{x.bottom} - x.top);
      };
      const double both = w * h / (area(a) + area(b) - w * h);
      if (options.decay == soft_nms_decay::gaussian) {
        score[k] *= std::exp(-both * both / options.sigma);
      } else if (both > options.iou_threshold) {
        score[k] *= 1 - both;
      }
    }
  }
}

/// Different scores, so that rounding does not change the order.
template <class T>
void equals_reference(soft_nms_decay decay, bool by_class, double tolerance) {
  auto p = nms_cases::make<T>(nms_cases::scene::clustered, 90, 11);
  for (std::size_t k = 0; k < p.scores.size(); ++k) {
    p.scores[k] = static_cast<T>(static_cast<double>(1 + k * 37 % 90) / 91);
  }
  if (by_class) nms_cases::add_classes(p, 3);
  const kernels::soft_nms_options options{.decay = decay, .score_threshold = 0.02};
  const auto expected = reference(p, options);
  kernels::view<const std::int32_t, 1> classes;
  if (by_class) classes = kernels::packed(std::as_const(p.classes).data(), {90});
  const auto given =
      kernels::soft_nms<T>(kernels::on_cpu(), kernels::packed(std::as_const(p.boxes).data(), {90}),
                           kernels::packed(std::as_const(p.scores).data(), {90}), options, classes);
  REQUIRE(given.kept.size() == expected.size());
  CHECK(given.kept.size() > 10);
  CHECK(given.kept.size() < 90);
  double worst = 0;
  int different = 0;
  for (std::size_t k = 0; k < expected.size(); ++k) {
    different += given.kept[k] == expected[k].first ? 0 : 1;
    worst = std::max(worst, std::abs(double{given.scores[k]} - expected[k].second));
  }
  CHECK(different == 0);
  CHECK(worst < tolerance);
}

}  // namespace

TEST_CASE("soft_nms cpu: the paper's loop in double") {
  for (const auto decay : {soft_nms_decay::gaussian, soft_nms_decay::linear}) {
    for (const bool by_class : {false, true}) {
      equals_reference<float>(decay, by_class, 2e-6);
      equals_reference<double>(decay, by_class, 1e-14);
    }
  }
}

TEST_CASE("soft_nms cpu: ties by index, NaN left out, a limit") {
  const std::vector<kernels::box<float>> boxes = {
      {0, 0, 2, 2}, {9, 9, 11, 11}, {0, 0, 2, 2}, {std::nanf(""), 0, 1, 1}, {5, 5, 6, 6}};
  const std::vector<float> scores = {0.5F, 0.5F, 0.5F, 0.9F, std::nanf("")};
  const auto run = [&](const kernels::soft_nms_options& options) {
    return kernels::soft_nms<float>(kernels::on_cpu(), kernels::packed(boxes.data(), {5}),
                                    kernels::packed(scores.data(), {5}), options);
  };
  const auto all = run({.sigma = 1});
  CHECK(all.kept == std::vector<std::int32_t>{0, 1, 2});
  CHECK(all.scores[2] == doctest::Approx(0.5 * std::exp(-1)));
  CHECK(run({.max_kept = 2}).kept == std::vector<std::int32_t>{0, 1});
  CHECK(run({.decay = soft_nms_decay::linear}).kept == std::vector<std::int32_t>{0, 1});
  CHECK_THROWS_AS(run({.sigma = 0}), kernels::error);
  CHECK_THROWS_AS(run({.iou_threshold = 2}), kernels::error);
  CHECK_THROWS_AS(run({.max_kept = -2}), kernels::error);
}

TEST_CASE("exponential: within 1 ulp of long double, and at its ends") {
  double worst = 0;
  float worst_float = 0;
  std::mt19937_64 random(2);
  for (int k = 0; k < 200000; ++k) {
    const double share = static_cast<double>(random() >> 11) / 9007199254740992.0;
    const double x = k % 2 == 0 ? -744 + 1453 * share : -2 + 4 * share;
    const long double exact = std::exp(static_cast<long double>(x));
    const double y = kernels::math::exponential(x);
    const double ulp = std::nextafter(y, 1e308) - y;
    worst = std::max(worst, static_cast<double>(std::abs(y - exact) / ulp));
    const auto xf = static_cast<float>(k % 2 == 0 ? -103 + 191 * share : x);
    const float yf = kernels::math::exponential(xf);
    const float ulp_float = std::nextafter(yf, 3e38F) - yf;
    worst_float =
        std::max(worst_float, static_cast<float>(std::abs(yf - std::exp(static_cast<double>(xf))) /
                                                 static_cast<double>(ulp_float)));
  }
  CHECK(worst <= 1);
  CHECK(worst_float <= 1);
  CHECK(kernels::math::exponential(0.0) == 1);
  CHECK(kernels::math::exponential(0.0F) == 1);
  CHECK(kernels::math::exponential(-1e300) == 0);
  CHECK(kernels::math::exponential(-200.0F) == 0);
  CHECK(std::isinf(kernels::math::exponential(1e300)));
  CHECK(std::isinf(kernels::math::exponential(89.0F)));
  CHECK(std::isnan(kernels::math::exponential(std::nan(""))));
}
