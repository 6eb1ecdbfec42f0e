// The cases of mask_nms, written once for every backend. A runner is a callable
//   std::vector<std::int32_t> operator()(const words& masks, const std::vector<float>& scores,
//                                        const kernels::mask_nms_options& options)
// that returns the N elements of `kept`, then the count.
#pragma once

#include "mask_cases.hpp"

#include <kernels/math/mask_nms.hpp>

#include <algorithm>
#include <limits>

namespace mask_nms_cases {

using namespace mask_cases;

/// Discs that overlap a lot; scores with ties and oddities.
inline pixels discs(std::int64_t n, std::int64_t h, std::int64_t w) {
  std::mt19937 random(static_cast<unsigned>(n));
  pixels p(n, h, w, 1);
  for (std::int64_t k = 0; k < n; ++k) {
    const auto cx = static_cast<double>(random() % static_cast<unsigned>(w));
    const auto cy = static_cast<double>(random() % static_cast<unsigned>(h));
    const double r = 2 + static_cast<double>(random() % 8);
    for (std::int64_t y = 0; y < h; ++y) {
      for (std::int64_t x = 0; x < w; ++x) {
        const double dx = static_cast<double>(x) - cx;
        const double dy = static_cast<double>(y) - cy;
        p.at(k, y, x) = k != 3 && dx * dx + dy * dy <= r * r ? 1 : 0;
      }
    }
  }
  return p;
}

inline std::vector<float> scores(std::int64_t n) {
  std::mt19937 random(9);
  std::vector<float> s;
  for (std::int64_t k = 0; k < n; ++k) s.push_back(static_cast<float>(random() % 20) / 20);
  if (n > 6) {
    s[2] = std::numeric_limits<float>::quiet_NaN();
    s[4] = std::numeric_limits<float>::infinity();
    s[5] = -std::numeric_limits<float>::infinity();
  }
  return s;
}

/// The textbook: sort, then each against all kept ones, pixel by pixel.
inline std::vector<std::int32_t> plain(const pixels& p, const std::vector<float>& s,
                                       const kernels::mask_nms_options& options) {
  const auto n = static_cast<std::int32_t>(p.extent[0]);
  std::vector<std::int32_t> order;
  for (std::int32_t k = 0; k < n; ++k) {
    if (s[static_cast<std::size_t>(k)] > options.score_threshold) order.push_back(k);
  }
  std::stable_sort(order.begin(), order.end(), [&](std::int32_t a, std::int32_t b) {
    return s[static_cast<std::size_t>(a)] > s[static_cast<std::size_t>(b)];
  });
  std::vector<std::int32_t> kept;
  for (const std::int32_t k : order) {
    const bool gone = std::any_of(kept.begin(), kept.end(), [&](std::int32_t other) {
      double shared = 0;
      double joined = 0;
      for (std::int64_t y = 0; y < p.extent[1]; ++y) {
        for (std::int64_t x = 0; x < p.extent[2]; ++x) {
          shared += p.at(k, y, x) != 0 && p.at(other, y, x) != 0;
          joined += p.at(k, y, x) != 0 || p.at(other, y, x) != 0;
        }
      }
      return joined > 0 && shared / joined > options.iou_threshold;
    });
    if (!gone) kept.push_back(k);
  }
  const auto count = static_cast<std::int32_t>(kept.size());
  kept.resize(static_cast<std::size_t>(n), -1);
  kept.push_back(count);
  return kept;
}

template <class Run>
void equals_plain(Run run, std::int64_t most = 150) {
  for (const std::int64_t n : {std::int64_t{0}, std::int64_t{1}, std::int64_t{9}, most}) {
    const pixels p = discs(n, 20, 70);
    const auto s = scores(n);
    for (const double threshold : {0.0, 0.3, 0.5, 1.0}) {
      CAPTURE(n);
      CAPTURE(threshold);
      CHECK(run(plain_pack(p), s, {.iou_threshold = threshold}) ==
            plain(p, s, {.iou_threshold = threshold}));
    }
    CHECK(run(plain_pack(p), s, {.score_threshold = 0.45F}) ==
          plain(p, s, {.score_threshold = 0.45F}));
  }
}

/// An IoU equal to the threshold stays: 2 of 4 pixels.
template <class Run>
void equality_stays(Run run) {
  pixels p(2, 1, 4);
  p.at(0, 0, 0) = p.at(0, 0, 1) = p.at(0, 0, 2) = p.at(0, 0, 3) = 1;
  p.at(1, 0, 1) = p.at(1, 0, 2) = 1;
  CHECK(run(plain_pack(p), {0.5F, 0.5F}, {.iou_threshold = 0.5}) ==
        std::vector<std::int32_t>{0, 1, 2});
  CHECK(run(plain_pack(p), {0.5F, 0.5F}, {.iou_threshold = 0.4999999}) ==
        std::vector<std::int32_t>{0, -1, 1});
}

}  // namespace mask_nms_cases
