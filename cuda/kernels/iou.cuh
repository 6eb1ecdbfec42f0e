// iou on the GPU. All pairs: a thread keeps the boxes of a few columns in registers and meets the
// rows of a tile, which stand measured in shared memory; a warp writes 512 neighbouring bytes of a
// row with one 16-byte store a thread. Limit: the memory written.
#pragma once

#include <kernels/iou_gpu.hpp>
#include <kernels/portable.cuh>

#include <algorithm>

namespace kernels::inline KERNELS_ABI::gpu {

struct iou_tuning {
  static constexpr int kThreads = 256;
  static constexpr int kRows = 64;  ///< of a block
  /// Columns of a thread: 16 bytes of output.
  template <class T>
  static constexpr int kColumns = 16 / static_cast<int>(sizeof(T));
  static constexpr std::int64_t kMostBlocks = std::int64_t{1} << 30;
};

/// Boxes of a view as kernels see them.
template <class T>
struct iou_boxes {
  const box<T>* data;
  std::int64_t stride, count;

  __device__ __forceinline__ math::measured_box<T> measured(std::int64_t k,
                                                            const iou_options& options) const {
    return math::measure(data[k * stride], options);
  }
};

/// The options of a kernel that is compiled for IoU alone (Plain), or for all kinds.
template <bool Plain>
__device__ __forceinline__ iou_options iou_kernel_options(iou_options options) {
  if constexpr (Plain) options.kind = overlap::iou;
  return options;
}

/// Stores kColumns neighbouring values, which are not read again soon, to an address aligned to 16.
__device__ __forceinline__ void iou_store(float* p, const float (&v)[4]) {
  __stcs(reinterpret_cast<float4*>(p), make_float4(v[0], v[1], v[2], v[3]));
}
__device__ __forceinline__ void iou_store(double* p, const double (&v)[2]) {
  __stcs(reinterpret_cast<double2*>(p), make_double2(v[0], v[1]));
}

template <class T>
struct iou_matrix {
  T* data;
  std::int64_t row_stride, column_stride;
};

/// Blocks in the order of the rows' tiles, columns fastest.
template <class T, bool Plain>
__global__ void __launch_bounds__(iou_tuning::kThreads)
    iou_pairwise_kernel(iou_boxes<T> a, iou_boxes<T> b, iou_matrix<T> out, iou_options given,
                        std::int64_t column_blocks, std::int64_t blocks) {
  constexpr int kColumns = iou_tuning::kColumns<T>;
  constexpr std::int64_t kBlockColumns = std::int64_t{kColumns} * iou_tuning::kThreads;
  const iou_options options = iou_kernel_options<Plain>(given);
  KERNELS_SHARED(math::measured_box<T>, rows, iou_tuning::kRows);
  for (std::int64_t block = blockIdx.x; block < blocks; block += gridDim.x) {
    const std::int64_t row_block = block / column_blocks;
    const std::int64_t first_row = row_block * iou_tuning::kRows;
    const std::int64_t rows_left = a.count - first_row;
    const int row_count =
        rows_left < iou_tuning::kRows ? static_cast<int>(rows_left) : iou_tuning::kRows;
    const std::int64_t column =
        (block - row_block * column_blocks) * kBlockColumns + std::int64_t{kColumns} * threadIdx.x;
    for (int r = static_cast<int>(threadIdx.x); r < row_count; r += iou_tuning::kThreads) {
      rows[r] = a.measured(first_row + r, options);
    }
    math::measured_box<T> mine[kColumns];
    KERNELS_UNROLL
    for (int c = 0; c < kColumns; ++c) {
      const std::int64_t k = column + c < b.count ? column + c : b.count - 1;
      mine[c] = b.measured(k, options);
    }
    __syncthreads();
    T* p = out.data + first_row * out.row_stride + column * out.column_stride;
    const bool whole = column + kColumns <= b.count && out.column_stride == 1 &&
                       reinterpret_cast<std::uintptr_t>(p) % 16 == 0 &&
                       out.row_stride % kColumns == 0;
    for (int r = 0; r < row_count; ++r, p += out.row_stride) {
      const math::measured_box<T> row = rows[r];
      T values[kColumns];
      KERNELS_UNROLL
      for (int c = 0; c < kColumns; ++c) values[c] = math::overlap_of(options, row, mine[c]);
      if (whole) {
        iou_store(p, values);
        continue;
      }
      KERNELS_UNROLL
      for (int c = 0; c < kColumns; ++c) {
        if (column + c < b.count) p[c * out.column_stride] = values[c];
      }
    }
    __syncthreads();  // rows may be written again
  }
}

template <class T, bool Plain>
__global__ void __launch_bounds__(iou_tuning::kThreads)
    iou_elementwise_kernel(iou_boxes<T> a, iou_boxes<T> b, T* out, std::int64_t stride,
                           iou_options given) {
  const iou_options options = iou_kernel_options<Plain>(given);
  const std::int64_t step = std::int64_t{gridDim.x} * blockDim.x;
  for (std::int64_t k = std::int64_t{blockIdx.x} * blockDim.x + threadIdx.x; k < a.count;
       k += step) {
    out[k * stride] = math::overlap_of(options, a.measured(k, options), b.measured(k, options));
  }
}

/// Groups of a ragged batch.
template <class Index>
struct iou_offsets {
  const Index* data;
  std::int64_t stride;

  __device__ __forceinline__ std::int64_t operator[](std::int64_t g) const {
    return data[g * stride];
  }
  /// Entry g, cut to 0 … most.
  __device__ __forceinline__ std::int64_t at_most(std::int64_t g, std::int64_t most) const {
    const std::int64_t k = data[g * stride];
    return k < 0 ? 0 : k < most ? k : most;
  }
};

/// gridDim.y blocks share a group, whose pairs they take in turn; groups in turn over gridDim.x.
/// The host has not seen the offsets: boxes that do not exist are not read, and what has no room
/// in out is not written.
template <class T, bool Plain>
__global__ void __launch_bounds__(iou_tuning::kThreads)
    iou_ragged_kernel(iou_boxes<T> a, iou_offsets<std::int32_t> a_offsets, iou_boxes<T> b,
                      iou_offsets<std::int32_t> b_offsets, T* out, std::int64_t out_stride,
                      std::int64_t out_size, iou_offsets<std::int64_t> out_offsets,
                      std::int64_t groups, iou_options given) {
  const iou_options options = iou_kernel_options<Plain>(given);
  const std::int64_t start = std::int64_t{blockIdx.y} * blockDim.x + threadIdx.x;
  const std::int64_t step = std::int64_t{gridDim.y} * blockDim.x;
  for (std::int64_t g = blockIdx.x; g < groups; g += gridDim.x) {
    const std::int64_t first_a = a_offsets.at_most(g, a.count);
    const std::int64_t first_b = b_offsets.at_most(g, b.count);
    const std::int64_t rows = a_offsets.at_most(g + 1, a.count) - first_a;
    const std::int64_t columns = b_offsets.at_most(g + 1, b.count) - first_b;
    const std::int64_t first_out = out_offsets[g];
    if (columns <= 0 || first_out < 0 || first_out >= out_size) continue;
    const std::int64_t room = out_size - first_out;
    T* const to = out + first_out * out_stride;
    // row and column of a pair, moved on without a division
    const std::int64_t row_step = step / columns;
    const std::int64_t column_step = step - row_step * columns;
    std::int64_t i = start / columns;
    std::int64_t j = start - i * columns;
    while (i < rows && i * columns + j < room) {
      to[(i * columns + j) * out_stride] = math::overlap_of(
          options, a.measured(first_a + i, options), b.measured(first_b + j, options));
      i += row_step;
      j += column_step;
      if (j >= columns) {
        j -= columns;
        ++i;
      }
    }
  }
}

/// Column blocks of a matrix, and the launch of `blocks` blocks.
template <class T>
std::int64_t iou_column_blocks(std::int64_t columns) {
  constexpr std::int64_t kBlock = std::int64_t{iou_tuning::kColumns<T>} * iou_tuning::kThreads;
  return (columns + kBlock - 1) / kBlock;
}
inline launch_shape iou_shape(std::int64_t blocks, std::int64_t blocks_y = 1) {
  return {dim3(static_cast<unsigned>(std::min(blocks, iou_tuning::kMostBlocks)),
               static_cast<unsigned>(blocks_y), 1),
          dim3(iou_tuning::kThreads, 1, 1), 0};
}

/// Blocks that share a group: what the average of the outputs' room suggests.
inline std::int64_t iou_blocks_of_group(std::int64_t room, std::int64_t groups) {
  constexpr std::int64_t kPairs = 16 * iou_tuning::kThreads;
  return std::clamp<std::int64_t>(room / groups / kPairs, 1, 1024);
}

template <class T>
iou_boxes<T> iou_boxes_of(const view<const box<T>, 1, space::device>& boxes) {
  return {boxes.data, boxes.stride[0], boxes.extent[0]};
}

template <class T>
void iou_launchers<T>::pairwise(CUstream_st* stream, const boxes& a, const boxes& b,
                                const view<T, 2, space::device>& out, const iou_options& options) {
  if (out.size() == 0) return;
  check_device_pointer("pairwise_iou", "a", a.data);
  check_device_pointer("pairwise_iou", "b", b.data);
  check_device_pointer("pairwise_iou", "out", out.data);
  const std::int64_t column_blocks = iou_column_blocks<T>(b.extent[0]);
  const std::int64_t blocks =
      (a.extent[0] + iou_tuning::kRows - 1) / iou_tuning::kRows * column_blocks;
  const auto kernel =
      options.kind == overlap::iou ? &iou_pairwise_kernel<T, true> : &iou_pairwise_kernel<T, false>;
  launch(stream, iou_shape(blocks), kernel, iou_boxes_of<T>(a), iou_boxes_of<T>(b),
         iou_matrix<T>{out.data, out.stride[0], out.stride[1]}, options, column_blocks, blocks);
}

template <class T>
void iou_launchers<T>::elementwise(CUstream_st* stream, const boxes& a, const boxes& b,
                                   const view<T, 1, space::device>& out,
                                   const iou_options& options) {
  const std::int64_t count = out.extent[0];
  if (count == 0) return;
  check_device_pointer("elementwise_iou", "a", a.data);
  check_device_pointer("elementwise_iou", "b", b.data);
  check_device_pointer("elementwise_iou", "out", out.data);
  const auto kernel = options.kind == overlap::iou ? &iou_elementwise_kernel<T, true>
                                                   : &iou_elementwise_kernel<T, false>;
  launch(stream, iou_shape((count + iou_tuning::kThreads - 1) / iou_tuning::kThreads), kernel,
         iou_boxes_of<T>(a), iou_boxes_of<T>(b), out.data, out.stride[0], options);
}

template <class T>
void iou_launchers<T>::ragged(CUstream_st* stream, const boxes& a, const offsets& a_offsets,
                              const boxes& b, const offsets& b_offsets,
                              const view<T, 1, space::device>& out,
                              const view<const std::int64_t, 1, space::device>& out_offsets,
                              const iou_options& options) {
  const std::int64_t groups = a_offsets.extent[0] - 1;
  if (groups == 0 || out.extent[0] == 0) return;
  check_device_pointer("pairwise_iou", "a", a.data);
  check_device_pointer("pairwise_iou", "a_offsets", a_offsets.data);
  check_device_pointer("pairwise_iou", "b", b.data);
  check_device_pointer("pairwise_iou", "b_offsets", b_offsets.data);
  check_device_pointer("pairwise_iou", "out", out.data);
  check_device_pointer("pairwise_iou", "out_offsets", out_offsets.data);
  const auto kernel =
      options.kind == overlap::iou ? &iou_ragged_kernel<T, true> : &iou_ragged_kernel<T, false>;
  launch(stream, iou_shape(groups, iou_blocks_of_group(out.extent[0], groups)), kernel,
         iou_boxes_of<T>(a), iou_offsets<std::int32_t>{a_offsets.data, a_offsets.stride[0]},
         iou_boxes_of<T>(b), iou_offsets<std::int32_t>{b_offsets.data, b_offsets.stride[0]},
         out.data, out.stride[0], out.extent[0],
         iou_offsets<std::int64_t>{out_offsets.data, out_offsets.stride[0]}, groups, options);
}

}  // namespace kernels::inline KERNELS_ABI::gpu
