// cosine on the GPU: rows to unit length into the workspace, then tiles of 64 × 32 pairs. Four
// neighbouring threads share 8 × 4 pairs; each keeps four of the sixteen partial sums of every one
// of them, so that a value from shared memory meets many others in registers. Limit: fmas.
#pragma once

#include <kernels/core/workspace.hpp>
#include <kernels/cosine_gpu.hpp>
#include <kernels/normalize.cuh>

#include <algorithm>

namespace kernels::inline KERNELS_ABI::gpu {

struct cosine_tuning {
  static constexpr int kThreads = 256;
  static constexpr int kRows = 64;     ///< of a tile
  static constexpr int kColumns = 32;  ///< of a tile
  static constexpr int kDepth = 32;    ///< elements of a stage
  static constexpr int kMine = 8;      ///< rows of a thread, every eighth of the tile
  static constexpr int kOther = 4;     ///< columns of a thread, every eighth of the tile
  static constexpr std::int64_t kMostBlocks = std::int64_t{1} << 30;
};

/// Unit rows, padded with zeros to `stride`, a multiple of sixteen.
struct unit_rows {
  const float* data;
  std::int64_t stride, count;
};

struct cosine_matrix {
  float* data;
  std::int64_t row_stride, column_stride;
};

/// Copies `rows` rows from `first` on, elements [k, k + kDepth), to shared memory; zeros where
/// there are none.
template <int Rows>
__device__ __forceinline__ void cosine_stage(const unit_rows& from, std::int64_t first,
                                             std::int64_t end, std::int64_t k, float* to) {
  constexpr int kQuads = cosine_tuning::kDepth / 4;
  KERNELS_UNROLL
  for (int t = 0; t < Rows * kQuads; t += cosine_tuning::kThreads) {
    const int q = t + static_cast<int>(threadIdx.x);
    const std::int64_t row = first + q / kQuads;
    const std::int64_t column = k + 4 * (q % kQuads);
    float4 v = make_float4(0.0F, 0.0F, 0.0F, 0.0F);
    if (row < end && column < from.stride) {
      v = __ldg(reinterpret_cast<const float4*>(from.data + row * from.stride + column));
    }
    // two halves of sixteen elements, one behind the other
    float* place = to + (q % kQuads / 4) * (Rows * math::kDotLanes) +
                   (q / kQuads) * math::kDotLanes + 4 * (q % 4);
    *reinterpret_cast<float4*>(place) = v;
  }
}

/// One tile of a group's rows [a_first, a_end) × [b_first, b_end); at most `room` values of out,
/// row by row, may be written.
__device__ __forceinline__ void cosine_tile(const unit_rows& a, std::int64_t row,
                                            std::int64_t a_end, const unit_rows& b,
                                            std::int64_t column, std::int64_t b_end, float* left,
                                            float* right, float (&done)[8]) {
  constexpr int kRows = cosine_tuning::kRows;
  constexpr int kColumns = cosine_tuning::kColumns;
  constexpr int kMine = cosine_tuning::kMine;
  constexpr int kOther = cosine_tuning::kOther;
  const int part = static_cast<int>(threadIdx.x % 4);  // of the sixteen sums: 4·part and three more
  const int across = static_cast<int>(threadIdx.x / 4 % 8);
  const int down = static_cast<int>(threadIdx.x / 32);
  float4 sums[kMine * kOther];
  KERNELS_UNROLL
  for (int p = 0; p < kMine * kOther; ++p) sums[p] = make_float4(0.0F, 0.0F, 0.0F, 0.0F);
  for (std::int64_t k = 0; k < a.stride; k += cosine_tuning::kDepth) {
    cosine_stage<kRows>(a, row, a_end, k, left);
    cosine_stage<kColumns>(b, column, b_end, k, right);
    __syncthreads();
    KERNELS_UNROLL
    for (int s = 0; s < cosine_tuning::kDepth / math::kDotLanes; ++s) {
      const float* x = left + s * (kRows * math::kDotLanes) + 4 * part;
      const float* y = right + s * (kColumns * math::kDotLanes) + 4 * part;
      float4 other[kOther];
      KERNELS_UNROLL
      for (int c = 0; c < kOther; ++c) {
        other[c] = *reinterpret_cast<const float4*>(y + (across + 8 * c) * math::kDotLanes);
      }
      KERNELS_UNROLL
      for (int r = 0; r < kMine; ++r) {
        const float4 mine = *reinterpret_cast<const float4*>(x + (down + 8 * r) * math::kDotLanes);
        KERNELS_UNROLL
        for (int c = 0; c < kOther; ++c) {
          float4& sum = sums[r * kOther + c];
          sum.x = exact::fma(mine.x, other[c].x, sum.x);
          sum.y = exact::fma(mine.y, other[c].y, sum.y);
          sum.z = exact::fma(mine.z, other[c].z, sum.z);
          sum.w = exact::fma(mine.w, other[c].w, sum.w);
        }
      }
    }
    __syncthreads();  // left and right may be written again
  }
  // joined 8-4-2-1: sums k and k + 8 are two threads apart, k and k + 4 one; each time a thread
  // keeps half of its pairs and gives the others away
  const auto joined = [](float4 kept, float4 given, int step) {
    float4 v;
    v.x = exact::add(kept.x, __shfl_xor_sync(0xffffffffU, given.x, step));
    v.y = exact::add(kept.y, __shfl_xor_sync(0xffffffffU, given.y, step));
    v.z = exact::add(kept.z, __shfl_xor_sync(0xffffffffU, given.z, step));
    v.w = exact::add(kept.w, __shfl_xor_sync(0xffffffffU, given.w, step));
    return v;
  };
  KERNELS_UNROLL
  for (int p = 0; p < 16; ++p) {
    const bool upper = (part & 2) != 0;
    const float4 kept = upper ? sums[p + 16] : sums[p];
    const float4 given = upper ? sums[p] : sums[p + 16];
    sums[p] = joined(kept, given, 2);
  }
  KERNELS_UNROLL
  for (int p = 0; p < 8; ++p) {
    const bool upper = (part & 1) != 0;
    const float4 kept = upper ? sums[p + 8] : sums[p];
    const float4 given = upper ? sums[p] : sums[p + 8];
    const float4 v = joined(kept, given, 1);
    const float one = exact::add(exact::add(v.x, v.z), exact::add(v.y, v.w));
    done[p] = exact::add(one, 0.0F);
  }
}

/// Where a thread's value p of a tile stands: pairs of rows down + 8·r with columns across + 8·c.
__device__ __forceinline__ int cosine_row_of(int p) {
  const int part = static_cast<int>(threadIdx.x % 4);
  const int r = (part & 2) * 2 + (part & 1) * 2 + p / cosine_tuning::kOther;
  return static_cast<int>(threadIdx.x / 32) + 8 * r;
}
__device__ __forceinline__ int cosine_column_of(int p) {
  return static_cast<int>(threadIdx.x / 4 % 8) + 8 * (p % cosine_tuning::kOther);
}

template <int = 0>
__global__ void __launch_bounds__(cosine_tuning::kThreads)
    cosine_kernel(unit_rows a, unit_rows b, cosine_matrix out, cosine_kind kind,
                  std::int64_t column_tiles, std::int64_t tiles) {
  KERNELS_SHARED(float4, left, cosine_tuning::kRows * cosine_tuning::kDepth / 4);
  KERNELS_SHARED(float4, right, cosine_tuning::kColumns * cosine_tuning::kDepth / 4);
  for (std::int64_t tile = blockIdx.x; tile < tiles; tile += gridDim.x) {
    const std::int64_t row_tile = tile / column_tiles;
    const std::int64_t row = row_tile * cosine_tuning::kRows;
    const std::int64_t column = (tile - row_tile * column_tiles) * cosine_tuning::kColumns;
    float values[8];
    cosine_tile(a, row, a.count, b, column, b.count, reinterpret_cast<float*>(left),
                reinterpret_cast<float*>(right), values);
    KERNELS_UNROLL
    for (int p = 0; p < 8; ++p) {
      const std::int64_t i = row + cosine_row_of(p);
      const std::int64_t j = column + cosine_column_of(p);
      if (i < a.count && j < b.count) {
        out.data[i * out.row_stride + j * out.column_stride] = math::cosine_value(values[p], kind);
      }
    }
  }
}

/// Offsets of a ragged batch in device memory.
template <class Index>
struct group_offsets {
  const Index* data;
  std::int64_t stride;

  /// Entry g, cut to 0 … most.
  __device__ __forceinline__ std::int64_t at_most(std::int64_t g, std::int64_t most) const {
    const std::int64_t k = data[g * stride];
    return k < 0 ? 0 : k < most ? k : most;
  }
};

/// gridDim.y blocks share a group, whose tiles they take in turn; groups in turn over gridDim.x.
/// The host has not seen the offsets: rows that do not exist are not read, and what has no room in
/// out is not written.
template <int = 0>
__global__ void __launch_bounds__(cosine_tuning::kThreads)
    cosine_ragged_kernel(unit_rows a, group_offsets<std::int32_t> a_offsets, unit_rows b,
                         group_offsets<std::int32_t> b_offsets, float* out, std::int64_t out_stride,
                         std::int64_t out_size, group_offsets<std::int64_t> out_offsets,
                         std::int64_t groups, cosine_kind kind) {
  KERNELS_SHARED(float4, left, cosine_tuning::kRows * cosine_tuning::kDepth / 4);
  KERNELS_SHARED(float4, right, cosine_tuning::kColumns * cosine_tuning::kDepth / 4);
  for (std::int64_t g = blockIdx.x; g < groups; g += gridDim.x) {
    const std::int64_t a_first = a_offsets.at_most(g, a.count);
    const std::int64_t a_end = a_offsets.at_most(g + 1, a.count);
    const std::int64_t b_first = b_offsets.at_most(g, b.count);
    const std::int64_t b_end = b_offsets.at_most(g + 1, b.count);
    const std::int64_t out_first = out_offsets.data[g * out_offsets.stride];
    if (b_end <= b_first || a_end <= a_first || out_first < 0 || out_first >= out_size) continue;
    const std::int64_t columns = b_end - b_first;
    const std::int64_t column_tiles =
        (columns + cosine_tuning::kColumns - 1) / cosine_tuning::kColumns;
    const std::int64_t tiles =
        (a_end - a_first + cosine_tuning::kRows - 1) / cosine_tuning::kRows * column_tiles;
    for (std::int64_t tile = blockIdx.y; tile < tiles; tile += gridDim.y) {
      const std::int64_t row_tile = tile / column_tiles;
      const std::int64_t row = a_first + row_tile * cosine_tuning::kRows;
      const std::int64_t column =
          b_first + (tile - row_tile * column_tiles) * cosine_tuning::kColumns;
      float values[8];
      cosine_tile(a, row, a_end, b, column, b_end, reinterpret_cast<float*>(left),
                  reinterpret_cast<float*>(right), values);
      KERNELS_UNROLL
      for (int p = 0; p < 8; ++p) {
        const std::int64_t i = row + cosine_row_of(p);
        const std::int64_t j = column + cosine_column_of(p);
        const std::int64_t place = out_first + (i - a_first) * columns + (j - b_first);
        if (i < a_end && j < b_end && place < out_size) {
          out[place * out_stride] = math::cosine_value(values[p], kind);
        }
      }
    }
  }
}

/// The unit rows of a and of b in the workspace.
struct cosine_layout {
  float *a, *b;
  std::int64_t stride;
};
inline cosine_layout lay_out_cosine(workspace_carver& carver, std::int64_t a_rows,
                                    std::int64_t b_rows, std::int64_t dimension) {
  const std::int64_t stride = (dimension + math::kDotLanes - 1) / math::kDotLanes * math::kDotLanes;
  cosine_layout layout{nullptr, nullptr, stride};
  layout.a = carver.take<float>(a_rows * stride);
  layout.b = carver.take<float>(b_rows * stride);
  return layout;
}

template <class T>
std::int64_t cosine_launchers<T>::workspace_bytes(std::int64_t a_rows, std::int64_t b_rows,
                                                  std::int64_t dimension) {
  workspace_carver counter;
  static_cast<void>(lay_out_cosine(counter, a_rows, b_rows, dimension));
  return counter.bytes();
}

/// Unit rows of v in the workspace.
template <class T>
unit_rows make_unit_rows(CUstream_st* stream, const view<const T, 2, space::device>& v, float* to,
                         std::int64_t stride) {
  launch_normalize<T, float>(stream, {v.data, v.stride[0], v.stride[1]}, {to, stride, 1}, nullptr,
                             0, v.extent[0], v.extent[1], stride);
  return {to, stride, v.extent[0]};
}

template <class T>
void cosine_launchers<T>::pairwise(CUstream_st* stream, const rows& a, const rows& b,
                                   const view<float, 2, space::device>& out,
                                   const cosine_options& options,
                                   const view<std::byte, 1, space::device>& workspace) {
  workspace_carver carver(workspace);
  const cosine_layout layout = lay_out_cosine(carver, a.extent[0], b.extent[0], a.extent[1]);
  if (out.size() == 0) return;
  if (a.extent[1] != 0) {
    check_device_pointer("cosine", "a", a.data);
    check_device_pointer("cosine", "b", b.data);
    check_device_pointer("cosine", "workspace", workspace.data);
  }
  check_device_pointer("cosine", "out", out.data);
  const unit_rows left = make_unit_rows<T>(stream, a, layout.a, layout.stride);
  const unit_rows right = make_unit_rows<T>(stream, b, layout.b, layout.stride);
  const std::int64_t column_tiles =
      (b.extent[0] + cosine_tuning::kColumns - 1) / cosine_tuning::kColumns;
  const std::int64_t tiles =
      (a.extent[0] + cosine_tuning::kRows - 1) / cosine_tuning::kRows * column_tiles;
  const auto blocks = static_cast<unsigned>(std::min(tiles, cosine_tuning::kMostBlocks));
  launch(stream, {dim3(blocks, 1, 1), dim3(cosine_tuning::kThreads, 1, 1)}, &cosine_kernel<0>, left,
         right, cosine_matrix{out.data, out.stride[0], out.stride[1]}, options.kind, column_tiles,
         tiles);
}

template <class T>
void cosine_launchers<T>::ragged(CUstream_st* stream, const rows& a, const rows& b,
                                 const cosine_groups<space::device>& groups,
                                 const view<float, 1, space::device>& out,
                                 const cosine_options& options,
                                 const view<std::byte, 1, space::device>& workspace) {
  workspace_carver carver(workspace);
  const cosine_layout layout = lay_out_cosine(carver, a.extent[0], b.extent[0], a.extent[1]);
  const std::int64_t count = groups.a_offsets.extent[0] - 1;
  if (count == 0 || out.extent[0] == 0 || a.extent[0] == 0 || b.extent[0] == 0) return;
  if (a.extent[1] != 0) {
    check_device_pointer("cosine", "a", a.data);
    check_device_pointer("cosine", "b", b.data);
    check_device_pointer("cosine", "workspace", workspace.data);
  }
  check_device_pointer("cosine", "out", out.data);
  check_device_pointer("cosine", "a_offsets", groups.a_offsets.data);
  check_device_pointer("cosine", "b_offsets", groups.b_offsets.data);
  check_device_pointer("cosine", "out_offsets", groups.out_offsets.data);
  const unit_rows left = make_unit_rows<T>(stream, a, layout.a, layout.stride);
  const unit_rows right = make_unit_rows<T>(stream, b, layout.b, layout.stride);
  // what the average of the outputs' room suggests
  constexpr std::int64_t kTile = std::int64_t{cosine_tuning::kRows} * cosine_tuning::kColumns;
  const std::int64_t shares = std::clamp<std::int64_t>(out.extent[0] / count / kTile, 1, 1024);
  launch(stream,
         {dim3(static_cast<unsigned>(std::min(count, cosine_tuning::kMostBlocks)),
               static_cast<unsigned>(shares), 1),
          dim3(cosine_tuning::kThreads, 1, 1)},
         &cosine_ragged_kernel<0>, left,
         group_offsets<std::int32_t>{groups.a_offsets.data, groups.a_offsets.stride[0]}, right,
         group_offsets<std::int32_t>{groups.b_offsets.data, groups.b_offsets.stride[0]}, out.data,
         out.stride[0], out.extent[0],
         group_offsets<std::int64_t>{groups.out_offsets.data, groups.out_offsets.stride[0]}, count,
         options.kind);
}

}  // namespace kernels::inline KERNELS_ABI::gpu
