// e2p as the documentation defines it, pixel by pixel in double precision with the standard
// library's functions: the independent oracle of every e2p test.
#pragma once

#include <kernels/camera.hpp>

#include <cmath>
#include <cstdint>
#include <numbers>

namespace e2p_reference {

struct position {
  double u, v;
};

/// Source position that pixel (i, j) of a camera looks at.
inline position locate(const kernels::pinhole& camera, double width, double height, double i,
                       double j) {
  const double x = (i + 0.5 - camera.cx) / camera.fx;
  const double y = (j + 0.5 - camera.cy) / camera.fy;
  const auto& r = camera.rotation;
  const double wx = r[0] * x + r[1] * y + r[2];
  const double wy = r[3] * x + r[4] * y + r[5];
  const double wz = r[6] * x + r[7] * y + r[8];
  const double longitude = std::atan2(wx, wz);
  const double latitude = std::atan2(wy, std::hypot(wx, wz));
  return {(longitude / (2 * std::numbers::pi) + 0.5) * width - 0.5,
          (latitude / std::numbers::pi + 0.5) * height - 0.5};
}

/// An interleaved 8-bit panorama.
struct panorama {
  const std::uint8_t* data;
  std::int64_t width, height, channels, row_stride;

  [[nodiscard]] double at(std::int64_t column, std::int64_t row, std::int64_t channel) const {
    if (row < 0) {
      row = -1 - row;
      column += width / 2;
    } else if (row >= height) {
      row = 2 * height - 1 - row;
      column += width / 2;
    }
    column = (column % width + width) % width;
    return data[row * row_stride + column * channels + channel];
  }
};

/// Bilinear value, not rounded.
inline double bilinear(const panorama& image, position p, std::int64_t channel) {
  const double column = std::floor(p.u);
  const double row = std::floor(p.v);
  const double fx = p.u - column;
  const double fy = p.v - row;
  const auto c = static_cast<std::int64_t>(column);
  const auto r = static_cast<std::int64_t>(row);
  return (1 - fy) * ((1 - fx) * image.at(c, r, channel) + fx * image.at(c + 1, r, channel)) +
         fy * ((1 - fx) * image.at(c, r + 1, channel) + fx * image.at(c + 1, r + 1, channel));
}

/// Is the position so near the border between two pixels that either may be taken?
inline bool near_tie(position p) {
  const auto close = [](double a) { return std::abs(a - std::floor(a) - 0.5) < 1e-3; };
  return close(p.u) || close(p.v);
}

inline double nearest(const panorama& image, position p, std::int64_t channel) {
  return image.at(static_cast<std::int64_t>(std::floor(p.u + 0.5)),
                  static_cast<std::int64_t>(std::floor(p.v + 0.5)), channel);
}

}  // namespace e2p_reference
