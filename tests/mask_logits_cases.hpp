// The cases of mask_logits, written once for every backend. A runner is a callable
//   void operator()(const mask_array<float>& logits, kernels::mask_image image, words* masks,
//                   std::vector<float>* scores, const kernels::mask_logits_options& options)
// where either output may be null.
#pragma once

#include "mask_cases.hpp"

#include <kernels/mask_logits_gpu.hpp>

#include <cmath>
#include <limits>

namespace mask_logits_cases {

using namespace mask_cases;
using kernels::mask_image;
using kernels::mask_logits_options;
using logit_maps = mask_array<float>;

inline logit_maps random_logits(std::int64_t n, std::int64_t h, std::int64_t w) {
  std::mt19937 random(static_cast<unsigned>(h * 100 + w));
  logit_maps maps(n, h, w, 3, 1e30F);
  for (std::int64_t k = 0; k < n; ++k) {
    for (std::int64_t y = 0; y < h; ++y) {
      for (std::int64_t x = 0; x < w; ++x) {
        maps.at(k, y, x) = static_cast<float>(random() % 2001) / 100 - 10 + static_cast<float>(k);
      }
    }
  }
  return maps;
}

/// PyTorch's formula in double.
inline double upsampled(const logit_maps& maps, std::int64_t n, double y, double x) {
  const double h = static_cast<double>(maps.extent[1] - 1);
  const double w = static_cast<double>(maps.extent[2] - 1);
  y = std::min(std::max(y, 0.0), h);
  x = std::min(std::max(x, 0.0), w);
  const auto at = [&](double v, double u) {
    return static_cast<double>(maps.at(n, static_cast<std::int64_t>(std::min(v, h)),
                                       static_cast<std::int64_t>(std::min(u, w))));
  };
  const double y0 = std::floor(y);
  const double x0 = std::floor(x);
  const double fy = y - y0;
  const double fx = x - x0;
  return (1 - fy) * ((1 - fx) * at(y0, x0) + fx * at(y0, x0 + 1)) +
         fy * ((1 - fx) * at(y0 + 1, x0) + fx * at(y0 + 1, x0 + 1));
}

/// Within rounding of the reference, and, pixel for pixel, what the element says.
template <class Run>
bool matches(Run& run, const logit_maps& maps, mask_image image, const mask_logits_options& o) {
  const std::int64_t n = maps.extent[0];
  words masks(n, image.height, kernels::mask_words(image.width), 2, ~std::uint64_t{0});
  words alone = masks;
  std::vector<float> scores(static_cast<std::size_t>(n), -1.0F);
  std::vector<float> scores_alone = scores;
  run(maps, image, &masks, &scores, o);
  run(maps, image, &alone, nullptr, o);
  run(maps, image, nullptr, &scores_alone, o);
  bool fine = same_rows(masks, alone) && scores == scores_alone;
  const bool all = o.region.left == o.region.right;
  const double left = all ? 0 : o.region.left;
  const double top = all ? 0 : o.region.top;
  const double w = all ? static_cast<double>(maps.extent[2]) : o.region.right - left;
  const double h = all ? static_cast<double>(maps.extent[1]) : o.region.bottom - top;
  namespace math = kernels::math;
  const auto rows =
      math::make_logit_axis(o.region.top, o.region.bottom, image.height, maps.extent[1]);
  const auto columns =
      math::make_logit_axis(o.region.left, o.region.right, image.width, maps.extent[2]);
  for (std::int64_t k = 0; k < n; ++k) {
    std::int64_t above = 0;
    std::int64_t below = 0;
    for (std::int64_t y = 0; y < image.height; ++y) {
      for (std::int64_t x = 0; x < 64 * masks.extent[2]; ++x) {
        const bool given = (masks.at(k, y, x / 64) >> x % 64 & 1) != 0;
        if (x >= image.width) {
          fine = fine && !given;  // padding is zero
          continue;
        }
        const auto ty = math::logit_position(rows, y);
        const auto tx = math::logit_position(columns, x);
        const float value = math::logit_value(
            maps.at(k, ty.low, tx.low), maps.at(k, ty.low, tx.high), maps.at(k, ty.high, tx.low),
            maps.at(k, ty.high, tx.high), tx.weight, ty.weight);
        fine = fine && given == (value > o.threshold);
        above += value > o.threshold + o.stability_offset;
        below += value > o.threshold - o.stability_offset;
        const double expected = upsampled(
            maps, k,
            (static_cast<double>(y) + 0.5) * h / static_cast<double>(image.height) + top - 0.5,
            (static_cast<double>(x) + 0.5) * w / static_cast<double>(image.width) + left - 0.5);
        fine = fine && !(std::abs(expected - static_cast<double>(value)) > 1e-4);
      }
    }
    const double score = below == 0 ? 0 : static_cast<double>(above) / static_cast<double>(below);
    fine = fine && scores[static_cast<std::size_t>(k)] == static_cast<float>(score);
  }
  return fine;
}

template <class Run>
void matches_reference(Run run) {
  const mask_logits_options plain;
  for (const auto& [n, h, w, height, width] : {std::array{1, 1, 1, 3, 70},
                                               {2, 8, 9, 8, 9},
                                               {3, 7, 5, 33, 65},
                                               {1, 16, 20, 40, 131},
                                               {2, 20, 90, 7, 31},
                                               {1, 5, 300, 9, 64},
                                               {0, 4, 4, 9, 9},
                                               {2, 4, 4, 0, 5}}) {
    CAPTURE(w);
    CAPTURE(width);
    CHECK(matches(run, random_logits(n, h, w), {height, width}, plain));
    CHECK(matches(run, random_logits(n, h, w), {height, width},
                  {.threshold = 1.5F, .stability_offset = 0.25F}));
  }
  // letterboxed: rows 2 to 6 of 8, and a fraction; beyond the map is the edge
  CHECK(matches(run, random_logits(2, 8, 8), {36, 70}, {.region = {0, 2, 8, 6}}));
  CHECK(matches(run, random_logits(2, 8, 8), {36, 70}, {.region = {-1.5, 0.25, 9.75, 6.625}}));
}

/// A value equal to the threshold is outside; NaN is outside; unchanged size is no interpolation.
template <class Run>
void special_values(Run run) {
  logit_maps maps(1, 2, 4);
  maps.data = {0.0F, 1e-30F, -1e-30F, std::numeric_limits<float>::quiet_NaN(), 3, 2, 1, 0};
  words masks(1, 2, 1);
  run(maps, {2, 4}, &masks, nullptr, {});
  CHECK(masks.data == std::vector<std::uint64_t>{2, 7});
  // all of one sign, infinite: nothing but copies where the weights are zero
  maps.data.assign(8, -std::numeric_limits<float>::infinity());
  std::vector<float> scores(1, 5.0F);
  run(maps, {2, 4}, &masks, &scores, {});
  CHECK(masks.data == std::vector<std::uint64_t>{0, 0});
  CHECK(scores[0] == 0.0F);
}

}  // namespace mask_logits_cases
