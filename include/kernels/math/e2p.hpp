// e2p, one pixel: from an output pixel to its canonical source coordinate, and from the source
// pixels around it to its value. The definition that every backend follows to the bit.
//
//   ray         three 64-bit integers, linear in the pixel: no rounding, the same everywhere
//   direction   longitude and latitude as fractions of a turn in 32 bits, from floats whose every
//               operation is IEEE-exact; the octants are unfolded in integers
//   coordinate  u, v in 1/2048 source pixel, 0 = the centre of the first pixel
//   value       bilinear: Σ tap·weight in integers, rounded to nearest; nearest: one tap
#pragma once

#include <kernels/core/exact.hpp>
#include <kernels/math/trig.hpp>

namespace kernels::inline KERNELS_ABI::math {

/// One prepared view: ray_k(i, j) = column[k]·(2i+1) + row[k]·(2j+1) + origin[k], k = X, Y, Z in
/// the world's axes, scaled so that |ray_k| < 2^59 inside the view.
struct e2p_view {
  std::int64_t column[3], row[3], origin[3];
  std::int32_t width, height;
};

/// Size of the equirectangular source, at most 2^20 − 1 a side.
struct e2p_source {
  std::uint32_t width, height;
};

/// Source position in 1/2048 pixel: u in −1024 … 2048·W − 1024, v in −1024 … 2048·H − 1024.
struct e2p_coordinate {
  std::int32_t u, v;
};

inline constexpr int kE2pFractionBits = 11;
inline constexpr std::int32_t kE2pOne = 1 << kE2pFractionBits;

/// Angles in 2^-32 turn: longitude wraps, latitude is measured downwards, −2^30 … 2^30.
struct e2p_direction {
  std::uint32_t longitude;
  std::int32_t latitude;
};

namespace detail {

inline constexpr std::int32_t kQuarterTurn = 1 << 30;

/// smaller/larger of two magnitudes, 0 where both are 0 (at the poles).
KERNELS_HD float octant_ratio(float a, float b) {
  const float large = exact::max(a, b);
  const float small = exact::min(a, b);
  return large > 0.0F ? exact::div(small, large) : 0.0F;
}

KERNELS_HD float magnitude(float a) { return a < 0.0F ? -a : a; }

}  // namespace detail

/// Longitude atan2(x, z) and downward latitude atan2(y, hypot(x, z)), within 3e-7 radian of the
/// ray's. At the poles (x = z = 0) the longitude is 0.
KERNELS_HD e2p_direction e2p_direction_of(float x, float y, float z) {
  const float ax = detail::magnitude(x);
  const float ay = detail::magnitude(y);
  const float az = detail::magnitude(z);
  std::int32_t q = atan_turn(detail::octant_ratio(ax, az));
  if (ax > az) q = detail::kQuarterTurn - q;
  auto longitude = static_cast<std::uint32_t>(q);
  if (z < 0.0F) longitude = 0x80000000U - longitude;
  if (x < 0.0F) longitude = 0U - longitude;
  const float horizontal = exact::sqrt(exact::fma(x, x, exact::mul(z, z)));
  std::int32_t latitude = atan_turn(detail::octant_ratio(ay, horizontal));
  if (ay > horizontal) latitude = detail::kQuarterTurn - latitude;
  if (y < 0.0F) latitude = -latitude;
  return {longitude, latitude};
}

/// u = (longitude/turn + ½)·W − ½ and v = (latitude/half turn + ½)·H − ½, rounded to 1/2048 pixel.
KERNELS_HD e2p_coordinate e2p_coordinate_of(e2p_direction d, e2p_source source) {
  const std::uint64_t u = static_cast<std::uint64_t>(d.longitude + 0x80000000U) * source.width;
  const std::uint32_t from_zenith = static_cast<std::uint32_t>(d.latitude) + 0x40000000U;
  const std::uint64_t v = static_cast<std::uint64_t>(from_zenith) * source.height;
  return {static_cast<std::int32_t>((u + (1U << 20)) >> 21) - kE2pOne / 2,
          static_cast<std::int32_t>((v + (1U << 19)) >> 20) - kE2pOne / 2};
}

/// Canonical source coordinate of output pixel (i, j).
KERNELS_HD e2p_coordinate e2p_locate(const e2p_view& view, e2p_source source, std::int32_t i,
                                     std::int32_t j) {
  const std::int64_t c = 2 * static_cast<std::int64_t>(i) + 1;
  const std::int64_t r = 2 * static_cast<std::int64_t>(j) + 1;
  const auto along = [&](int k) {
    return exact::to_float(view.column[k] * c + (view.row[k] * r + view.origin[k]));
  };
  return e2p_coordinate_of(e2p_direction_of(along(0), along(1), along(2)), source);
}

/// A source pixel that exists.
struct e2p_tap {
  std::int64_t column, row;
};

/// Columns wrap; a row beyond a pole is the mirrored row, half a turn away. Any tap less than one
/// width and one height outside is brought inside.
KERNELS_HD e2p_tap e2p_wrap(std::int64_t column, std::int64_t row, e2p_source source) {
  const std::int64_t width = source.width;
  const std::int64_t height = source.height;
  if (row < 0 || row >= height) {
    row = row < 0 ? -1 - row : 2 * height - 1 - row;
    column += width / 2;
  }
  if (column < 0) column += width;
  if (column >= width) column -= width;
  if (column >= width) column -= width;
  return {column, row};
}

/// True if bilinear interpolation there takes rows from across a pole.
KERNELS_HD bool e2p_crosses_pole(e2p_coordinate at, e2p_source source) {
  return at.v < 0 || at.v > static_cast<std::int32_t>((source.height - 1) << kE2pFractionBits);
}

/// Interpolated value of four 8-bit taps; fx, fy in 0 … 2047. Exact sum, rounded to nearest.
KERNELS_HD std::uint8_t e2p_bilinear(std::int32_t top_left, std::int32_t top_right,
                                     std::int32_t bottom_left, std::int32_t bottom_right,
                                     std::int32_t fx, std::int32_t fy) {
  const std::int32_t top = top_left * (kE2pOne - fx) + top_right * fx;
  const std::int32_t bottom = bottom_left * (kE2pOne - fx) + bottom_right * fx;
  return static_cast<std::uint8_t>((top * (kE2pOne - fy) + bottom * fy + (1 << 21)) >> 22);
}

/// One output pixel from a source with any coordinate, taps wrapped one by one: bilinear.
/// source_row is the distance between rows in bytes.
template <int Channels>
KERNELS_HD void e2p_sample_bilinear(const std::uint8_t* image, std::int64_t source_row,
                                    e2p_source source, e2p_coordinate at, std::uint8_t* out) {
  const std::int64_t column = at.u >> kE2pFractionBits;
  const std::int64_t row = at.v >> kE2pFractionBits;
  const std::uint8_t* taps[4];
  KERNELS_UNROLL
  for (int k = 0; k < 4; ++k) {
    const e2p_tap tap = e2p_wrap(column + (k & 1), row + (k >> 1), source);
    taps[k] = image + (tap.row * source_row + tap.column * Channels);
  }
  KERNELS_UNROLL
  for (int c = 0; c < Channels; ++c) {
    out[c] = e2p_bilinear(taps[0][c], taps[1][c], taps[2][c], taps[3][c], at.u & (kE2pOne - 1),
                          at.v & (kE2pOne - 1));
  }
}

/// The nearest source pixel, halves towards the right and down.
KERNELS_HD e2p_tap e2p_nearest_tap(e2p_coordinate at, e2p_source source) {
  return e2p_wrap((at.u + kE2pOne / 2) >> kE2pFractionBits,
                  (at.v + kE2pOne / 2) >> kE2pFractionBits, source);
}

template <int Channels>
KERNELS_HD void e2p_sample_nearest(const std::uint8_t* image, std::int64_t source_row,
                                   e2p_source source, e2p_coordinate at, std::uint8_t* out) {
  const e2p_tap tap = e2p_nearest_tap(at, source);
  const std::uint8_t* from = image + (tap.row * source_row + tap.column * Channels);
  KERNELS_UNROLL
  for (int c = 0; c < Channels; ++c) out[c] = from[c];
}

}  // namespace kernels::inline KERNELS_ABI::math
