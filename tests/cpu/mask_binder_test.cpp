// Which mask belongs to which track: as a plain search finds it, and in little memory whatever the
// labels and the number of tracks are.
#include "../count_allocations.hpp"

#include <kernels/conditioned_assignment.hpp>
#include <kernels/tracking/mask_binder.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <map>
#include <random>
#include <set>
#include <utility>
#include <vector>

namespace {

using kernels::box;
constexpr std::size_t kMegabyte = 1 << 20;

struct scene {
  std::int64_t height = 0, width = 0;
  std::vector<std::uint16_t> map = {};
  std::vector<box<double>> boxes = {};
  std::vector<std::int32_t> owned = {};

  [[nodiscard]] kernels::mask_frame masks() const {
    return {.labels = kernels::view<const std::uint16_t, 2>(
                kernels::packed(map.data(), {height, width}))};
  }
};

/// Every label is a few pixels wide; boxes are around some of them, and some are alike.
scene tiles(std::int64_t rows, std::int64_t columns, int tracks, unsigned seed) {
  std::mt19937 random(seed);
  const auto below = [&](std::int64_t n) {
    return static_cast<std::int64_t>(random() % static_cast<unsigned>(n));
  };
  scene s{.height = rows * 2, .width = columns * 3};
  s.map.resize(static_cast<std::size_t>(s.height * s.width));
  for (std::int64_t y = 0; y < s.height; ++y) {
    for (std::int64_t x = 0; x < s.width; ++x) {
      s.map[static_cast<std::size_t>(y * s.width + x)] =
          static_cast<std::uint16_t>(65535 - (y / 2 * columns + x / 3));
    }
  }
  for (int k = 0; k < tracks; ++k) {
    const auto left = static_cast<double>(below(s.width) - 2);
    const auto top = static_cast<double>(below(s.height) - 1);
    s.boxes.push_back(
        {left, top, left + static_cast<double>(below(9)), top + static_cast<double>(below(5))});
  }
  for (int k = 0; k < tracks / 9; ++k) {
    s.owned.push_back(static_cast<std::int32_t>(65535 - below(rows * columns)));
  }
  return s;
}

std::vector<std::int32_t> bound(kernels::tracking::mask_binder& binder, const scene& s) {
  binder.begin(s.masks());
  for (const auto label : s.owned) binder.own(label);
  for (const auto& b : s.boxes) binder.offer(b);
  binder.count();
  std::vector<std::int32_t> labels;
  for (std::size_t k = 0; k < s.boxes.size(); ++k) labels.push_back(binder.take(k));
  return labels;
}

/// Box by box, pixel by pixel.
std::vector<std::int32_t> expected(const scene& s) {
  std::vector<int> areas(65536);
  for (const auto label : s.map) ++areas[label];
  std::set<int> owned(s.owned.begin(), s.owned.end());
  owned.insert(0);
  std::vector<std::int32_t> labels;
  for (const auto& b : s.boxes) {
    const auto p = kernels::math::mask_box(b.left, b.top, b.right - b.left, b.bottom - b.top,
                                           static_cast<int>(s.height), static_cast<int>(s.width));
    std::map<int, int> inside;
    for (int y = p.top; y < p.bottom; ++y) {
      for (int x = p.left; x < p.right; ++x) {
        ++inside[s.map[static_cast<std::size_t>(y * s.width + x)]];
      }
    }
    int best = 0, most = 0;
    for (const auto& [label, count] : inside) {
      const bool enough = count >= 0.9 * areas[static_cast<std::size_t>(label)];
      if (owned.count(label) != 0 || !enough || count <= most) continue;
      best = label;
      most = count;
    }
    owned.insert(best);
    labels.push_back(best);
  }
  return labels;
}

}  // namespace

TEST_CASE("mask_binder: as a plain search finds it") {
  kernels::tracking::mask_binder binder;
  int taken = 0;
  for (const auto& s : {tiles(1, 1, 4, 1), tiles(5, 7, 60, 2), tiles(3, 2, 1, 3), tiles(4, 4, 0, 4),
                        tiles(40, 30, 300, 5)}) {
    const auto labels = bound(binder, s);
    CHECK(labels == expected(s));
    for (const auto label : labels) taken += label > 0 ? 1 : 0;
  }
  CHECK(taken > 50);
}

TEST_CASE("mask_binder: more tracks and labels than are counted at a time") {
  const scene s = tiles(60, 50, 3000, 6);  // nine million counts
  kernels::tracking::mask_binder binder;
  allocated_bytes = 0;
  const auto labels = bound(binder, s);
  const std::size_t bytes = allocated_bytes;
  CHECK(bytes < 128 * kMegabyte);
  CHECK(labels == expected(s));
}

TEST_CASE("mask_binder: a label of 65535 and 100,000 tracks") {
  scene s{.height = 100, .width = 100, .map = std::vector<std::uint16_t>(10000)};
  s.map[5050] = 65535;
  s.boxes.assign(100000, {0, 0, 20, 20});
  s.boxes[99999] = {40, 40, 60, 60};
  kernels::tracking::mask_binder binder;
  allocated_bytes = 0;
  const auto labels = bound(binder, s);
  const std::size_t bytes = allocated_bytes;
  CHECK(bytes < 64 * kMegabyte);
  CHECK(labels.back() == 65535);
  CHECK(std::count(labels.begin(), labels.end(), 0) == 99999);
}

TEST_CASE("conditioned_assignment: memory does not grow with labels × detections") {
  constexpr int kDetections = 2000;
  std::vector<std::int32_t> map(400, 3000);
  map[21] = 2999999;
  std::vector<double> cost(2 * kDetections, 0.5);
  std::vector<double> boxes;
  for (int j = 0; j < kDetections; ++j) {
    const double x = j == 1234 ? 0 : 10;
    boxes.insert(boxes.end(), {x, 0, 4, 4});
  }
  const std::vector<std::int32_t> masks = {0, 2999999};
  const std::vector<double> confidences = {1, 1};
  std::vector<std::int32_t> detection(2), track(kDetections);
  allocated_bytes = 0;
  kernels::conditioned_assignment_solver<double>().solve(
      kernels::packed(std::as_const(cost).data(), {2, kDetections}),
      kernels::packed(std::as_const(boxes).data(), {kDetections, 4}),
      kernels::packed(std::as_const(map).data(), {20, 20}), kernels::packed(masks.data(), {2}),
      kernels::packed(confidences.data(), {2}), {.limit = 0.9, .labels = 3000000}, detection,
      track);
  const std::size_t bytes = allocated_bytes;
  CHECK(bytes < 64 * kMegabyte);
  CHECK(detection[1] == 1234);
}
