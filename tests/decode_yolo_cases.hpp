// The cases of decode_yolo, written once for every backend. A runner is a callable
//   decode_yolo_cases::answer operator()(const decode_yolo_cases::problem&)
#pragma once

#include <kernels/decode_yolo_gpu.hpp>

#include <doctest/doctest.h>

#include <cmath>
#include <random>
#include <vector>

namespace decode_yolo_cases {

using kernels::letterbox;

struct problem {
  std::int64_t pictures, classes, anchors, capacity;
  std::array<std::int64_t, 3> stride;  ///< of head
  std::vector<float> head;
  std::vector<letterbox> letterboxes;  ///< none, one, or one a picture
  kernels::decode_yolo_options options;
  bool wants_anchors = true;

  [[nodiscard]] float at(std::int64_t b, std::int64_t row, std::int64_t a) const {
    return head[static_cast<std::size_t>(b * stride[0] + row * stride[1] + a * stride[2])];
  }
};

struct answer {
  std::vector<kernels::box<float>> boxes;
  std::vector<float> scores;
  std::vector<std::int32_t> classes, anchors, counts;

  /// Untouched places hold −7.
  explicit answer(const problem& p)
      : boxes(static_cast<std::size_t>(p.pictures * p.capacity), {-7, -7, -7, -7}),
        scores(boxes.size(), -7),
        classes(boxes.size(), -7),
        anchors(boxes.size(), -7),
        counts(static_cast<std::size_t>(p.pictures), -7) {}
};

/// Arguments for a backend whose memory is the host's.
template <kernels::space Space>
kernels::decode_yolo_arguments<float, Space> arguments(const problem& p, answer& a) {
  const auto rooms = [&](auto* data) {
    return kernels::packed<Space>(data, {p.pictures, p.capacity});
  };
  kernels::decode_yolo_arguments<float, Space> in{
      .head = {p.head.data(), {p.pictures, 4 + p.classes, p.anchors}, p.stride},
      .boxes = rooms(a.boxes.data()),
      .scores = rooms(a.scores.data()),
      .classes = rooms(a.classes.data()),
      .counts = kernels::packed<Space>(a.counts.data(), {p.pictures})};
  if (!p.letterboxes.empty()) {
    in.letterboxes = kernels::packed<Space>(p.letterboxes.data(),
                                            {static_cast<std::int64_t>(p.letterboxes.size())});
  }
  if (p.wants_anchors) in.anchors = rooms(a.anchors.data());
  return in;
}

/// Order, scores and classes by plain loops; boxes in double, to a thousandth of a pixel.
inline bool agrees(const problem& p, const answer& a) {
  for (std::int64_t b = 0; b < p.pictures; ++b) {
    std::int64_t found = 0;
    for (std::int64_t k = 0; k < p.anchors; ++k) {
      float best = -std::numeric_limits<float>::infinity();
      std::int32_t label = 0;
      for (std::int64_t c = p.classes - 1; c >= 0; --c) {
        const float s = p.at(b, 4 + c, k);
        if (s >= best) {
          best = s;
          label = static_cast<std::int32_t>(c);
        }
      }
      if (!(best > static_cast<float>(p.options.score_threshold))) continue;
      const std::int64_t n = found++;
      if (n >= p.capacity) continue;
      const auto place = static_cast<std::size_t>(b * p.capacity + n);
      if (a.scores[place] != best || a.classes[place] != label) return false;
      if (a.anchors[place] != (p.wants_anchors ? k : -7)) return false;
      double x[4] = {p.at(b, 0, k) - p.at(b, 2, k) / 2.0, p.at(b, 1, k) - p.at(b, 3, k) / 2.0,
                     p.at(b, 0, k) + p.at(b, 2, k) / 2.0, p.at(b, 1, k) + p.at(b, 3, k) / 2.0};
      if (!p.letterboxes.empty()) {
        const letterbox& l =
            p.letterboxes[p.letterboxes.size() == 1 ? 0 : static_cast<std::size_t>(b)];
        for (int d = 0; d < 4; ++d) {
          const bool is_x = d % 2 == 0;
          const double source = is_x ? l.source_width : l.source_height;
          const double content = is_x ? l.content_width : l.content_height;
          x[d] = (x[d] - (is_x ? l.left : l.top)) / content * source;
          if (p.options.clip && !std::isnan(x[d])) x[d] = std::min(std::max(x[d], 0.0), source);
        }
      }
      const auto& box = a.boxes[place];
      const float given[4] = {box.left, box.top, box.right, box.bottom};
      for (int d = 0; d < 4; ++d) {
        if (std::isnan(x[d]) != std::isnan(given[d])) return false;
        if (!std::isnan(x[d]) && !(std::abs(given[d] - x[d]) <= 2e-3)) return false;
      }
    }
    if (a.counts[static_cast<std::size_t>(b)] != found) return false;
    for (std::int64_t n = found; n < p.capacity; ++n) {
      const auto place = static_cast<std::size_t>(b * p.capacity + n);
      if (a.scores[place] != -7 || a.classes[place] != -7 || a.boxes[place].right != -7) {
        return false;
      }
    }
  }
  return true;
}

enum class layout { rows, anchor_major, padded };

/// Boxes over a 640×640 input, scores with many ties, some NaN.
inline problem make(std::int64_t pictures, std::int64_t classes, std::int64_t anchors, layout how,
                    unsigned seed) {
  std::mt19937 random(seed);
  problem p{.pictures = pictures,
            .classes = classes,
            .anchors = anchors,
            .capacity = anchors,
            .stride = {},
            .head = {},
            .letterboxes = {},
            .options = {}};
  const std::int64_t rows = 4 + classes;
  p.stride = {rows * anchors, anchors, 1};
  if (how == layout::anchor_major) p.stride = {rows * anchors, 1, rows};
  if (how == layout::padded) p.stride = {(2 * rows + 1) * (anchors + 3), 2 * (anchors + 3), 1};
  p.head.resize(pictures * anchors == 0
                    ? 0
                    : static_cast<std::size_t>((pictures - 1) * p.stride[0] +
                                               (rows - 1) * p.stride[1] +
                                               (anchors - 1) * p.stride[2] + 1));
  for (auto& x : p.head) x = 99;
  for (std::int64_t b = 0; b < pictures; ++b) {
    for (std::int64_t k = 0; k < anchors; ++k) {
      for (std::int64_t r = 0; r < rows; ++r) {
        auto value = static_cast<float>(random() % 6400) / 10;
        if (r >= 4) value = static_cast<float>(random() % 16) / 64;
        if (r >= 4 && random() % 29 == 0) value = 0.25F + static_cast<float>(random() % 4) / 16;
        if (random() % 211 == 0) value = std::numeric_limits<float>::quiet_NaN();
        p.head[static_cast<std::size_t>(b * p.stride[0] + r * p.stride[1] + k * p.stride[2])] =
            value;
      }
    }
  }
  return p;
}

template <class Run>
void equals_reference(Run run, std::int64_t most_anchors) {
  const letterbox wide{1920, 1080, 640, 360, 0, 140};
  const letterbox tall{333, 500, 426, 640, 107, 0};
  const letterbox same{640, 640, 640, 640, 0, 0};
  int different = 0;
  unsigned seed = 0;
  for (const std::int64_t anchors : {0L, 1L, 31L, 32L, 33L, 300L, most_anchors}) {
    for (const auto how : {layout::rows, layout::anchor_major, layout::padded}) {
      for (const std::int64_t classes : {1, 7}) {
        problem p = make(1 + seed % 3, classes, anchors, how, seed);
        if (seed % 4 == 1) p.letterboxes = {wide};
        if (seed % 4 == 2) {
          for (std::int64_t b = 0; b < p.pictures; ++b) {
            p.letterboxes.push_back(b == 0 ? tall : b == 1 ? wide : same);
          }
        }
        if (seed % 4 == 3) p.letterboxes = {tall};
        p.options.clip = seed % 3 != 0;
        if (seed % 5 == 0) p.capacity = anchors / 7;
        if (seed % 5 == 1) p.options.score_threshold = -1;
        p.wants_anchors = seed % 2 == 0;
        ++seed;
        different += agrees(p, run(p)) ? 0 : 1;
      }
    }
  }
  CHECK(different == 0);
}

}  // namespace decode_yolo_cases
