// normalize on the GPU: half a warp a row, a lane for each of the sixteen sums; the row is read a
// second time from the cache. Limit: memory, rows read once and out written once.
#pragma once

#include <kernels/normalize_gpu.hpp>
#include <kernels/portable.cuh>

#include <algorithm>

namespace kernels::inline KERNELS_ABI::gpu {

struct normalize_tuning {
  static constexpr int kThreads = 256;
  static constexpr int kRows = kThreads / math::kDotLanes;  ///< of a block at a time
  static constexpr std::int64_t kMostBlocks = std::int64_t{1} << 16;
};

/// A matrix as kernels see it.
template <class T>
struct row_matrix {
  T* data;
  std::int64_t row_stride, column_stride;
};

/// math::join_lanes of the sixteen values of half a warp, in each of its lanes.
__device__ __forceinline__ double join_half_warp(double sum) {
  KERNELS_UNROLL
  for (int step = math::kDotLanes / 2; step > 0; step /= 2) {
    sum = exact::add(sum, __shfl_xor_sync(0xffffffffU, sum, step));
  }
  return exact::add(sum, 0.0);
}

/// Elements of out from `dimension` to `padded` become 0.
template <class In, class Out>
__global__ void __launch_bounds__(normalize_tuning::kThreads)
    normalize_kernel(row_matrix<const In> rows, row_matrix<Out> out, row_state* states,
                     std::int64_t states_stride, std::int64_t count, std::int64_t dimension,
                     std::int64_t padded) {
  constexpr int kLanes = math::kDotLanes;
  const auto lane = static_cast<std::int64_t>(threadIdx.x % kLanes);
  const std::int64_t mine = threadIdx.x / kLanes;
  for (std::int64_t first = std::int64_t{blockIdx.x} * normalize_tuning::kRows; first < count;
       first += std::int64_t{gridDim.x} * normalize_tuning::kRows) {
    // rows beyond the end are summed as empty ones, so that whole warps join
    const std::int64_t row = first + mine;
    const std::int64_t elements = row < count ? dimension : 0;
    const In* in = rows.data + row * rows.row_stride;
    double sum = 0.0;
    KERNELS_UNROLL_BY(4)
    for (std::int64_t i = lane; i < elements; i += kLanes) {
      sum = math::add_square(sum, math::to_float32(in[i * rows.column_stride]));
    }
    const double squares = join_half_warp(sum);
    const row_state state = math::state_of(squares);
    const double inverse = state == row_state::ok ? math::inverse_norm(squares) : 0.0;
    Out* to = out.data + row * out.row_stride;
    KERNELS_UNROLL_BY(4)
    for (std::int64_t i = lane; i < elements; i += kLanes) {
      const float unit = state == row_state::ok
                             ? math::scaled(math::to_float32(in[i * rows.column_stride]), inverse)
                             : math::no_direction(state);
      to[i * out.column_stride] = math::from_float32<Out>(unit);
    }
    if (row < count) {
      for (std::int64_t i = dimension + lane; i < padded; i += kLanes) {
        to[i * out.column_stride] = math::from_float32<Out>(0.0F);
      }
    }
    if (states != nullptr && lane == 0 && row < count) states[row * states_stride] = state;
  }
}

template <class In, class Out>
void launch_normalize(CUstream_st* stream, const row_matrix<const In>& rows,
                      const row_matrix<Out>& out, row_state* states, std::int64_t states_stride,
                      std::int64_t count, std::int64_t dimension, std::int64_t padded) {
  const std::int64_t blocks =
      std::min((count + normalize_tuning::kRows - 1) / normalize_tuning::kRows,
               normalize_tuning::kMostBlocks);
  launch(stream,
         {dim3(static_cast<unsigned>(blocks), 1, 1), dim3(normalize_tuning::kThreads, 1, 1)},
         &normalize_kernel<In, Out>, rows, out, states, states_stride, count, dimension, padded);
}

template <class In, class Out>
void normalize_launchers<In, Out>::run(CUstream_st* stream,
                                       const view<const In, 2, space::device>& rows,
                                       const view<Out, 2, space::device>& out,
                                       const view<row_state, 1, space::device>& states) {
  const std::int64_t count = rows.extent[0];
  if (count == 0) return;
  if (rows.extent[1] != 0) {
    check_device_pointer("normalize", "rows", rows.data);
    check_device_pointer("normalize", "out", out.data);
  }
  if (states.data != nullptr) check_device_pointer("normalize", "states", states.data);
  launch_normalize<In, Out>(stream, {rows.data, rows.stride[0], rows.stride[1]},
                            {out.data, out.stride[0], out.stride[1]}, states.data, states.stride[0],
                            count, rows.extent[1], rows.extent[1]);
}

}  // namespace kernels::inline KERNELS_ABI::gpu
