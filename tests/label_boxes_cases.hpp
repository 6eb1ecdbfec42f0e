// The cases of label_boxes, written once for every backend. A runner is a callable
//   void operator()(const label_request<Label>& request, std::vector<std::int32_t>& counts,
//                   std::vector<std::int32_t>* areas)
// that fills counts (B, L) and, unless null, areas (L).
#pragma once

#include <kernels/core/view.hpp>
#include <kernels/math/label_boxes.hpp>

#include <doctest/doctest.h>

#include <array>
#include <random>
#include <vector>

namespace label_boxes_cases {

using int_box = kernels::box<std::int32_t>;

/// A map whose storage ends with its last pixel.
template <class Label>
struct label_request {
  std::int64_t height, width, row_stride, labels;
  std::vector<Label> map;
  std::vector<int_box> boxes;

  label_request(std::int64_t h, std::int64_t w, std::int64_t padding, std::int64_t l)
      : height(h), width(w), row_stride(w + padding), labels(l) {
    if (h * w > 0) map.resize(static_cast<std::size_t>((h - 1) * row_stride + w));
  }
  [[nodiscard]] std::int64_t box_count() const { return static_cast<std::int64_t>(boxes.size()); }
  [[nodiscard]] Label at(std::int64_t y, std::int64_t x) const {
    return map[static_cast<std::size_t>(y * row_stride + x)];
  }
};

/// Patches (or, with patch 1, noise) of numbers from −1 to labels + 1, and boxes of all kinds:
/// outside, empty, inside-out, huge, sharing edges.
template <class Label>
label_request<Label> random_request(std::int64_t height, std::int64_t width, std::int64_t labels,
                                    int boxes, int patch) {
  std::mt19937 random(static_cast<unsigned>(height * 131 + width * 7 + boxes + patch));
  label_request<Label> r(height, width, patch == 1 ? 0 : 5, labels);
  for (auto& x : r.map) x = 99;
  const auto number = [&] {
    return static_cast<Label>(
        static_cast<std::int64_t>(random() % static_cast<unsigned>(labels + 3)) - 1);
  };
  for (std::int64_t y = 0; y < height; y += patch) {
    for (std::int64_t x = 0; x < width; x += patch) {
      const Label value = number();
      for (std::int64_t j = y; j < std::min(height, y + patch); ++j) {
        for (std::int64_t i = x; i < std::min(width, x + patch); ++i) {
          r.map[static_cast<std::size_t>(j * r.row_stride + i)] = value;
        }
      }
    }
  }
  const auto side = [&](std::int64_t n) {
    return static_cast<std::int32_t>(random() % static_cast<unsigned>(n + 9)) - 4;
  };
  for (int k = 0; k < boxes; ++k) {
    int_box b{side(width), side(height), side(width), side(height)};
    if (b.left > b.right && k % 5 != 0) std::swap(b.left, b.right);
    if (b.top > b.bottom && k % 5 != 0) std::swap(b.top, b.bottom);
    r.boxes.push_back(b);
  }
  if (boxes > 3) {
    r.boxes[1] = {-2147483647 - 1, -2147483647 - 1, 2147483647, 2147483647};
    r.boxes[2] = r.boxes[0];
    r.boxes[3] = {3, 3, 3, 9};
  }
  return r;
}

/// Against a loop over the definition; outputs start as rubbish.
template <class Label, class Run>
bool equals_plain_loop(Run run, const label_request<Label>& r) {
  const std::size_t labels = static_cast<std::size_t>(r.labels);
  std::vector<std::int32_t> counts(r.boxes.size() * labels, 0);
  std::vector<std::int32_t> areas(labels, 0);
  for (std::int64_t y = 0; y < r.height; ++y) {
    for (std::int64_t x = 0; x < r.width; ++x) {
      const auto value = static_cast<std::int64_t>(r.at(y, x));
      if (value < 0 || value >= r.labels) continue;
      areas[static_cast<std::size_t>(value)] += 1;
      for (std::size_t k = 0; k < r.boxes.size(); ++k) {
        const auto& b = r.boxes[k];
        if (x >= b.left && x < b.right && y >= b.top && y < b.bottom) {
          counts[k * labels + static_cast<std::size_t>(value)] += 1;
        }
      }
    }
  }
  std::vector<std::int32_t> given(counts.size(), -7);
  std::vector<std::int32_t> given_areas(labels, -7);
  std::vector<std::int32_t> given_alone(counts.size(), -7);
  run(r, given, &given_areas);
  run(r, given_alone, nullptr);
  return given == counts && given_areas == areas && given_alone == counts;
}

template <class Label, class Run>
void equals_plain_loop(Run run, std::int64_t scale = 1) {
  for (const auto& [height, width, boxes] : {std::array{1, 1, 1},
                                             {1, 31, 4},
                                             {3, 64, 5},
                                             {2, 65, 7},
                                             {9, 66, 0},
                                             {33, 129, 20},
                                             {40, 200, 6},
                                             {0, 5, 4},
                                             {5, 0, 4}}) {
    for (const int patch : {1, 7}) {
      for (const int labels : {1, 5, 40}) {
        const auto r = random_request<Label>(height * scale, width, labels, boxes, patch);
        CAPTURE(height);
        CAPTURE(width);
        CAPTURE(patch);
        CHECK(equals_plain_loop<Label>(run, r));
      }
    }
  }
}

/// More labels than fit into a block's shared memory.
template <class Run>
void many_labels(Run run) {
  auto r = random_request<std::int32_t>(8, 40, 20000, 3, 1);
  CHECK(equals_plain_loop<std::int32_t>(run, r));
}

/// More boxes than a grid has rows.
template <class Run>
void many_boxes(Run run) {
  CHECK(equals_plain_loop<std::uint8_t>(run, random_request<std::uint8_t>(3, 9, 3, 1500, 1)));
}

}  // namespace label_boxes_cases
