// cosine of rows of 8-bit integers on the GPU: exact dots by __dp4a of words packed in shared
// memory, four pairs a thread. Limit: the integer dot products.
#pragma once

#include <kernels/core/workspace.hpp>
#include <kernels/cosine_gpu.hpp>
#include <kernels/portable.cuh>

#include <algorithm>

namespace kernels::inline KERNELS_ABI::gpu {

struct cosine_int8_tuning {
  static constexpr int kThreads = 256;
  static constexpr int kTile = 32;   ///< rows and columns of a tile
  static constexpr int kWords = 16;  ///< of a stage: 64 integers of each row
  static constexpr std::int64_t kMostBlocks = std::int64_t{1} << 30;
};

/// Rows of integers as kernels see them.
struct int8_matrix {
  const std::int8_t* data;
  std::int64_t row_stride, column_stride, count, dimension;
};

/// A warp a row: its reciprocal norm.
template <int = 0>
__global__ void __launch_bounds__(cosine_int8_tuning::kThreads)
    int8_inverse_kernel(int8_matrix rows, const float* scales, std::int64_t scale_stride,
                        double* inverses) {
  constexpr int kLanes = 32;
  const auto lane = static_cast<std::int64_t>(threadIdx.x % kLanes);
  const std::int64_t step = std::int64_t{gridDim.x} * (blockDim.x / kLanes);
  for (std::int64_t row = std::int64_t{blockIdx.x} * (blockDim.x / kLanes) + threadIdx.x / kLanes;
       row < rows.count; row += step) {
    std::int32_t sum = 0;
    for (std::int64_t k = lane; k < rows.dimension; k += kLanes) {
      const std::int32_t x = rows.data[row * rows.row_stride + k * rows.column_stride];
      sum += x * x;
    }
    KERNELS_UNROLL
    for (int other = kLanes / 2; other > 0; other /= 2) {
      sum += __shfl_xor_sync(0xffffffffU, sum, other);
    }
    if (lane == 0) inverses[row] = math::integer_inverse(sum, scales[row * scale_stride]);
  }
}

/// Four neighbouring integers of a row as a word; zeros beyond the end.
__device__ __forceinline__ std::int32_t int8_word(const int8_matrix& m, std::int64_t row,
                                                  std::int64_t k) {
  std::uint32_t word = 0;
  if (row >= m.count || k >= m.dimension) return 0;
  const std::int8_t* p = m.data + row * m.row_stride + k * m.column_stride;
  if (m.column_stride == 1 && k + 4 <= m.dimension &&
      reinterpret_cast<std::uintptr_t>(p) % 4 == 0) {
    return static_cast<std::int32_t>(load_word(p));
  }
  for (int c = 0; c < 4 && k + c < m.dimension; ++c) {
    const auto byte = static_cast<std::uint8_t>(p[c * m.column_stride]);
    word |= static_cast<std::uint32_t>(byte) << (8 * c);
  }
  return static_cast<std::int32_t>(word);
}

template <int = 0>
__global__ void __launch_bounds__(cosine_int8_tuning::kThreads)
    cosine_int8_kernel(int8_matrix a, int8_matrix b, const double* a_inverses,
                       const double* b_inverses, float* out, std::int64_t row_stride,
                       std::int64_t column_stride, cosine_kind kind, std::int64_t column_tiles,
                       std::int64_t tiles) {
  constexpr int kTile = cosine_int8_tuning::kTile;
  constexpr int kWords = cosine_int8_tuning::kWords;
  constexpr int kPitch = kWords + 1;  // so that rows start in different banks
  KERNELS_SHARED(std::int32_t, left, kTile * kPitch);
  KERNELS_SHARED(std::int32_t, right, kTile * kPitch);
  const int across = static_cast<int>(threadIdx.x % 16);
  const int down = static_cast<int>(threadIdx.x / 16);
  for (std::int64_t tile = blockIdx.x; tile < tiles; tile += gridDim.x) {
    const std::int64_t row_tile = tile / column_tiles;
    const std::int64_t row = row_tile * kTile;
    const std::int64_t column = (tile - row_tile * column_tiles) * kTile;
    std::int32_t dots[2][2] = {{0, 0}, {0, 0}};
    for (std::int64_t k = 0; k < a.dimension; k += 4 * kWords) {
      for (int t = static_cast<int>(threadIdx.x); t < kTile * kWords;
           t += cosine_int8_tuning::kThreads) {
        left[t / kWords * kPitch + t % kWords] =
            int8_word(a, row + t / kWords, k + 4 * (t % kWords));
        right[t / kWords * kPitch + t % kWords] =
            int8_word(b, column + t / kWords, k + 4 * (t % kWords));
      }
      __syncthreads();
      KERNELS_UNROLL
      for (int w = 0; w < kWords; ++w) {
        KERNELS_UNROLL
        for (int r = 0; r < 2; ++r) {
          const std::int32_t x = left[(down + 16 * r) * kPitch + w];
          KERNELS_UNROLL
          for (int c = 0; c < 2; ++c) {
            dots[r][c] = __dp4a(x, right[(across + 16 * c) * kPitch + w], dots[r][c]);
          }
        }
      }
      __syncthreads();  // left and right may be written again
    }
    KERNELS_UNROLL
    for (int r = 0; r < 2; ++r) {
      KERNELS_UNROLL
      for (int c = 0; c < 2; ++c) {
        const std::int64_t i = row + down + 16 * r;
        const std::int64_t j = column + across + 16 * c;
        if (i >= a.count || j >= b.count) continue;
        const float similarity = math::integer_similarity(dots[r][c], a_inverses[i], b_inverses[j]);
        out[i * row_stride + j * column_stride] = math::cosine_value(similarity, kind);
      }
    }
  }
}

struct cosine_int8_layout {
  double *a, *b;
};
inline cosine_int8_layout lay_out_cosine_int8(workspace_carver& carver, std::int64_t a_rows,
                                              std::int64_t b_rows) {
  cosine_int8_layout layout{};
  layout.a = carver.take<double>(a_rows);
  layout.b = carver.take<double>(b_rows);
  return layout;
}

template <int N>
std::int64_t cosine_int8_launchers<N>::workspace_bytes(std::int64_t a_rows, std::int64_t b_rows) {
  workspace_carver counter;
  static_cast<void>(lay_out_cosine_int8(counter, a_rows, b_rows));
  return counter.bytes();
}

template <int N>
void cosine_int8_launchers<N>::pairwise(CUstream_st* stream, const int8_rows<space::device>& a,
                                        const int8_rows<space::device>& b,
                                        const view<float, 2, space::device>& out,
                                        const cosine_options& options,
                                        const view<std::byte, 1, space::device>& workspace) {
  workspace_carver carver(workspace);
  const cosine_int8_layout layout =
      lay_out_cosine_int8(carver, a.values.extent[0], b.values.extent[0]);
  if (out.size() == 0) return;
  if (a.values.extent[1] != 0) {
    check_device_pointer("cosine", "a", a.values.data);
    check_device_pointer("cosine", "b", b.values.data);
  }
  check_device_pointer("cosine", "the scales of a", a.scales.data);
  check_device_pointer("cosine", "the scales of b", b.scales.data);
  check_device_pointer("cosine", "out", out.data);
  check_device_pointer("cosine", "workspace", workspace.data);
  const dim3 threads(cosine_int8_tuning::kThreads, 1, 1);
  const auto grid = [](std::int64_t blocks) {
    return dim3(static_cast<unsigned>(std::min(blocks, cosine_int8_tuning::kMostBlocks)), 1, 1);
  };
  const auto prepare = [&](const int8_rows<space::device>& rows, double* inverses) {
    const int8_matrix m{rows.values.data, rows.values.stride[0], rows.values.stride[1],
                        rows.values.extent[0], rows.values.extent[1]};
    launch(stream, {grid((m.count + 7) / 8), threads}, &int8_inverse_kernel<0>, m, rows.scales.data,
           rows.scales.stride[0], inverses);
    return m;
  };
  const int8_matrix left = prepare(a, layout.a);
  const int8_matrix right = prepare(b, layout.b);
  constexpr int kTile = cosine_int8_tuning::kTile;
  const std::int64_t column_tiles = (right.count + kTile - 1) / kTile;
  const std::int64_t tiles = (left.count + kTile - 1) / kTile * column_tiles;
  launch(stream, {grid(tiles), threads}, &cosine_int8_kernel<0>, left, right,
         static_cast<const double*>(layout.a), static_cast<const double*>(layout.b), out.data,
         out.stride[0], out.stride[1], options.kind, column_tiles, tiles);
}

}  // namespace kernels::inline KERNELS_ABI::gpu
