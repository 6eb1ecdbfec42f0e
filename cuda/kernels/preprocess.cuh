// preprocess on the GPU: a block makes a tile of one region's output, all three channels. Where
// the region lies, and each column's and row's taps, are found once a block. Limit: memory, which
// writes 12 or 6 bytes a pixel.
#pragma once

#include <kernels/portable.cuh>
#include <kernels/preprocess_gpu.hpp>

namespace kernels::inline KERNELS_ABI::gpu {

struct preprocess_tuning {
  static constexpr int kColumns = 128;  ///< threads
  static constexpr int kRows = 16;
};

/// The frames and the regions as a kernel sees them.
struct preprocess_source {
  const std::uint8_t* data;
  std::int64_t frame_stride, row_stride, count, height, width;
  const preprocess_region* regions;
  std::int64_t region_stride;
};

/// The output: all regions, cut into tiles.
template <class Out>
struct preprocess_target {
  Out* data;
  std::int64_t region_stride, plane_stride, row_stride;
  std::int32_t height, width, across, down;  ///< tiles in a row and in a column
};

/// How values are made.
struct preprocess_settings {
  math::preprocess_scale scale;
  preprocess_fit fit;
  letterbox_place place;
  bool swap;
};

/// Block: kColumns threads, one a column; grid: regions · across · down.
template <int kColumns, int kRows, class Out>
__global__ void __launch_bounds__(kColumns)
    preprocess_kernel(preprocess_source source, preprocess_target<Out> target,
                      preprocess_settings settings) {
  KERNELS_SHARED(math::preprocess_place, place, 1);
  KERNELS_SHARED(math::preprocess_tap, rows, kRows);
  const auto tiles = static_cast<unsigned>(target.across) * static_cast<unsigned>(target.down);
  const std::int64_t region = blockIdx.x / tiles;
  const unsigned tile = blockIdx.x % tiles;
  const auto thread = static_cast<std::int32_t>(threadIdx.x);
  const std::int32_t column =
      static_cast<std::int32_t>(tile % static_cast<unsigned>(target.across)) * kColumns + thread;
  const std::int32_t first =
      static_cast<std::int32_t>(tile / static_cast<unsigned>(target.across)) * kRows;
  const preprocess_region where = source.regions[region * source.region_stride];
  if (thread == 0) {
    place[0] = math::preprocess_locate(where, source.count, target.width, target.height,
                                       settings.fit, settings.place);
  }
  __syncthreads();
  const math::preprocess_axis x = place[0].x;
  const math::preprocess_axis y = place[0].y;
  if (thread < kRows) {
    const std::int32_t i = first + thread - y.place;
    rows[thread] = {-1, 0};  // padding
    if (x.content > 0 && i >= 0 && i < y.content) {
      rows[thread] = math::preprocess_tap_at(math::preprocess_coordinate(y, i), source.height);
    }
  }
  __syncthreads();
  if (column >= target.width) return;
  const std::int32_t i = column - x.place;
  const bool inside = i >= 0 && i < x.content;
  math::preprocess_tap tap{0, 0};
  if (inside) tap = math::preprocess_tap_at(math::preprocess_coordinate(x, i), source.width);
  const std::int64_t right = source.width > 1 ? 3 : 0;
  const std::int64_t below = source.height > 1 ? source.row_stride : 0;
  Out* out = target.data + region * target.region_stride + first * target.row_stride + column;
  for (std::int32_t k = 0; k < kRows && first + k < target.height; ++k) {
    const math::preprocess_tap row = rows[k];
    std::int32_t sums[3] = {settings.scale.pad[0], settings.scale.pad[1], settings.scale.pad[2]};
    if (inside && row.index >= 0) {
      const std::uint8_t* p = source.data + where.frame * source.frame_stride +
                              row.index * source.row_stride + 3 * std::int64_t{tap.index};
      KERNELS_UNROLL
      for (int c = 0; c < 3; ++c) {
        const int from = settings.swap ? 2 - c : c;
        sums[c] = math::preprocess_mix(
            math::preprocess_mix(p[from], p[right + from], tap.fraction),
            math::preprocess_mix(p[below + from], p[below + right + from], tap.fraction),
            row.fraction);
      }
    }
    KERNELS_UNROLL
    for (int c = 0; c < 3; ++c) {
      out[c * target.plane_stride + k * target.row_stride] =
          math::preprocess_value<Out>(sums[c], settings.scale.scale[c], settings.scale.offset[c]);
    }
  }
}

/// The launcher behind kernels::preprocess(on_gpu(stream), …).
template <class Out>
void preprocess(CUstream_st* stream, view<const std::uint8_t, 4, space::device> frames,
                view<const preprocess_region, 1, space::device> regions,
                view<Out, 4, space::device> output, const preprocess_options& options) {
  check_preprocess(frames, regions, output, options);
  if (output.size() == 0) return;
  using tuning = preprocess_tuning;
  const std::int64_t across = (output.extent[3] + tuning::kColumns - 1) / tuning::kColumns;
  const std::int64_t down = (output.extent[2] + tuning::kRows - 1) / tuning::kRows;
  constexpr std::int64_t kMost = std::numeric_limits<std::int32_t>::max();
  if (output.extent[0] > kMost / (across * down)) {
    refuse("preprocess", "output",
           "at most " + std::to_string(kMost / (across * down)) + " regions of that size",
           std::to_string(output.extent[0]));
  }
  check_device_pointer("preprocess", "regions", regions.data);
  check_device_pointer("preprocess", "output", output.data);
  if (frames.size() > 0) check_device_pointer("preprocess", "frames", frames.data);
  // a batch of empty frames has no pixel to read
  const preprocess_source source{frames.data,      frames.stride[0],
                                 frames.stride[1], frames.size() == 0 ? 0 : frames.extent[0],
                                 frames.extent[1], frames.extent[2],
                                 regions.data,     regions.stride[0]};
  const preprocess_target<Out> target{output.data,
                                      output.stride[0],
                                      output.stride[1],
                                      output.stride[2],
                                      static_cast<std::int32_t>(output.extent[2]),
                                      static_cast<std::int32_t>(output.extent[3]),
                                      static_cast<std::int32_t>(across),
                                      static_cast<std::int32_t>(down)};
  launch(stream,
         {dim3(static_cast<unsigned>(output.extent[0] * across * down), 1, 1),
          dim3(tuning::kColumns, 1, 1), 0},
         &preprocess_kernel<tuning::kColumns, tuning::kRows, Out>, source, target,
         preprocess_settings{preprocess_scale_of(options), options.fit, options.place,
                             options.swap_channels});
}

}  // namespace kernels::inline KERNELS_ABI::gpu
