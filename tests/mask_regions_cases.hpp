// The cases of mask_regions, written once for every backend. A runner is a callable
//   std::vector<std::int64_t> operator()(words& masks, std::int64_t width,
//                                        const kernels::mask_regions_options& options)
// that changes the masks and returns the pixels changed.
#pragma once

#include "mask_cases.hpp"

#include <kernels/math/mask_regions.hpp>

namespace mask_regions_cases {

using namespace mask_cases;
using kernels::connectivity;
using kernels::mask_regions_options;

/// Floods regions one after the other; changes the small ones of one kind.
inline std::int64_t flood(pixels& p, std::int64_t n, bool holes, std::int64_t limit,
                          connectivity neighbours, bool keep_largest) {
  const std::int64_t h = p.extent[1];
  const std::int64_t w = p.extent[2];
  std::vector<std::uint8_t> seen(static_cast<std::size_t>(h * w), 0);
  std::vector<std::vector<std::int64_t>> regions;
  for (std::int64_t start = 0; start < h * w; ++start) {
    const auto fits = [&](std::int64_t at) {
      return seen[static_cast<std::size_t>(at)] == 0 && (p.at(n, at / w, at % w) == 0) == holes;
    };
    if (!fits(start)) continue;
    auto& region = regions.emplace_back(1, start);
    seen[static_cast<std::size_t>(start)] = 1;
    for (std::size_t k = 0; k < region.size(); ++k) {
      const std::int64_t y = region[k] / w;
      const std::int64_t x = region[k] % w;
      for (std::int64_t dy = -1; dy <= 1; ++dy) {
        for (std::int64_t dx = -1; dx <= 1; ++dx) {
          if (neighbours == connectivity::four && dx != 0 && dy != 0) continue;
          if (y + dy < 0 || y + dy >= h || x + dx < 0 || x + dx >= w) continue;
          const std::int64_t at = (y + dy) * w + x + dx;
          if (!fits(at)) continue;
          seen[static_cast<std::size_t>(at)] = 1;
          region.push_back(at);
        }
      }
    }
  }
  std::size_t largest = 0;
  for (std::size_t k = 0; k < regions.size(); ++k) {
    if (regions[k].size() > regions[largest].size()) largest = k;
  }
  std::int64_t changed = 0;
  for (std::size_t k = 0; k < regions.size(); ++k) {
    if (static_cast<std::int64_t>(regions[k].size()) >= limit) continue;
    if (keep_largest && k == largest) continue;
    for (const auto at : regions[k]) p.at(n, at / w, at % w) = holes ? 1 : 0;
    changed += static_cast<std::int64_t>(regions[k].size());
  }
  return changed;
}

template <class Run>
bool equals_flood(Run& run, pixels p, const mask_regions_options& o) {
  words masks = plain_pack(p);
  const auto given = run(masks, p.extent[2], o);
  std::vector<std::int64_t> changed;
  for (std::int64_t n = 0; n < p.extent[0]; ++n) {
    std::int64_t sum = 0;
    if (o.holes_below > 0) sum += flood(p, n, true, o.holes_below, o.neighbours, false);
    if (o.islands_below > 0) {
      sum += flood(p, n, false, o.islands_below, o.neighbours, o.keep_largest);
    }
    changed.push_back(sum);
  }
  return given == changed && same_rows(masks, plain_pack(p));
}

/// Noise of some density; mask 1 empty, mask 2 full, mask 3 a meander.
inline pixels noise(std::int64_t n, std::int64_t h, std::int64_t w, unsigned percent) {
  std::mt19937 random(percent + static_cast<unsigned>(w));
  pixels p(n, h, w);
  for (std::int64_t k = 0; k < n; ++k) {
    for (std::int64_t y = 0; y < h; ++y) {
      for (std::int64_t x = 0; x < w; ++x) {
        const bool on = k == 1   ? false
                        : k == 2 ? true
                        : k == 3 ? y % 2 == 0 || x == (y % 4 == 1 ? w - 1 : 0)
                                 : random() % 100 < percent;
        p.at(k, y, x) = on ? 1 : 0;
      }
    }
  }
  return p;
}

template <class Run>
void equals_flood(Run run) {
  for (const auto& [n, h, w] : {std::array{1, 1, 1},
                                {4, 7, 63},
                                {5, 9, 64},
                                {4, 12, 65},
                                {9, 5, 130},
                                {4, 33, 3},
                                {0, 4, 4},
                                {2, 0, 4},
                                {2, 4, 0}}) {
    for (const unsigned percent : {15U, 50U, 85U}) {
      CAPTURE(w);
      CAPTURE(percent);
      const pixels p = noise(n, h, w, percent);
      CHECK(equals_flood(run, p, {.holes_below = 4, .islands_below = 5}));
      CHECK(equals_flood(run, p, {.islands_below = 1000, .neighbours = connectivity::four}));
      CHECK(equals_flood(run, p,
                         {.holes_below = 12,
                          .islands_below = 12,
                          .neighbours = connectivity::four,
                          .keep_largest = false}));
    }
  }
}

}  // namespace mask_regions_cases
