// Conditioned assignment's costs as McByte computes them: for each pair, which labels the map has,
// how large the track's mask is and how much of it lies in the box, each by passes over the map.
// Plain C++ where the original is Python; the labels are found by marking 256 flags, which is
// kinder than the sort of numpy.unique.
#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

namespace bench {

struct mask_conditions {
  std::int32_t height, width;
  const std::uint8_t* map;
  std::int32_t tracks, detections;
  const double* cost;
  const double* boxes;  ///< left, top, width, height
  const std::int32_t* masks;
  const double* confidences;

  [[nodiscard]] std::vector<double> adjusted(double limit) const {
    std::vector<double> out(cost, cost + static_cast<std::ptrdiff_t>(tracks) * detections);
    const auto valid = [&](std::int32_t i, std::int32_t j) {
      return cost[i * detections + j] <= limit;
    };
    for (std::int32_t i = 0; i < tracks; ++i) {
      for (std::int32_t j = 0; j < detections; ++j) {
        if (!valid(i, j)) continue;
        std::int32_t rivals = 0;
        for (std::int32_t k = 0; k < detections; ++k) rivals += valid(i, k) ? 1 : 0;
        for (std::int32_t k = 0; k < tracks; ++k) rivals += valid(k, j) ? 1 : 0;
        if (rivals == 2) continue;
        out[static_cast<std::size_t>(i * detections + j)] -= discount(i, j);
      }
    }
    return out;
  }

 private:
  [[nodiscard]] double discount(std::int32_t i, std::int32_t j) const {
    const std::int64_t size = std::int64_t{height} * width;
    bool there[256] = {};
    for (std::int64_t k = 0; k < size; ++k) there[map[k]] = true;
    if (masks[i] <= 0 || masks[i] > 255 || !there[masks[i]] || confidences[i] < 0.6) return 0;
    const double* b = boxes + 4 * static_cast<std::ptrdiff_t>(j);
    const auto x = std::max(0, static_cast<std::int32_t>(b[0]));
    const auto y = std::max(0, static_cast<std::int32_t>(b[1]));
    const auto right = std::min(width, x + static_cast<std::int32_t>(b[2]));
    const auto bottom = std::min(height, y + static_cast<std::int32_t>(b[3]));
    std::int64_t area = 0;
    for (std::int64_t k = 0; k < size; ++k) area += map[k] == masks[i] ? 1 : 0;
    std::int64_t in = 0;
    for (std::int32_t v = y; v < bottom; ++v) {
      const std::uint8_t* row = map + std::int64_t{v} * width;
      for (std::int32_t u = x; u < right; ++u) in += row[u] == masks[i] ? 1 : 0;
    }
    if (in == 0) return 0;
    const double cover = static_cast<double>(in) / static_cast<double>(area);
    const double fill = static_cast<double>(in) /
                        (static_cast<double>(right - x) * static_cast<double>(bottom - y));
    return fill >= 0.05 && cover >= 0.9 ? fill : 0;
  }
};

}  // namespace bench
