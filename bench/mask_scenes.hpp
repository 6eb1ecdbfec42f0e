// What the benchmarks of masks share: masks of people-sized blobs, and how a case is registered.
#pragma once

#include "harness.hpp"

#include <kernels/mask.hpp>

#include <functional>
#include <random>
#include <vector>

namespace bench {

inline void add_case(const std::string& name, const std::function<void()>& body) {
  benchmark::RegisterBenchmark(name.c_str(),
                               [body](benchmark::State& state) {
                                 for (auto _ : state) body();
                               })
      ->UseRealTime()
      ->Unit(benchmark::kMillisecond);
}

/// N masks as bytes and packed.
struct mask_scene {
  std::int64_t count, height, width;
  std::vector<std::uint8_t> bytes;
  std::vector<std::uint64_t> words;

  mask_scene(std::int64_t n, std::int64_t h, std::int64_t w)
      : count(n),
        height(h),
        width(w),
        bytes(static_cast<std::size_t>(n * h * w)),
        words(static_cast<std::size_t>(n * h * kernels::mask_words(w))) {}
  void pack() { kernels::pack_masks(kernels::on_cpu(), as_bytes(), as_words()); }
  [[nodiscard]] kernels::view<const std::uint8_t, 3> as_bytes() const {
    return kernels::packed(bytes.data(), {count, height, width});
  }
  [[nodiscard]] kernels::view<std::uint64_t, 3> as_words() {
    return kernels::packed(words.data(), {count, height, kernels::mask_words(width)});
  }
};

/// Ellipses anywhere in the image, at most a quarter of its sides in radius.
inline mask_scene mask_blobs(std::int64_t n, std::int64_t h, std::int64_t w) {
  mask_scene s(n, h, w);
  std::mt19937 random(5);
  const auto below = [&](std::int64_t most) {
    return static_cast<double>(random() % static_cast<unsigned>(most));
  };
  for (std::int64_t k = 0; k < n; ++k) {
    const double cx = below(w);
    const double cy = below(h);
    const double rx = 20 + below(w / 4);
    const double ry = 20 + below(h / 4);
    for (std::int64_t y = 0; y < h; ++y) {
      for (std::int64_t x = 0; x < w; ++x) {
        const double u = (static_cast<double>(x) - cx) / rx;
        const double v = (static_cast<double>(y) - cy) / ry;
        s.bytes[static_cast<std::size_t>((k * h + y) * w + x)] = u * u + v * v < 1 ? 1 : 0;
      }
    }
  }
  s.pack();
  return s;
}

/// Half of all pixels, at random: every box is the whole image.
inline mask_scene mask_noise(std::int64_t n, std::int64_t h, std::int64_t w) {
  mask_scene s(n, h, w);
  std::mt19937 random(6);
  for (auto& b : s.bytes) b = static_cast<std::uint8_t>(random() & 1U);
  s.pack();
  return s;
}

}  // namespace bench
