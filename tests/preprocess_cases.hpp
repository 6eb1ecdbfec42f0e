// The cases of preprocess, written once for every backend. A runner is a callable
//   std::vector<Out> operator()(const preprocess_cases::problem&, Out /*which type*/)
// that returns the output as it lies in memory, gaps (which hold problem::gap<Out>()) included.
#pragma once

#include <kernels/core/view.hpp>
#include <kernels/math/preprocess.hpp>

#include <doctest/doctest.h>

#include <cmath>
#include <cstring>
#include <random>
#include <vector>

namespace preprocess_cases {

using kernels::half;
using kernels::preprocess_fit;

struct problem {
  std::array<std::int64_t, 4> frames{}, frame_stride{};
  std::vector<std::uint8_t> bytes;  ///< ends with the last pixel
  std::vector<kernels::preprocess_region> regions;
  std::int64_t height = 0, width = 0, row_gap = 0, plane_gap = 0;
  kernels::preprocess_options options;

  [[nodiscard]] std::array<std::int64_t, 4> output() const {
    return {static_cast<std::int64_t>(regions.size()), 3, height, width};
  }
  [[nodiscard]] std::array<std::int64_t, 4> output_stride() const {
    const std::int64_t row = width + row_gap;
    const std::int64_t plane = height * row + plane_gap;
    return {3 * plane + 1, plane, row, 1};
  }
  [[nodiscard]] std::size_t output_size() const {
    const auto e = output();
    const auto s = output_stride();
    if (e[0] * e[2] * e[3] == 0) return 0;
    return static_cast<std::size_t>((e[0] - 1) * s[0] + 2 * s[1] + (e[2] - 1) * s[2] + e[3]);
  }
  template <class Out>
  [[nodiscard]] static Out gap() {
    if constexpr (sizeof(Out) == 2) {
      return Out{0x1234};
    } else {
      return Out(-77);
    }
  }
  [[nodiscard]] double pixel(std::int64_t n, std::int64_t y, std::int64_t x, int c) const {
    y = std::clamp<std::int64_t>(y, 0, frames[1] - 1);
    x = std::clamp<std::int64_t>(x, 0, frames[2] - 1);
    return bytes[static_cast<std::size_t>(n * frame_stride[0] + y * frame_stride[1] + 3 * x + c)];
  }
};

inline problem make(std::int64_t count, std::int64_t height, std::int64_t width, unsigned seed) {
  std::mt19937 random(seed);
  problem p;
  p.frames = {count, height, width, 3};
  const std::int64_t row = 3 * width + static_cast<std::int64_t>(seed % 3) * 5;
  p.frame_stride = {row * height + static_cast<std::int64_t>(seed % 2) * 7, row, 3, 1};
  if (count * height * width > 0) {
    p.bytes.resize(
        static_cast<std::size_t>((count - 1) * p.frame_stride[0] + (height - 1) * row + 3 * width));
  }
  for (auto& b : p.bytes) b = static_cast<std::uint8_t>(random());
  return p;
}

inline double as_double(float x) { return static_cast<double>(x); }
inline double as_double(half x) { return static_cast<double>(kernels::math::from_half(x)); }

/// The largest difference to the formula in double, in levels of 255; infinite if anything outside
/// the output was written.
template <class Out>
double error(const problem& p, const std::vector<Out>& given) {
  const auto s = p.output_stride();
  std::vector<bool> seen(given.size());
  double worst = 0;
  for (std::size_t r = 0; r < p.regions.size(); ++r) {
    const auto& region = p.regions[r];
    const double left = static_cast<double>(region.area.left);
    const double top = static_cast<double>(region.area.top);
    const double w = static_cast<double>(region.area.right) - left;
    const double h = static_cast<double>(region.area.bottom) - top;
    const bool valid = w > 1e-5 && h > 1e-5 && std::abs(left) < 2e6 && std::abs(top) < 2e6 &&
                       w < 2e6 && h < 2e6 && region.frame >= 0 && region.frame < p.frames[0];
    double cw = static_cast<double>(p.width);
    double ch = static_cast<double>(p.height);
    if (p.options.fit == preprocess_fit::letterbox && valid) {
      if (w * ch >= h * cw) {
        ch = std::max(1.0, std::floor(h * cw / w + 0.5));
      } else {
        cw = std::max(1.0, std::floor(w * ch / h + 0.5));
      }
    }
    const bool centre = p.options.place == kernels::letterbox_place::centre;
    const double x0 = centre ? std::floor((static_cast<double>(p.width) - cw) / 2) : 0;
    const double y0 = centre ? std::floor((static_cast<double>(p.height) - ch) / 2) : 0;
    for (int c = 0; c < 3; ++c) {
      const int from = p.options.swap_channels ? 2 - c : c;
      for (std::int64_t j = 0; j < p.height; ++j) {
        for (std::int64_t i = 0; i < p.width; ++i) {
          double value = p.options.pad[c];
          const double ci = static_cast<double>(i) - x0;
          const double cj = static_cast<double>(j) - y0;
          if (valid && ci >= 0 && ci < cw && cj >= 0 && cj < ch) {
            const double u = left + (ci + 0.5) * w / cw - 0.5;
            const double v = top + (cj + 0.5) * h / ch - 0.5;
            const auto iu = static_cast<std::int64_t>(std::floor(u));
            const auto iv = static_cast<std::int64_t>(std::floor(v));
            const double fu = u - std::floor(u);
            const double fv = v - std::floor(v);
            const auto f = region.frame;
            value =
                (p.pixel(f, iv, iu, from) * (1 - fu) + p.pixel(f, iv, iu + 1, from) * fu) *
                    (1 - fv) +
                (p.pixel(f, iv + 1, iu, from) * (1 - fu) + p.pixel(f, iv + 1, iu + 1, from) * fu) *
                    fv;
          }
          const double std = static_cast<double>(p.options.std[c]);
          const double expected = (value / 255 - static_cast<double>(p.options.mean[c])) / std;
          const auto place = static_cast<std::size_t>(static_cast<std::int64_t>(r) * s[0] +
                                                      c * s[1] + j * s[2] + i);
          seen[place] = true;
          double difference = std::abs(as_double(given[place]) - expected);
          if (sizeof(Out) == 2) difference -= std::abs(expected) / 2048 + 1e-7;
          worst = std::max(worst, std::abs(difference * std * 255));
          if (!(difference == difference)) worst = 1e9;
        }
      }
    }
  }
  for (std::size_t k = 0; k < given.size(); ++k) {
    if (!seen[k] &&
        std::memcmp(&given[k], std::array{problem::gap<Out>()}.data(), sizeof(Out)) != 0) {
      return std::numeric_limits<double>::infinity();
    }
  }
  return worst;
}

/// Regions of every kind.
inline void add_regions(problem& p) {
  const auto w = static_cast<float>(p.frames[2]);
  const auto h = static_cast<float>(p.frames[1]);
  const float nan = std::numeric_limits<float>::quiet_NaN();
  p.regions = {{0, {0, 0, w, h}},
               {0, {0.25F, 0.5F, w - 0.75F, h - 0.125F}},
               {1, {-3.3F, -4.7F, 0.6F * w, 1.4F * h}},
               {0, {w / 3, h / 3, w / 3 + 1.5F, h / 3 + 2.25F}},
               {1, {w + 5, h + 5, w + 9, h + 7}},
               {2, {0, 0, w, h}},
               {-1, {0, 0, w, h}},
               {0, {3, 3, 3, 5}},
               {0, {5, 5, 4, 6}},
               {0, {nan, 0, 3, 3}},
               {0, {0, 0, 3e6F, 3}},
               {1, {0, 0, std::numeric_limits<float>::infinity(), 3}}};
}

/// Levels of 255: weights of 2^-11 on steps of up to 255, in both directions.
inline constexpr double kBound = 0.27;

template <class Run>
void equals_formula(Run run, bool large) {
  double worst = 0;
  unsigned seed = 0;
  struct size {
    std::int64_t frame_height, frame_width, height, width;
  };
  std::vector<size> sizes = {{1, 1, 3, 5}, {1, 7, 4, 4}, {9, 2, 5, 8}, {17, 31, 16, 33}};
  if (large) {
    for (const auto& s : {size{70, 200, 64, 64}, {33, 3, 40, 31}, {50, 64, 130, 161}}) {
      sizes.push_back(s);
    }
  }
  for (const auto& s : sizes) {
    for (int variant = 0; variant < 4; ++variant) {
      problem p = make(2, s.frame_height, s.frame_width, seed++);
      add_regions(p);
      p.height = s.height;
      p.width = s.width;
      p.row_gap = variant;
      p.plane_gap = 2 * variant;
      p.options.fit = variant % 2 == 0 ? preprocess_fit::letterbox : preprocess_fit::stretch;
      p.options.swap_channels = variant >= 2;
      if (variant == 2) p.options.place = kernels::letterbox_place::top_left;
      if (variant >= 1) {
        const float mean[3] = {0.485F, 0.456F, 0.406F};
        const float std[3] = {0.229F, -0.224F, 2.5F};
        for (int c = 0; c < 3; ++c) {
          p.options.mean[c] = mean[c];
          p.options.std[c] = std[c];
          p.options.pad[c] = static_cast<std::uint8_t>(100 * c + 3);
        }
      }
      worst = std::max(worst, error(p, run(p, float{})));
      worst = std::max(worst, error(p, run(p, half{})));
    }
  }
  CHECK(worst < kBound);
}

/// A frame of the input's size comes through unchanged: the nearest floats and halves of k/255.
template <class Run>
void same_size_is_exact(Run run) {
  problem p = make(1, 16, 16, 1);
  for (int k = 0; k < 256; ++k) {
    p.bytes[static_cast<std::size_t>(k / 16 * p.frame_stride[1] + k % 16 * 3)] =
        static_cast<std::uint8_t>(k);
  }
  p.regions = {{0, {0, 0, 16, 16}}};
  p.height = p.width = 16;
  const auto floats = run(p, float{});
  const auto halves = run(p, half{});
  double worst = 0;
  int different = 0;
  for (std::size_t k = 0; k < 256; ++k) {
    worst =
        std::max(worst, std::abs(static_cast<double>(floats[k]) * 255 - static_cast<double>(k)));
    different += halves[k] == kernels::math::to_half(floats[k]) ? 0 : 1;
  }
  CHECK(worst < 3e-5);
  CHECK(different == 0);
}

}  // namespace preprocess_cases
