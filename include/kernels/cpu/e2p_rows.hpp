// e2p on the CPU, one row at a time: what each instruction set provides, and its portable form.
#pragma once

#include <kernels/cpu/isa.hpp>
#include <kernels/e2p_plan.hpp>

#include <cstring>

namespace kernels::inline KERNELS_ABI::cpu {

/// Cached or freshly computed coordinates of `count` neighbouring pixels of a row. At edge pixels
/// they are 0; everywhere else the bilinear taps and two pixels to their right lie inside.
struct e2p_row {
  const std::uint32_t* u;
  const std::uint32_t* v;
  std::int64_t count;
};

/// The frame that is read.
struct e2p_image {
  const std::uint8_t* data;
  std::int64_t row_stride;
  math::e2p_source size;
};

/// Pixels `first` … `end`−1 of row j of a view.
struct e2p_run {
  std::int32_t j, first, end;
};

/// The inner loops of one instruction set.
struct e2p_loops {
  /// Coordinates of a run: u, v for each pixel, and the edge pixels (room for a whole run).
  /// Returns the number of edge pixels.
  std::int32_t (*locate)(const math::e2p_view&, math::e2p_source, e2p_run, std::uint32_t* u,
                         std::uint32_t* v, e2p_edge_pixel* edges);
  /// Writes count·channels bytes, edge pixels included (whatever stands at coordinate 0).
  void (*bilinear[5])(const e2p_image&, const e2p_row&, std::uint8_t* out);  ///< by channels
};

/// Number of source columns, rows at which a pixel can be sampled without wrapping: the two taps
/// and, for loads of 8 bytes from RGB, the pixel after them lie in the row.
inline std::int32_t e2p_inner_columns(math::e2p_source source) {
  return source.width > 2 ? static_cast<std::int32_t>(source.width) - 2 : 0;
}
inline std::int32_t e2p_inner_rows(math::e2p_source source) {
  return e2p_inner_columns(source) == 0 ? 0 : static_cast<std::int32_t>(source.height) - 1;
}

namespace portable {

inline std::int32_t locate(const math::e2p_view& view, math::e2p_source source, e2p_run run,
                           std::uint32_t* u, std::uint32_t* v, e2p_edge_pixel* edges) {
  const std::int32_t columns = e2p_inner_columns(source);
  const std::int32_t rows = e2p_inner_rows(source);
  std::int32_t found = 0;
  for (std::int32_t i = run.first; i < run.end; ++i) {
    const math::e2p_coordinate at = math::e2p_locate(view, source, i, run.j);
    const std::int32_t column = at.u >> math::kE2pFractionBits;
    const std::int32_t row = at.v >> math::kE2pFractionBits;
    const bool inner = column >= 0 && column < columns && row >= 0 && row < rows;
    if (!inner) edges[found++] = {i, at};
    *u++ = inner ? static_cast<std::uint32_t>(at.u) : 0;
    *v++ = inner ? static_cast<std::uint32_t>(at.v) : 0;
  }
  return found;
}

template <int Channels>
void bilinear(const e2p_image& image, const e2p_row& row, std::uint8_t* out) {
  for (std::int64_t i = 0; i < row.count; ++i) {
    const auto u = static_cast<std::int32_t>(row.u[i]);
    const auto v = static_cast<std::int32_t>(row.v[i]);
    const std::uint8_t* top = image.data + (v >> math::kE2pFractionBits) * image.row_stride +
                              (u >> math::kE2pFractionBits) * Channels;
    const std::uint8_t* bottom = top + image.row_stride;
    for (int c = 0; c < Channels; ++c) {
      out[c] = math::e2p_bilinear(top[c], top[c + Channels], bottom[c], bottom[c + Channels],
                                  u & (math::kE2pOne - 1), v & (math::kE2pOne - 1));
    }
    out += Channels;
  }
}

inline constexpr e2p_loops kE2pLoops = {
    &locate, {nullptr, &bilinear<1>, nullptr, &bilinear<3>, &bilinear<4>}};

}  // namespace portable

/// Nearest neighbour: a copy of one pixel, bound by memory on every instruction set; cache lines
/// are asked for some pixels ahead, because the processor cannot foresee curved paths.
template <int Channels>
void e2p_nearest(const e2p_image& image, const e2p_row& row, std::uint8_t* out) {
  const std::uint8_t* data = image.data;
  const std::int64_t row_stride = image.row_stride;
  const auto at = [&](std::int64_t i) {
    constexpr std::uint32_t kHalf = math::kE2pOne / 2;
    return data +
           static_cast<std::int64_t>((row.v[i] + kHalf) >> math::kE2pFractionBits) * row_stride +
           static_cast<std::int64_t>((row.u[i] + kHalf) >> math::kE2pFractionBits) * Channels;
  };
  constexpr std::int64_t kStep = 8;
  constexpr std::int64_t kAhead = 96;
  for (std::int64_t i = 0; i < row.count; i += kStep) {
    if (i + kAhead < row.count) __builtin_prefetch(at(i + kAhead));
    const std::int64_t end = std::min(i + kStep, row.count);
    for (std::int64_t k = i; k < end; ++k) {
      std::memcpy(out, at(k), Channels);
      out += Channels;
    }
  }
}

}  // namespace kernels::inline KERNELS_ABI::cpu
