// The cases of e2p, written once for every backend. A runner is a callable
//   std::vector<image_stack> operator()(const e2p_request&)
// that samples the request on its backend. tests/cpu, tests/emulated and tests/gpu provide one
// each.
#pragma once

#include "e2p_reference.hpp"

#include <kernels/e2p_plan.hpp>

#include <doctest/doctest.h>

#include <random>
#include <vector>

namespace e2p_cases {

using kernels::interpolation;

/// N images with padding between rows and images, starting some bytes into their storage (at any
/// alignment); everything that is not a pixel holds a mark that must survive.
struct image_stack {
  static constexpr std::uint8_t kMark = 0xA5;
  std::int64_t count, height, width, channels, row_stride, image_stride, start;
  std::vector<std::uint8_t> bytes;

  /// The storage ends with the last pixel, so that a sanitizer sees any access beyond it.
  image_stack(std::int64_t n, std::int64_t h, std::int64_t w, std::int64_t c,
              std::int64_t row_padding = 0, std::int64_t image_padding = 0,
              std::int64_t first_byte = 0)
      : count(n),
        height(h),
        width(w),
        channels(c),
        row_stride(w * c + row_padding),
        image_stride(row_stride * h + image_padding),
        start(first_byte),
        bytes(
            static_cast<std::size_t>(start + (n - 1) * image_stride + (h - 1) * row_stride + w * c),
            kMark) {}

  /// As a view of `base`, which holds these bytes here or on a device.
  template <kernels::space Space, class T>
  [[nodiscard]] kernels::view<T, 4, Space> as_view(T* base) const {
    return {
        base + start, {count, height, width, channels}, {image_stride, row_stride, channels, 1}};
  }
  [[nodiscard]] kernels::view<const std::uint8_t, 4> as_view() const {
    return as_view<kernels::space::host>(bytes.data());
  }
  [[nodiscard]] kernels::view<std::uint8_t, 4> as_view() {
    return as_view<kernels::space::host>(bytes.data());
  }
  [[nodiscard]] std::uint8_t& at(std::int64_t n, std::int64_t j, std::int64_t i, std::int64_t c) {
    return bytes[static_cast<std::size_t>(start + n * image_stride + j * row_stride + i * channels +
                                          c)];
  }
  [[nodiscard]] e2p_reference::panorama panorama(std::int64_t n) const {
    return {bytes.data() + start + n * image_stride, width, height, channels, row_stride};
  }
  /// Pixels only, in order.
  [[nodiscard]] std::vector<std::uint8_t> pixels() const {
    std::vector<std::uint8_t> all;
    for (std::int64_t n = 0; n < count; ++n) {
      for (std::int64_t j = 0; j < height; ++j) {
        const auto first = bytes.begin() + start + n * image_stride + j * row_stride;
        all.insert(all.end(), first, first + width * channels);
      }
    }
    return all;
  }
  [[nodiscard]] bool padding_intact() const {
    for (std::size_t k = 0; k < bytes.size(); ++k) {
      const auto at = static_cast<std::int64_t>(k) - start;
      const auto in_image = at % image_stride;
      const bool is_padding =
          at < 0 || in_image >= row_stride * height || in_image % row_stride >= width * channels;
      if (is_padding && bytes[k] != kMark) return false;
    }
    return true;
  }
};

struct e2p_request {
  image_stack frames;
  std::vector<kernels::pinhole> rig;
  interpolation filter = interpolation::bilinear;
  std::int64_t out_row_padding = 0, out_image_padding = 0, out_start = 0;

  [[nodiscard]] kernels::image_size source() const { return {frames.width, frames.height}; }
  [[nodiscard]] std::vector<image_stack> empty_outputs() const {
    std::vector<image_stack> outputs;
    for (const auto& camera : rig) {
      outputs.emplace_back(frames.count, camera.height, camera.width, frames.channels,
                           out_row_padding, out_image_padding, out_start);
    }
    return outputs;
  }
};

inline void fill_noise(image_stack& images, unsigned seed) {
  std::mt19937 random(seed);
  for (std::int64_t n = 0; n < images.count; ++n) {
    for (std::int64_t j = 0; j < images.height; ++j) {
      for (std::int64_t i = 0; i < images.width * images.channels; ++i) {
        images.at(n, j, 0, i) = static_cast<std::uint8_t>(random() >> 11);
      }
    }
  }
}

inline image_stack noise(std::int64_t n, std::int64_t h, std::int64_t w, std::int64_t c,
                         std::int64_t row_padding = 0, std::int64_t image_padding = 0) {
  image_stack images(n, h, w, c, row_padding, image_padding);
  fill_noise(images, static_cast<unsigned>(h * 31 + w * 7 + c));
  return images;
}

/// Views that between them cross the seam, both poles, and every octant, rolled and not; the last
/// ones with their principal point off the middle or outside, and pixels that are not square.
inline std::vector<kernels::pinhole> many_views(std::int64_t width, std::int64_t height) {
  std::vector<kernels::pinhole> rig;
  for (const auto& [yaw, pitch, roll, fov] : {std::array<double, 4>{0, 0, 0, 90},
                                              {180, 0, 0, 90},
                                              {135, 10, 5, 75},
                                              {-100, -35, 30, 60},
                                              {20, 90, 0, 100},
                                              {77, -90, 13, 100},
                                              {-170, 60, -45, 120},
                                              {3, 88.5, 1, 20}}) {
    rig.push_back(kernels::make_pinhole(
        {.width = width, .height = height, .hfov = fov, .yaw = yaw, .pitch = pitch, .roll = roll}));
  }
  rig.push_back(kernels::make_pinhole({.width = width, .height = height, .hfov = 80, .vfov = 30}));
  auto shifted = kernels::make_pinhole({.width = width, .height = height, .yaw = 160, .pitch = 20});
  shifted.cx += 0.3 * static_cast<double>(width);
  shifted.cy -= 0.2 * static_cast<double>(height) + 0.37;
  shifted.fy *= 1.25;
  rig.push_back(shifted);
  auto aside = kernels::make_pinhole({.width = width, .height = height, .hfov = 40, .yaw = -60});
  aside.cx = -2.5 * static_cast<double>(width);
  aside.cy = 3.125 * static_cast<double>(height);
  rig.push_back(aside);
  return rig;
}

/// At most 1 level from the double-precision value, and no bias; nearest is equal but for ties.
template <class Run>
void matches_reference(Run run, std::int64_t height, std::int64_t width) {
  for (const std::int64_t channels : {1, 3, 4}) {
    for (const auto filter : {interpolation::bilinear, interpolation::nearest}) {
      e2p_request request{noise(2, 128, 256, channels), many_views(width, height), filter};
      const auto outputs = run(request);
      REQUIRE(outputs.size() == request.rig.size());
      double signed_error = 0;
      double worst = 0;
      std::int64_t compared = 0;
      std::int64_t different = 0;
      for (std::size_t v = 0; v < outputs.size(); ++v) {
        for (std::int64_t n = 0; n < 2; ++n) {
          const auto source = request.frames.panorama(n);
          const auto got = outputs[v].panorama(n);
          for (std::int64_t j = 0; j < height; ++j) {
            for (std::int64_t i = 0; i < width; ++i) {
              const auto p = e2p_reference::locate(request.rig[v], 256, 128, static_cast<double>(i),
                                                   static_cast<double>(j));
              if (filter == interpolation::nearest && e2p_reference::near_tie(p)) continue;
              for (std::int64_t c = 0; c < channels; ++c) {
                const double value = got.at(i, j, c);
                if (filter == interpolation::nearest) {
                  different += value != e2p_reference::nearest(source, p, c);
                } else {
                  const double error = value - e2p_reference::bilinear(source, p, c);
                  worst = std::max(worst, std::abs(error));
                  signed_error += error;
                }
                ++compared;
              }
            }
          }
        }
      }
      CAPTURE(channels);
      REQUIRE(compared > 0);
      CHECK(different == 0);
      CHECK(worst <= 1.0);
      if (compared > 50000) CHECK(std::abs(signed_error / static_cast<double>(compared)) < 0.01);
    }
  }
}

/// A constant image stays constant everywhere: seams and poles included.
template <class Run>
void constant_stays_constant(Run run) {
  for (const std::int64_t channels : {1, 3, 4}) {
    for (const auto filter : {interpolation::bilinear, interpolation::nearest}) {
      e2p_request request{image_stack(1, 16, 32, channels), many_views(40, 30), filter};
      for (const int level : {0, 1, 200, 255}) {
        request.frames.bytes.assign(request.frames.bytes.size(), static_cast<std::uint8_t>(level));
        for (const auto& output : run(request)) {
          const auto pixels = output.pixels();
          CHECK(std::count(pixels.begin(), pixels.end(), static_cast<std::uint8_t>(level)) ==
                static_cast<std::int64_t>(pixels.size()));
        }
      }
    }
  }
}

/// Looking a quarter turn further right is the same as shifting the panorama: the same bytes.
template <class Run>
void quarter_turn_is_a_shift(Run run) {
  for (const double pitch : {0.0, 40.0, -90.0}) {
    e2p_request request{noise(1, 32, 64, 3), {}};
    image_stack shifted = request.frames;
    for (std::int64_t j = 0; j < 32; ++j) {
      for (std::int64_t i = 0; i < 64; ++i) {
        for (std::int64_t c = 0; c < 3; ++c) {
          shifted.at(0, j, i, c) = request.frames.at(0, j, (i + 16) % 64, c);
        }
      }
    }
    kernels::perspective p{.width = 50, .height = 34, .hfov = 95, .yaw = 17, .pitch = pitch};
    e2p_request reference{shifted, {kernels::make_pinhole(p)}};
    p.yaw += 90;
    request.rig = {kernels::make_pinhole(p)};
    CHECK(run(request)[0].bytes == run(reference)[0].bytes);
  }
}

/// A batch gives what its frames give one by one.
template <class Run>
void batch_is_a_loop(Run run) {
  for (const std::int64_t channels : {1, 3, 4}) {
    const e2p_request batch{noise(5, 24, 48, channels), many_views(37, 21)};
    const auto together = run(batch);
    for (std::int64_t n = 0; n < batch.frames.count; ++n) {
      for (std::size_t v = 0; v < batch.rig.size(); ++v) {
        e2p_request one{image_stack(1, 24, 48, channels), {batch.rig[v]}};
        const auto size = static_cast<std::int64_t>(one.frames.bytes.size());
        one.frames.bytes.assign(batch.frames.bytes.begin() + n * size,
                                batch.frames.bytes.begin() + (n + 1) * size);
        const auto alone = run(one)[0].bytes;
        const auto first = together[v].bytes.begin() + n * together[v].image_stride;
        CHECK(std::equal(alone.begin(), alone.end(), first));
      }
    }
  }
}

/// Padded rows and images, whatever they hold, change nothing and are left alone.
template <class Run>
void strides_are_honoured(Run run) {
  for (const std::int64_t channels : {1, 3, 4}) {
    for (const auto filter : {interpolation::bilinear, interpolation::nearest}) {
      e2p_request plain{image_stack(2, 20, 40, channels), many_views(33, 18), filter};
      fill_noise(plain.frames, 5);
      const auto expected = run(plain);
      for (const std::int64_t padding : {1, 2, 3, 4, 64}) {
        const std::int64_t start = padding % 4;
        e2p_request padded{image_stack(2, 20, 40, channels, padding, 7 * padding, start),
                           plain.rig,
                           filter,
                           padding,
                           3 * padding,
                           start};
        fill_noise(padded.frames, 5);
        const auto outputs = run(padded);
        for (std::size_t v = 0; v < outputs.size(); ++v) {
          CHECK(outputs[v].pixels() == expected[v].pixels());
          CHECK(outputs[v].padding_intact());
        }
      }
    }
  }
}

/// Every backend gives the bytes of the definition: math::e2p_locate and the wrapped sampling of
/// one pixel. Sizes around each block size, sources down to 2×1 and odd ones.
template <class Run>
void equals_definition(Run run) {
  struct size {
    std::int64_t width, height;
  };
  const auto check = [&](e2p_request request) {
    const kernels::e2p_plan plan(request.rig, request.source());
    const auto outputs = run(request);
    for (std::size_t v = 0; v < outputs.size(); ++v) {
      auto expected = request.empty_outputs()[v];
      for (std::int64_t n = 0; n < expected.count; ++n) {
        const std::uint8_t* image = request.frames.panorama(n).data;
        for (std::int32_t j = 0; j < expected.height; ++j) {
          for (std::int32_t i = 0; i < expected.width; ++i) {
            namespace m = kernels::math;
            const auto at = m::e2p_locate(plan.views()[v], plan.source(), i, j);
            const auto stride = request.frames.row_stride;
            std::uint8_t* out = &expected.at(n, j, i, 0);
            const bool bilinear = request.filter == interpolation::bilinear;
            const auto sample = [&]<int C>() {
              bilinear ? m::e2p_sample_bilinear<C>(image, stride, plan.source(), at, out)
                       : m::e2p_sample_nearest<C>(image, stride, plan.source(), at, out);
            };
            switch (expected.channels) {
              case 1:
                sample.template operator()<1>();
                break;
              case 3:
                sample.template operator()<3>();
                break;
              default:
                sample.template operator()<4>();
                break;
            }
          }
        }
      }
      CAPTURE(request.frames.width);
      CAPTURE(expected.width);
      CAPTURE(expected.height);
      CAPTURE(expected.channels);
      CHECK(outputs[v].bytes == expected.bytes);
    }
  };
  for (const std::int64_t channels : {1, 3, 4}) {
    for (const auto filter : {interpolation::bilinear, interpolation::nearest}) {
      for (const auto [w, h] : {size{1, 1},
                                {31, 2},
                                {32, 15},
                                {33, 16},
                                {63, 17},
                                {64, 31},
                                {65, 32},
                                {127, 33},
                                {130, 3}}) {
        check({noise(2, 40, 80, channels), {many_views(w, h)[2], many_views(w, h)[4]}, filter});
        e2p_request shifted{
            image_stack(1, 40, 80, channels, 0, 0, w % 4), {many_views(w, h)[9]}, filter};
        fill_noise(shifted.frames, 3);
        shifted.out_start = h % 4;
        check(shifted);
      }
      for (const auto [w, h] : {size{2, 1}, {4, 2}, {6, 3}, {8, 4}, {10, 5}, {2, 9}}) {
        check({noise(1, h, w, channels), many_views(19, 11), filter});
      }
    }
  }
  // an odd width, clear of the poles; views of different sizes in one call
  const auto flat = kernels::make_pinhole({.width = 70, .height = 12, .hfov = 120});
  const auto tall = kernels::make_pinhole({.width = 9, .height = 75, .hfov = 8, .yaw = 170});
  check({noise(1, 21, 43, 3), {flat, tall}});
  check({noise(1, 21, 43, 3), {tall, flat}});
  // more views than one kernel launch takes
  check({noise(1, 12, 24, 3), kernels::ring(67, {.width = 8, .height = 5, .hfov = 70})});
}

/// No frames or no views: nothing to do, nothing done.
template <class Run>
void empty_is_nothing(Run run) {
  e2p_request no_views{noise(1, 8, 16, 3), {}};
  CHECK(run(no_views).empty());
}

}  // namespace e2p_cases
