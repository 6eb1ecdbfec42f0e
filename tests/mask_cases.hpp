// The cases of packed masks, written once for every backend. A runner has
//   void pack(const mask_array<std::uint8_t>& pixels, mask_array<std::uint64_t>& masks)
//   void unpack(masks, mask_array<std::uint8_t>& pixels, std::uint8_t value)
//   void areas(masks, std::vector<std::int64_t>&)   void boxes(masks, std::vector<int_box>&)
//   template <class T> void iou(a, b, std::vector<T>& out)
#pragma once

#include <kernels/core/view.hpp>
#include <kernels/math/mask.hpp>

#include <doctest/doctest.h>

#include <random>
#include <vector>

namespace mask_cases {

using int_box = kernels::box<std::int32_t>;

/// N × H × W values with padded rows and images; the storage ends with the last value.
template <class T>
struct mask_array {
  std::array<std::int64_t, 3> extent, stride;
  std::vector<T> data;

  mask_array(std::int64_t n, std::int64_t h, std::int64_t w, std::int64_t padding = 0, T fill = T{})
      : extent{n, h, w}, stride{(w + padding) * h + 2 * padding, w + padding, 1} {
    if (n * h * w == 0) return;
    data.assign(static_cast<std::size_t>((n - 1) * stride[0] + (h - 1) * stride[1] + w), fill);
  }
  [[nodiscard]] T& at(std::int64_t n, std::int64_t y, std::int64_t x) {
    return data[static_cast<std::size_t>(n * stride[0] + y * stride[1] + x)];
  }
  [[nodiscard]] T at(std::int64_t n, std::int64_t y, std::int64_t x) const {
    return data[static_cast<std::size_t>(n * stride[0] + y * stride[1] + x)];
  }
  template <kernels::space Space = kernels::space::host>
  [[nodiscard]] kernels::view<T, 3, Space> as_view() {
    return {data.data(), extent, stride};
  }
  template <kernels::space Space = kernels::space::host>
  [[nodiscard]] kernels::view<const T, 3, Space> as_view() const {
    return {data.data(), extent, stride};
  }
};

using pixels = mask_array<std::uint8_t>;
using words = mask_array<std::uint64_t>;

/// Packs by the definition; padding between rows is filled with rubbish.
inline words plain_pack(const pixels& p, std::int64_t padding = 3) {
  words w(p.extent[0], p.extent[1], kernels::mask_words(p.extent[2]), padding, ~std::uint64_t{0});
  for (std::int64_t n = 0; n < p.extent[0]; ++n) {
    for (std::int64_t y = 0; y < p.extent[1]; ++y) {
      for (std::int64_t k = 0; k < w.extent[2]; ++k) w.at(n, y, k) = 0;
      for (std::int64_t x = 0; x < p.extent[2]; ++x) {
        if (p.at(n, y, x) != 0) w.at(n, y, x / 64) |= std::uint64_t{1} << x % 64;
      }
    }
  }
  return w;
}

/// Noise inside random rectangles: mask 1 is empty, mask 2 full.
inline pixels random_pixels(std::int64_t n, std::int64_t h, std::int64_t w, unsigned seed) {
  std::mt19937 random(seed + static_cast<unsigned>(n * 31 + h * 7 + w));
  pixels p(n, h, w, 5, 77);
  const auto below = [&](std::int64_t most) {
    return static_cast<std::int64_t>(random() % static_cast<unsigned>(most));
  };
  for (std::int64_t k = 0; k < n; ++k) {
    const std::int64_t y0 = h > 0 ? below(h) : 0;
    const std::int64_t x0 = w > 0 ? below(w) : 0;
    const std::int64_t y1 = y0 + 1 + below(h + 1);
    const std::int64_t x1 = x0 + 1 + below(w + 1);
    for (std::int64_t y = 0; y < h; ++y) {
      for (std::int64_t x = 0; x < w; ++x) {
        const bool inside = y >= y0 && y < y1 && x >= x0 && x < x1 && random() % 4 != 0;
        p.at(k, y, x) = k == 1             ? 0
                        : k == 2 || inside ? static_cast<std::uint8_t>(1 + below(255))
                                           : 0;
      }
    }
  }
  return p;
}

inline bool same_rows(const words& a, const words& b) {
  if (a.extent != b.extent) return false;
  for (std::int64_t n = 0; n < a.extent[0]; ++n) {
    for (std::int64_t y = 0; y < a.extent[1]; ++y) {
      for (std::int64_t k = 0; k < a.extent[2]; ++k) {
        if (a.at(n, y, k) != b.at(n, y, k)) return false;
      }
    }
  }
  return true;
}

/// Packing, unpacking, areas and boxes of one batch.
template <class Run>
bool equals_definition(Run& run, const pixels& p) {
  const auto [n, h, w] = p.extent;
  const words expected = plain_pack(p, 0);
  words given(n, h, kernels::mask_words(w), 2, 0xabcdef);
  run.pack(p, given);
  bool fine = same_rows(given, expected);

  const words masks = plain_pack(p);
  pixels unpacked(n, h, w, 1, 33);
  run.unpack(masks, unpacked, 255);
  std::vector<std::int64_t> areas(static_cast<std::size_t>(n), -1);
  std::vector<int_box> boxes(static_cast<std::size_t>(n), int_box{-1, -1, -1, -1});
  run.areas(masks, areas);
  run.boxes(masks, boxes);
  for (std::int64_t k = 0; k < n; ++k) {
    std::int64_t area = 0;
    int_box b{1 << 30, 1 << 30, 0, 0};
    for (int y = 0; y < h; ++y) {
      for (int x = 0; x < w; ++x) {
        const bool on = p.at(k, y, x) != 0;
        fine = fine && unpacked.at(k, y, x) == (on ? 255 : 0);
        if (!on) continue;
        ++area;
        b = {std::min(b.left, x), std::min(b.top, y), std::max(b.right, x + 1),
             std::max(b.bottom, y + 1)};
      }
    }
    if (area == 0) b = {0, 0, 0, 0};
    fine = fine && areas[static_cast<std::size_t>(k)] == area &&
           boxes[static_cast<std::size_t>(k)] == b;
  }
  // what lies between the rows stays as it was
  if (n * h * w > 0 && h > 1) fine = fine && unpacked.data[static_cast<std::size_t>(w)] == 33;
  if (n * h * w > 0 && h > 1) {
    fine = fine && given.data[static_cast<std::size_t>(kernels::mask_words(w))] == 0xabcdef;
  }
  return fine;
}

/// IoU of all pairs by a loop over the pixels.
template <class T, class Run>
bool iou_equals_loop(Run& run, const pixels& a, const pixels& b) {
  const std::int64_t na = a.extent[0];
  const std::int64_t nb = b.extent[0];
  std::vector<T> given(static_cast<std::size_t>(na * nb), T(-1));
  run.iou(plain_pack(a), plain_pack(b, 1), given);
  for (std::int64_t i = 0; i < na; ++i) {
    for (std::int64_t j = 0; j < nb; ++j) {
      std::int64_t shared = 0;
      std::int64_t joined = 0;
      for (std::int64_t y = 0; y < a.extent[1]; ++y) {
        for (std::int64_t x = 0; x < a.extent[2]; ++x) {
          shared += a.at(i, y, x) != 0 && b.at(j, y, x) != 0;
          joined += a.at(i, y, x) != 0 || b.at(j, y, x) != 0;
        }
      }
      const double expected =
          joined == 0 ? 0 : static_cast<double>(shared) / static_cast<double>(joined);
      if (given[static_cast<std::size_t>(i * nb + j)] != static_cast<T>(expected)) return false;
    }
  }
  return true;
}

template <class Run>
void equals_definition(Run run) {
  for (const auto& [n, h, w] : {std::array{1, 1, 1},
                                {4, 3, 31},
                                {3, 5, 32},
                                {3, 2, 64},
                                {4, 18, 65},
                                {3, 7, 257},
                                {1, 35, 700},
                                {0, 3, 5},
                                {2, 0, 5},
                                {2, 3, 0}}) {
    const int map_width = w;  // clang 14 captures no structured bindings
    CAPTURE(map_width);
    CHECK(equals_definition(run, random_pixels(n, h, w, 3)));
  }
}

template <class Run>
void iou_equals_loop(Run run) {
  for (const auto& [n, m, h, w] : {std::array{1, 1, 1, 1},
                                   {5, 3, 9, 65},
                                   {4, 9, 20, 130},
                                   {3, 3, 2, 640},
                                   {0, 3, 4, 4},
                                   {3, 0, 4, 4},
                                   {3, 3, 0, 4}}) {
    const int map_width = w;  // clang 14 captures no structured bindings
    CAPTURE(map_width);
    CHECK(iou_equals_loop<float>(run, random_pixels(n, h, w, 5), random_pixels(m, h, w, 6)));
    CHECK(iou_equals_loop<double>(run, random_pixels(n, h, w, 5), random_pixels(n, h, w, 5)));
  }
}

}  // namespace mask_cases
