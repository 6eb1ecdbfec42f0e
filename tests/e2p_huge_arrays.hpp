// The case of e2p with arrays beyond 4 GiB, for backends that read host memory.
#pragma once

#include "e2p_reference.hpp"
#include "sparse_memory.hpp"

#include <kernels/e2p_plan.hpp>

#include <doctest/doctest.h>

namespace e2p_cases {

/// Sides beyond 32767 and buffers beyond 4 GiB, in the source (7 GB) and in the output (rows
/// 3·10⁹ bytes apart). `sample(frames, output, plan)` runs one view on a backend.
template <class Sample>
void huge_arrays(Sample sample, std::int64_t width, std::int64_t height) {
  constexpr std::int64_t kWidth = 70000;
  constexpr std::int64_t kHeight = 35000;
  constexpr std::int64_t kStride = 3 * kWidth + 1000;
  constexpr std::int64_t kOutStride = 3'000'000'000;
  const sparse_memory source(kStride * kHeight);
  const sparse_memory target(kOutStride * (height - 1) + 3 * width);
  if (!source.exists() || !target.exists()) {
    MESSAGE("skipped: this machine gives no sparse memory of that size");
    return;
  }
  const auto camera = kernels::make_pinhole(
      {.width = width, .height = height, .hfov = 0.3, .yaw = 171, .pitch = -80, .roll = 10});
  const auto look = [&](std::int64_t i, std::int64_t j) {
    return e2p_reference::locate(camera, kWidth, kHeight, static_cast<double>(i),
                                 static_cast<double>(j));
  };
  for (std::int64_t j = 0; j < height; ++j) {
    for (std::int64_t i = 0; i < width; ++i) {
      const auto p = look(i, j);
      for (std::int64_t r = std::lround(p.v) - 2; r <= std::lround(p.v) + 2; ++r) {
        for (std::int64_t k = 3 * std::lround(p.u) - 6; k <= 3 * std::lround(p.u) + 8; ++k) {
          source.data()[r * kStride + k] = static_cast<std::uint8_t>((k * 131 + r * 71) >> 2);
        }
      }
    }
  }
  const auto frames = kernels::image<kernels::space::host, const std::uint8_t>(
      source.data(), kHeight, kWidth, 3, kStride);
  const auto output = kernels::image(target.data(), height, width, 3, kOutStride);
  sample(frames, output, kernels::e2p_plan(std::span(&camera, 1), {kWidth, kHeight}));
  const e2p_reference::panorama panorama{source.data(), kWidth, kHeight, 3, kStride};
  double worst = 0;
  for (std::int64_t j = 0; j < height; ++j) {
    for (std::int64_t i = 0; i < width; ++i) {
      for (std::int64_t c = 0; c < 3; ++c) {
        worst = std::max(worst, std::abs(target.data()[j * kOutStride + 3 * i + c] -
                                         e2p_reference::bilinear(panorama, look(i, j), c)));
      }
    }
  }
  CHECK(worst <= 1.5);  // 1e-3 pixel is only promised up to 16384 columns; here it is 5e-3
}

}  // namespace e2p_cases
