// The cases of conditioned_assignment, written once for every backend. A runner is a callable
//   std::vector<std::int32_t> operator()(const scene& s, double limit)
// that gives the detection of each track, in double.
#pragma once

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <random>
#include <vector>

namespace conditioned_assignment_cases {

inline constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
inline constexpr double kInfinity = std::numeric_limits<double>::infinity();

struct scene {
  int height = 0, width = 0, tracks = 0, detections = 0;
  std::vector<std::uint8_t> map;
  std::vector<double> cost;   // tracks × detections
  std::vector<double> boxes;  // detections × 4: left, top, width, height
  std::vector<std::int32_t> masks;
  std::vector<double> confidences;

  [[nodiscard]] double at(int i, int j) const {
    return cost[static_cast<std::size_t>(i * detections + j)];
  }
};

/// Rows of a string a row of the map, digits are labels.
inline scene drawn(const std::vector<const char*>& rows) {
  scene s;
  s.height = static_cast<int>(rows.size());
  for (const char* row : rows) {
    s.width = 0;
    for (const char* c = row; *c != 0; ++c, ++s.width) {
      s.map.push_back(static_cast<std::uint8_t>(*c - '0'));
    }
  }
  return s;
}

/// The adjusted costs as the original computes them: pair by pair, looking at the whole map for
/// each.
inline std::vector<double> adjusted(const scene& s, double limit) {
  std::vector<double> out = s.cost;
  const auto valid = [&](int i, int j) { return s.at(i, j) <= limit; };
  for (int i = 0; i < s.tracks; ++i) {
    for (int j = 0; j < s.detections; ++j) {
      if (!valid(i, j)) continue;
      int in_row = 0;
      int in_column = 0;
      for (int k = 0; k < s.detections; ++k) in_row += valid(i, k) ? 1 : 0;
      for (int k = 0; k < s.tracks; ++k) in_column += valid(k, j) ? 1 : 0;
      if (in_row == 1 && in_column == 1) {
        for (int k = 0; k < s.detections; ++k) {
          if (k != j) out[static_cast<std::size_t>(i * s.detections + k)] += 10;
        }
        for (int k = 0; k < s.tracks; ++k) {
          if (k != i) out[static_cast<std::size_t>(k * s.detections + j)] += 10;
        }
        continue;
      }
      const int mask = s.masks[static_cast<std::size_t>(i)];
      if (mask <= 0 || !(s.confidences[static_cast<std::size_t>(i)] >= 0.6)) continue;
      const double* b = s.boxes.data() + 4 * static_cast<std::ptrdiff_t>(j);
      if (std::any_of(b, b + 4, [](double x) { return std::isnan(x); })) continue;
      const auto whole = [](double x) { return static_cast<long>(std::clamp(x, -1e8, 1e8)); };
      const long x = std::max(0L, whole(b[0]));
      const long y = std::max(0L, whole(b[1]));
      const long right = std::min(static_cast<long>(s.width), x + whole(b[2]));
      const long bottom = std::min(static_cast<long>(s.height), y + whole(b[3]));
      long in = 0;
      long area = 0;
      for (long v = 0; v < s.height; ++v) {
        for (long u = 0; u < s.width; ++u) {
          if (s.map[static_cast<std::size_t>(v * s.width + u)] != mask) continue;
          ++area;
          in += u >= x && u < right && v >= y && v < bottom ? 1 : 0;
        }
      }
      if (in == 0) continue;
      const double cover = static_cast<double>(in) / static_cast<double>(area);
      const double fill = static_cast<double>(in) / static_cast<double>((right - x) * (bottom - y));
      if (fill >= 0.05 && cover >= 0.9) {
        out[static_cast<std::size_t>(i * s.detections + j)] -= fill;
      }
    }
  }
  return out;
}

/// Blobs with labels 1 to 4, detections around them and elsewhere, costs of which some tie.
inline scene random_scene(std::mt19937& random, int tracks, int detections) {
  scene s;
  s.height = 24;
  s.width = 70;
  s.tracks = tracks;
  s.detections = detections;
  s.map.assign(static_cast<std::size_t>(s.height * s.width), 0);
  const auto below = [&](unsigned end) { return static_cast<int>(random() % end); };
  std::vector<std::pair<int, int>> corners;
  for (int label = 1; label <= 4; ++label) {
    const int x = below(60);
    const int y = below(16);
    corners.emplace_back(x, y);
    for (int v = y; v < y + 7; ++v) {
      for (int u = x; u < x + 9; ++u) {
        s.map[static_cast<std::size_t>(v * s.width + u)] = static_cast<std::uint8_t>(label);
      }
    }
  }
  for (int j = 0; j < detections; ++j) {
    const auto [left, top] = corners[static_cast<std::size_t>(below(4))];
    for (const double x : {left - 0.5 * below(9), top - 0.5 * below(9), 10 + below(14) * 0.75,
                           8 + below(14) * 0.75}) {
      s.boxes.push_back(below(40) == 0 ? kNan : below(40) == 0 ? 1e18 : x);
    }
  }
  for (int i = 0; i < tracks; ++i) {
    s.masks.push_back(below(7) - 1);
    s.confidences.push_back(below(10) == 0 ? kNan : 0.5 + 0.1 * below(5));
    for (int j = 0; j < detections; ++j) {
      const double c = below(3) == 0 ? 1.0 : below(16) / 16.0;
      s.cost.push_back(below(30) == 0 ? kNan : below(30) == 0 ? kInfinity : c);
    }
  }
  return s;
}

/// Four tracks that cannot tell two detections apart; a mask does, or does not.
template <class Run>
void a_mask_decides(Run run) {
  // label 1: 4 × 4 pixels from (2, 1)
  scene s = drawn({"0000000000000000", "0011110000000000", "0011110000000000", "0011110000000000",
                   "0011110000000000", "0000000000000000"});
  s.tracks = s.detections = 2;
  s.cost = {0.5, 0.4375, 0.5, 0.5};  // without masks: track 0 takes detection 1
  s.masks = {1, 0};
  const auto detection_of_0 = [&](std::vector<double> first, double confidence) {
    s.boxes = std::move(first);
    for (const double x : {10.0, 0.0, 4.0, 4.0}) s.boxes.push_back(x);
    s.confidences = {confidence, 0};
    return run(s, 0.9)[0];
  };
  CHECK(detection_of_0({2, 1, 4, 4}, 0.6) == 0);  // at least 0.6
  CHECK(detection_of_0({2, 1, 4, 4}, std::nextafter(0.6, 0.0)) == 1);
  CHECK(detection_of_0({2, 1, 3, 4}, 1) == 1);          // 12 of 16 pixels: less than 0.9
  CHECK(detection_of_0({2.9, 1.9, 4.9, 4.9}, 1) == 0);  // fractions go
  CHECK(detection_of_0({2, 1, 0, 4}, 1) == 1);          // no pixels
  CHECK(detection_of_0({2, 1, -4, 4}, 1) == 1);
  CHECK(detection_of_0({kNan, 1, 4, 4}, 1) == 1);
  CHECK(detection_of_0({-5, -7, 6, 5}, 1) == 0);  // moved onto the map: 0, 0, 6, 5
  CHECK(detection_of_0({-5, -7, 5, 5}, 1) == 1);  // … one column less
  CHECK(detection_of_0({0, 0, 1e30, 1e30}, 1) == 0);
  CHECK(detection_of_0({1e30, 0, 1e30, 1e30}, 1) == 1);
  s.masks = {2, 0};  // not on the map
  CHECK(detection_of_0({2, 1, 4, 4}, 1) == 1);
  s.masks = {1000, 0};  // beyond `labels`
  CHECK(detection_of_0({2, 1, 4, 4}, 1) == 1);
  s.masks = {-3, 0};
  CHECK(detection_of_0({2, 1, 4, 4}, 1) == 1);
  s.masks = {1, 0};
  s.cost = {0.5, 0.95, 0.95, 0.4375};  // both locked: nothing to decide
  CHECK(detection_of_0({2, 1, 4, 4}, 1) == 0);
}

/// A mask of exactly 0.05 and just less of a box's area.
template <class Run>
void least_fill(Run run) {
  for (const bool enough : {true, false}) {
    scene s;
    s.height = 10;
    s.width = 50;
    s.map.assign(500, 0);
    s.map[0] = 1;  // 1 pixel of 20, or of 21
    s.tracks = s.detections = 2;
    s.cost = {0.5, 0.5, 0.5, 0.46875};  // 0 and 0, 1 and 1 are better by 1/32
    s.masks = {0, 1};
    s.confidences = {0, 1};
    s.boxes = {0, 0, enough ? 20.0 : 21.0, 1, 40, 0, 5, 5};
    CHECK(run(s, 0.9)[1] == (enough ? 0 : 1));
  }
}

/// Exactly 0.9 of a mask in a box, and less.
template <class Run>
void least_cover(Run run) {
  for (const bool enough : {true, false}) {
    scene s = drawn({"00000000000000000000", "01111111111000000000"});
    s.tracks = s.detections = 2;
    s.cost = {0.5, 0.5, 0.5, 0.46875};
    s.masks = {0, 1};
    s.confidences = {0, 1};
    s.boxes = {1, 1, enough ? 9.0 : 8.0, 1, 15, 0, 5, 2};
    CHECK(run(s, 0.9)[1] == (enough ? 0 : 1));
  }
}

}  // namespace conditioned_assignment_cases
