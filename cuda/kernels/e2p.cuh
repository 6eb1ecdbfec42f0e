// e2p on the GPU: one thread computes the coordinates of a few output pixels in registers and keeps
// them for all frames of the batch; a warp writes its row of pixels as whole 32-bit words.
//
// Limit: memory. Each source sector that a view touches is read once (neighbouring views run side
// by side and share it in L2), each output byte is written once; see docs/e2p.md for the model.
#pragma once

#include <kernels/e2p_gpu.hpp>
#include <kernels/portable.cuh>

namespace kernels::inline KERNELS_ABI::gpu {

/// A view and where its pixels go.
struct e2p_target {
  math::e2p_view view;
  std::uint8_t* out;
  std::int64_t frame_stride, row_stride;
};

/// Everything a launch needs, passed by value: no allocation, nothing shared between launches.
struct e2p_job {
  static constexpr int kMostViews = 32;
  const std::uint8_t* frames;
  std::int64_t frame_stride, row_stride;
  std::int32_t frame_count, view_count;
  math::e2p_source source;
  e2p_target targets[kMostViews];
};
static_assert(sizeof(e2p_job) <= 4096, "kernel parameters are at most 4 KiB");

/// Tuning: a warp is 32 pixels of a row, a thread has kRows pixels below each other.
struct e2p_tuning {
  static constexpr int kWarps = 8;
  static constexpr int kRows = 4;
  static constexpr int kTileRows = kWarps * kRows;
};

/// Blocks run with x fastest: a row of tiles of one view, then the same row of the next view, whose
/// pixels come from nearly the same source rows.
inline launch_shape e2p_shape(const e2p_job& job) {
  std::int32_t width = 0;
  std::int32_t height = 0;
  for (int v = 0; v < job.view_count; ++v) {
    width = std::max(width, job.targets[v].view.width);
    height = std::max(height, job.targets[v].view.height);
  }
  return {dim3(static_cast<unsigned>((width + 31) / 32), static_cast<unsigned>(job.view_count),
               static_cast<unsigned>((height + e2p_tuning::kTileRows - 1) / e2p_tuning::kTileRows)),
          dim3(32, e2p_tuning::kWarps, 1), 0};
}

/// Count (at most 8) neighbouring bytes from any address, lowest first, by aligned 32-bit loads:
/// reads up to 3 bytes before and after them.
template <int Count>
__device__ __forceinline__ uint2 load_bytes(const std::uint8_t* p) {
  const auto address = reinterpret_cast<std::uintptr_t>(p);
  const auto skip = static_cast<std::uint32_t>(address & 3);
  const std::uint8_t* aligned = p - skip;
  std::uint32_t word[3] = {load_word(aligned), 0, 0};
  if (skip + Count > 4) word[1] = load_word(aligned + 4);
  if (Count > 5 && skip + Count > 8) word[2] = load_word(aligned + 8);
  return make_uint2(__funnelshift_r(word[0], word[1], 8 * skip),
                    __funnelshift_r(word[1], word[2], 8 * skip));
}

/// math::e2p_bilinear of one pixel, taps side by side in memory: bytes 0 … Channels−1 of the
/// result. x holds 2048 − fx and fx in 16 bits each; y0 = 4·(2048 − fy) and y1 = 4·fy bring the
/// rounded value into the top byte of a 32-bit sum.
template <int Channels>
__device__ __forceinline__ std::uint32_t blend(uint2 upper, uint2 lower, std::uint32_t x,
                                               std::uint32_t y0, std::uint32_t y1) {
  // pairs of bytes (left tap, right tap), two to a word
  std::uint32_t top01, top23, bottom01, bottom23;
  if constexpr (Channels == 1) {
    top01 = upper.x, bottom01 = lower.x, top23 = 0, bottom23 = 0;
  } else if constexpr (Channels == 3) {
    top01 = __byte_perm(upper.x, upper.y, 0x4130);  // R R' G G'
    bottom01 = __byte_perm(lower.x, lower.y, 0x4130);
    top23 = __byte_perm(upper.x, upper.y, 0x0052);  // B B'
    bottom23 = __byte_perm(lower.x, lower.y, 0x0052);
  } else {
    top01 = __byte_perm(upper.x, upper.y, 0x5140);
    bottom01 = __byte_perm(lower.x, lower.y, 0x5140);
    top23 = __byte_perm(upper.x, upper.y, 0x7362);
    bottom23 = __byte_perm(lower.x, lower.y, 0x7362);
  }
  constexpr std::uint32_t kHalf = 1U << 23;
  const std::uint32_t v0 = __dp2a_lo(x, top01, 0U) * y0 + (__dp2a_lo(x, bottom01, 0U) * y1 + kHalf);
  if constexpr (Channels == 1) return v0 >> 24;
  const std::uint32_t v1 = __dp2a_hi(x, top01, 0U) * y0 + (__dp2a_hi(x, bottom01, 0U) * y1 + kHalf);
  const std::uint32_t v2 = __dp2a_lo(x, top23, 0U) * y0 + (__dp2a_lo(x, bottom23, 0U) * y1 + kHalf);
  std::uint32_t v3 = 0;
  if constexpr (Channels == 4) {
    v3 = __dp2a_hi(x, top23, 0U) * y0 + (__dp2a_hi(x, bottom23, 0U) * y1 + kHalf);
  }
  return __byte_perm(__byte_perm(v0, v1, 0x0073), __byte_perm(v2, v3, 0x0073), 0x5410);
}

/// One output pixel while it is worked on: its coordinate and, unless it is an edge pixel, the
/// bytes from the start of a frame to its first tap.
struct e2p_pixel {
  math::e2p_coordinate at;
  std::int64_t offset;

  __device__ __forceinline__ bool edge() const { return offset < 0; }
};

template <int Channels, interpolation Filter>
__device__ __forceinline__ e2p_pixel locate_pixel(const e2p_job& job, const math::e2p_view& view,
                                                  std::int32_t i, std::int32_t j) {
  e2p_pixel pixel;
  pixel.at = math::e2p_locate(view, job.source, i, j);
  constexpr std::int32_t kRounding = Filter == interpolation::nearest ? math::kE2pOne / 2 : 0;
  const std::int32_t column = (pixel.at.u + kRounding) >> math::kE2pFractionBits;
  const std::int32_t row = (pixel.at.v + kRounding) >> math::kE2pFractionBits;
  // both taps, and the 3 bytes before and after them that whole words may bring along
  const bool inner = column >= 3 && column < static_cast<std::int32_t>(job.source.width) - 4 &&
                     row >= 0 && row < static_cast<std::int32_t>(job.source.height) - 1;
  pixel.offset = inner ? row * job.row_stride + std::int64_t{column} * Channels : -1;
  return pixel;
}

/// Value of a pixel that is no edge pixel, channels in bytes 0 … Channels−1 (of RGB, byte 3 is
/// arbitrary; of grey, the others are 0).
template <int Channels, interpolation Filter>
__device__ __forceinline__ std::uint32_t sample_inner(const e2p_job& job, const e2p_pixel& pixel,
                                                      const std::uint8_t* frame) {
  const std::uint8_t* upper = frame + pixel.offset;
  if constexpr (Filter == interpolation::nearest) {
    const std::uint32_t value = load_bytes<Channels>(upper).x;
    return Channels == 1 ? value & 0xffU : value;
  } else {
    const auto fx = static_cast<std::uint32_t>(pixel.at.u & (math::kE2pOne - 1));
    const auto fy = static_cast<std::uint32_t>(pixel.at.v & (math::kE2pOne - 1));
    return blend<Channels>(load_bytes<2 * Channels>(upper),
                           load_bytes<2 * Channels>(upper + job.row_stride),
                           (math::kE2pOne - fx) | fx << 16, 4 * (math::kE2pOne - fy), 4 * fy);
  }
}

/// Samples one pixel of every frame with each tap wrapped by itself, and writes it byte by byte.
template <int Channels, interpolation Filter>
__device__ __forceinline__ void write_edge_pixel(const e2p_job& job, const e2p_target& target,
                                                 const e2p_pixel& pixel, std::uint8_t* out) {
  const std::uint8_t* frame = job.frames;
  for (std::int32_t n = 0; n < job.frame_count; ++n) {
    if constexpr (Filter == interpolation::bilinear) {
      math::e2p_sample_bilinear<Channels>(frame, job.row_stride, job.source, pixel.at, out);
    } else {
      math::e2p_sample_nearest<Channels>(frame, job.row_stride, job.source, pixel.at, out);
    }
    frame += job.frame_stride;
    out += target.frame_stride;
  }
}

/// Writes the pixels of a warp, one a lane, to `out`, the address of lane 0's pixel. `whole`: all
/// 32 pixels exist. All lanes must call it.
template <int Channels>
__device__ __forceinline__ void store_pixels(std::uint8_t* out, std::uint32_t value, bool whole,
                                             bool exists) {
  const std::uint32_t lane = threadIdx.x;
  const bool words = whole && reinterpret_cast<std::uintptr_t>(out) % 4 == 0;
  if constexpr (Channels == 4) {
    if (words) {
      store_word(out + 4 * lane, value);
      return;
    }
  } else if constexpr (Channels == 3) {
    if (words) {  // word w holds bytes 4w … 4w+3, from pixels w + w/3 and the next
      const std::uint32_t third = (lane * 43) >> 7;  // lane / 3
      const std::uint32_t first = lane + third;
      const std::uint32_t a = __shfl_sync(0xffffffffU, value, static_cast<int>(first & 31));
      const std::uint32_t b = __shfl_sync(0xffffffffU, value, static_cast<int>((first + 1) & 31));
      const std::uint32_t phase = lane - 3 * third;
      const std::uint32_t pick = phase == 0 ? 0x4210U : phase == 1 ? 0x5421U : 0x6542U;
      if (lane < 24) store_word(out + 4 * lane, __byte_perm(a, b, pick));
      return;
    }
  } else {
    if (words) {  // every fourth lane collects its own and the next three bytes
      std::uint32_t word = value | __shfl_down_sync(0xffffffffU, value, 1) << 8;
      word |= __shfl_down_sync(0xffffffffU, word, 2) << 16;
      if (lane % 4 == 0) store_word(out + lane, word);
      return;
    }
  }
  if (!exists) return;
  KERNELS_UNROLL
  for (int c = 0; c < Channels; ++c) {
    out[lane * Channels + static_cast<std::uint32_t>(c)] =
        static_cast<std::uint8_t>(value >> (8 * c));
  }
}

/// Grid: e2p_shape(job). Block: 32 × e2p_tuning::kWarps.
template <int Channels, interpolation Filter>
__global__ void __launch_bounds__(32 * e2p_tuning::kWarps, 4)
    e2p_kernel(const KERNELS_GRID_CONSTANT e2p_job job) {
  const e2p_target& target = job.targets[blockIdx.y];
  const auto first_column = static_cast<std::int32_t>(blockIdx.x * 32);
  const auto first_row = static_cast<std::int32_t>((blockIdx.z * e2p_tuning::kWarps + threadIdx.y) *
                                                   e2p_tuning::kRows);
  // views may be smaller than the grid; whole warps leave together
  if (first_column >= target.view.width || first_row >= target.view.height) return;
  const std::int32_t column = first_column + static_cast<std::int32_t>(threadIdx.x);
  const bool exists = column < target.view.width;
  const bool whole = first_column + 32 <= target.view.width;

  e2p_pixel pixels[e2p_tuning::kRows];
  bool any_edge = false;
  KERNELS_UNROLL
  for (int r = 0; r < e2p_tuning::kRows; ++r) {
    pixels[r] =
        locate_pixel<Channels, Filter>(job, target.view, exact::min(column, target.view.width - 1),
                                       exact::min(first_row + r, target.view.height - 1));
    any_edge = any_edge || pixels[r].edge();
  }
  std::uint8_t* const first =
      target.out + (first_row * target.row_stride + std::int64_t{first_column} * Channels);
  const std::uint8_t* frame = job.frames;
  std::uint8_t* out = first;
  for (std::int32_t n = 0; n < job.frame_count; ++n) {
    std::uint32_t value[e2p_tuning::kRows];
    KERNELS_UNROLL
    for (int r = 0; r < e2p_tuning::kRows; ++r) {
      value[r] = pixels[r].edge() ? 0 : sample_inner<Channels, Filter>(job, pixels[r], frame);
    }
    KERNELS_UNROLL
    for (int r = 0; r < e2p_tuning::kRows; ++r) {
      if (first_row + r < target.view.height) {
        store_pixels<Channels>(out + r * target.row_stride, value[r], whole, exists);
      }
    }
    frame += job.frame_stride;
    out += target.frame_stride;
  }

  // Edge pixels are few (the seam and the poles): a second look, after the words of the warp.
  __syncwarp();
  if (!any_edge || !exists) return;
  for (int r = 0; r < e2p_tuning::kRows && first_row + r < target.view.height; ++r) {
    const e2p_pixel pixel = locate_pixel<Channels, Filter>(job, target.view, column, first_row + r);
    if (pixel.edge()) {
      write_edge_pixel<Channels, Filter>(
          job, target, pixel,
          first + (r * target.row_stride + std::int64_t{threadIdx.x} * Channels));
    }
  }
}

template <int Channels>
void launch_e2p(CUstream_st* stream, const e2p_job& job, interpolation filter) {
  if (filter == interpolation::bilinear) {
    launch(stream, e2p_shape(job), &e2p_kernel<Channels, interpolation::bilinear>, job);
  } else {
    launch(stream, e2p_shape(job), &e2p_kernel<Channels, interpolation::nearest>, job);
  }
}

/// The launcher behind kernels::e2p(on_gpu(stream), …).
template <class T>
void e2p(CUstream_st* stream, view<const T, 4, space::device> frames,
         std::span<const view<T, 4, space::device>> outputs, const e2p_plan& plan,
         const e2p_options& options) {
  static_assert(std::is_same_v<T, std::uint8_t>, "e2p samples 8-bit images");
  check_e2p<T, space::device>(frames, outputs, plan);
  if (frames.size() == 0 || outputs.empty()) return;
  if (frames.extent[0] > std::numeric_limits<std::int32_t>::max()) {
    refuse("e2p", "frames", "fewer than 2^31 frames", std::to_string(frames.extent[0]));
  }
  check_device_pointer("e2p", "frames", frames.data);
  for (const auto& output : outputs) check_device_pointer("e2p", "outputs", output.data);

  e2p_job job{};
  job.frames = frames.data;
  job.frame_stride = frames.stride[0];
  job.row_stride = frames.stride[1];
  job.frame_count = static_cast<std::int32_t>(frames.extent[0]);
  job.source = plan.source();
  const auto order = plan.order();
  for (std::size_t done = 0; done < order.size(); done += e2p_job::kMostViews) {
    const std::size_t count = std::min<std::size_t>(e2p_job::kMostViews, order.size() - done);
    job.view_count = static_cast<std::int32_t>(count);
    for (std::size_t k = 0; k < count; ++k) {
      const auto v = static_cast<std::size_t>(order[done + k]);
      job.targets[k] = {plan.views()[v], outputs[v].data, outputs[v].stride[0],
                        outputs[v].stride[1]};
    }
    switch (frames.extent[3]) {
      case 1:
        launch_e2p<1>(stream, job, options.filter);
        break;
      case 3:
        launch_e2p<3>(stream, job, options.filter);
        break;
      default:
        launch_e2p<4>(stream, job, options.filter);
        break;
    }
  }
}

}  // namespace kernels::inline KERNELS_ABI::gpu
