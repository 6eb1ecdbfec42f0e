// The cases of nms, written once for every backend. A runner is a callable
//   nms_cases::answer operator()(const nms_cases::problem<T>&)   for float and double
#pragma once

#include <kernels/core/view.hpp>
#include <kernels/math/nms.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <numeric>
#include <random>
#include <utility>
#include <vector>

namespace nms_cases {

using kernels::pixel_convention;

template <class T>
struct problem {
  std::vector<kernels::box<T>> boxes;
  std::vector<T> scores;
  std::vector<std::int32_t> classes;  ///< or none
  std::vector<std::int32_t> offsets;  ///< or none
  kernels::nms_options options;
  std::int64_t stride = 1;  ///< of boxes, scores, classes and kept, which then have gaps

  [[nodiscard]] std::int64_t size() const {
    return static_cast<std::int64_t>(scores.size()) / stride;
  }
  [[nodiscard]] std::int64_t groups() const {
    return offsets.empty() ? 1 : static_cast<std::int64_t>(offsets.size()) - 1;
  }
};

struct answer {
  std::vector<std::int32_t> kept, counts;  ///< kept as it lies in memory, gaps included
  friend bool operator==(const answer&, const answer&) = default;
};

/// By the definition: every box against every kept one.
template <class T>
answer reference(const problem<T>& p) {
  answer a;
  a.kept.assign(p.scores.size(), -7);
  for (std::int64_t g = 0; g < p.groups(); ++g) {
    const std::int64_t first = p.offsets.empty() ? 0 : p.offsets[static_cast<std::size_t>(g)];
    const std::int64_t end =
        p.offsets.empty() ? p.size() : p.offsets[static_cast<std::size_t>(g + 1)];
    const auto box_at = [&](std::int64_t k) {
      return p.boxes[static_cast<std::size_t>(k * p.stride)];
    };
    const auto score = [&](std::int64_t k) {
      return p.scores[static_cast<std::size_t>(k * p.stride)];
    };
    const auto class_of = [&](std::int64_t k) {
      return p.classes.empty() ? 0 : p.classes[static_cast<std::size_t>(k * p.stride)];
    };
    std::vector<std::int64_t> order;
    for (std::int64_t k = first; k < end; ++k) {
      const auto b = box_at(k);
      const bool number = !std::isnan(b.left) && !std::isnan(b.top) && !std::isnan(b.right) &&
                          !std::isnan(b.bottom);
      if (number && score(k) > static_cast<T>(p.options.score_threshold)) order.push_back(k);
    }
    std::stable_sort(order.begin(), order.end(),
                     [&](auto i, auto j) { return score(i) > score(j); });
    const T plus = p.options.convention == pixel_convention::inclusive ? T(1) : T(0);
    const auto threshold = static_cast<T>(p.options.iou_threshold);
    const auto span = [&](T low, T high) {
      const T size = (high - low) + plus;
      return size > 0 ? size : T(0);
    };
    std::vector<std::int64_t> kept;
    for (const auto k : order) {
      if (p.options.max_kept > 0 && static_cast<std::int64_t>(kept.size()) == p.options.max_kept) {
        break;
      }
      bool gone = false;
      for (const auto j : kept) {
        if (class_of(j) != class_of(k)) continue;
        const auto a0 = box_at(j);
        const auto b0 = box_at(k);
        // volatile: each operation is rounded, whatever the compiler may contract
        const volatile T shared = span(std::max(a0.left, b0.left), std::min(a0.right, b0.right)) *
                                  span(std::max(a0.top, b0.top), std::min(a0.bottom, b0.bottom));
        const volatile T area_a = span(a0.left, a0.right) * span(a0.top, a0.bottom);
        const volatile T area_b = span(b0.left, b0.right) * span(b0.top, b0.bottom);
        const volatile T sum = area_a + area_b;
        const volatile T joined = sum - shared;
        const volatile T limit = threshold * joined;
        gone = gone || shared > limit;
      }
      if (!gone) kept.push_back(k);
    }
    a.counts.push_back(static_cast<std::int32_t>(kept.size()));
    for (std::int64_t k = first; k < end; ++k) {
      const auto n = static_cast<std::size_t>(k - first);
      a.kept[static_cast<std::size_t>(k * p.stride)] =
          n < kept.size() ? static_cast<std::int32_t>(kept[n]) : -1;
    }
  }
  return a;
}

/// How boxes lie.
enum class scene { random, clustered, grid, extreme };

template <class T>
problem<T> make(scene kind, std::int64_t n, unsigned seed, std::int64_t stride = 1) {
  std::mt19937 random(seed);
  const auto uniform = [&](double low, double high) {
    return low + (high - low) * (static_cast<double>(random()) / 4294967296.0);
  };
  problem<T> p;
  p.stride = stride;
  const double side = 40.0 * std::sqrt(static_cast<double>(n) + 1);
  for (std::int64_t k = 0; k < n * stride; ++k) {
    double x = uniform(-side, side);
    double y = uniform(0, side);
    double w = uniform(10, 150);
    double h = uniform(10, 150);
    double score = static_cast<double>(random() % 64) / 64;  // ties
    if (kind == scene::clustered) {
      const auto c = random() % 7;
      x = 300.0 * static_cast<double>(c) + uniform(-8, 8);
      y = 100 + uniform(-8, 8);
      w = 60 + uniform(-20, 20);
      h = 60 + uniform(-20, 20);
    } else if (kind == scene::grid) {  // quarters of a pixel: IoU equal to thresholds
      x = std::floor(x / 10) / 4;
      y = std::floor(y / 10) / 4;
      w = 1 + static_cast<double>(random() % 8) / 4;
      h = 1 + static_cast<double>(random() % 8) / 4;
    } else if (kind == scene::extreme) {
      constexpr double kInfinity = std::numeric_limits<double>::infinity();
      constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
      const double odd[] = {0,    -0.0,  1e-45, -1e-30, 1e-20, 2e-20, 1,          2,
                            3.5,  16384, 1e9,   1e18,   3e38,  -3e38, -kInfinity, kInfinity,
                            kNan, 1e-19, 5,     6,      7,     7.25,  8,          0.999};
      const auto pick = [&] { return odd[random() % std::size(odd)]; };
      const auto small = [&] { return odd[4 + random() % 5]; };
      x = pick();
      y = random() % 4 == 0 ? pick() : small();
      w = random() % 4 == 0 ? pick() : small();
      h = random() % 4 == 0 ? pick() : small();
      if (random() % 5 == 0) score = pick();
      if (random() % 2 == 0) x = y = 1 + static_cast<double>(random() % 4);
    }
    p.boxes.push_back(
        {static_cast<T>(x), static_cast<T>(y), static_cast<T>(x + w), static_cast<T>(y + h)});
    p.scores.push_back(static_cast<T>(score));
  }
  return p;
}

template <class T>
void add_classes(problem<T>& p, unsigned classes) {
  std::mt19937 random(5);
  for (std::size_t k = 0; k < p.scores.size(); ++k) {
    p.classes.push_back(static_cast<std::int32_t>(random() % classes) - 1);
  }
}

/// Uneven groups, some of them empty.
template <class T>
void add_groups(problem<T>& p, std::int32_t groups) {
  std::mt19937 random(9);
  for (std::int32_t g = 1; g < groups; ++g) {
    p.offsets.push_back(static_cast<std::int32_t>(random() % static_cast<unsigned>(p.size() + 1)));
  }
  p.offsets.push_back(0);
  p.offsets.push_back(static_cast<std::int32_t>(p.size()));
  std::sort(p.offsets.begin(), p.offsets.end());
}

/// All scenes of a size, with thresholds, conventions, classes, groups, strides and limits.
template <class T, class Run>
void equals_reference(Run run, std::int64_t n) {
  int different = 0;
  std::string where;
  for (const auto kind : {scene::random, scene::clustered, scene::grid, scene::extreme}) {
    for (unsigned variant = 0; variant < 8; ++variant) {
      auto p = make<T>(kind, n, variant + 1, variant == 3 ? 3 : 1);
      constexpr double kThresholds[] = {0.5, 0.0, 0.25, 0.7, 1.0, 0.5, 0.1, 0.45};
      p.options.iou_threshold = kThresholds[variant];
      if (variant % 2 == 1) p.options.convention = pixel_convention::inclusive;
      if (variant == 2 || variant == 3) add_classes(p, variant == 2 ? 4 : 90);
      if (variant == 3 || variant == 4 || variant == 6) add_groups(p, 5);
      if (variant >= 5) p.options.score_threshold = 0.25;
      if (variant >= 6) p.options.max_kept = 1 + n / 9;
      if (run(p) != reference(p)) {
        ++different;
        where += " scene " + std::to_string(static_cast<int>(kind)) + " variant " +
                 std::to_string(variant);
      }
    }
  }
  CAPTURE(n);
  CAPTURE(where);
  CHECK(different == 0);
}

template <class Run>
void small_sizes(Run run) {
  for (const std::int64_t n : {0, 1, 2, 31, 32, 33, 65}) {
    equals_reference<float>(run, n);
    equals_reference<double>(run, n);
  }
}

/// Scores equal to the score threshold stay out, IoUs equal to the threshold stay in, equal scores
/// go by index.
template <class Run>
void edges_of_the_definition(Run run) {
  problem<float> p;
  // 0 and 1 share half of their union; 2 equals 0 in score and place; 3 is at the threshold
  p.boxes = {{0, 0, 2, 1}, {0, 0, 1, 1}, {0, 0, 2, 1}, {9, 9, 10, 10}};
  p.scores = {0.5F, 0.75F, 0.5F, 0.25F};
  p.options = {.iou_threshold = 0.5, .score_threshold = 0.25};
  CHECK(run(p).kept == std::vector<std::int32_t>{1, 0, -1, -1});
  p.options.iou_threshold = 0.4999;
  CHECK(run(p).kept == std::vector<std::int32_t>{1, -1, -1, -1});
  p.options.iou_threshold = 1;  // nothing is above 1
  CHECK(run(p).kept == std::vector<std::int32_t>{1, 0, 2, -1});
  p.boxes[1] = {0, 0, -1, 5};  // inside out: kept, suppresses nothing
  CHECK(run(p).kept == std::vector<std::int32_t>{1, 0, 2, -1});
  p.scores[1] = std::numeric_limits<float>::quiet_NaN();
  p.options = {.iou_threshold = 0};
  CHECK(run(p).kept == std::vector<std::int32_t>{0, 3, -1, -1});
  p.classes = {4, 4, -5, 4};  // 0 and 2 no longer compete
  CHECK(run(p).kept == std::vector<std::int32_t>{0, 2, 3, -1});
}

/// A batch of groups gives what its groups give alone.
template <class Run>
void batch_equals_loop(Run run, std::int64_t n) {
  auto p = make<float>(scene::clustered, n, 77);
  add_classes(p, 3);
  add_groups(p, 9);
  const answer together = run(p);
  bool same = true;
  for (std::size_t g = 0; g + 1 < p.offsets.size(); ++g) {
    const auto from = p.offsets[g];
    const auto to = p.offsets[g + 1];
    problem<float> one;
    one.options = p.options;
    one.boxes.assign(p.boxes.begin() + from, p.boxes.begin() + to);
    one.scores.assign(p.scores.begin() + from, p.scores.begin() + to);
    one.classes.assign(p.classes.begin() + from, p.classes.begin() + to);
    const answer alone = run(one);
    same = same && alone.counts[0] == together.counts[g];
    for (std::int32_t k = 0; k < to - from; ++k) {
      const auto index = alone.kept[static_cast<std::size_t>(k)];
      same = same &&
             together.kept[static_cast<std::size_t>(from + k)] == (index < 0 ? -1 : index + from);
    }
  }
  CHECK(same);
}

}  // namespace nms_cases
