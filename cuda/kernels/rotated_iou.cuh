// rotated_iou on the GPU: a block measures 32 columns and 32 rows into shared memory, a thread then
// has one column and four rows. Limit: double-precision arithmetic where boxes meet, else memory.
#pragma once

#include <kernels/portable.cuh>
#include <kernels/rotated_iou_gpu.hpp>

#include <algorithm>

namespace kernels::inline KERNELS_ABI::gpu {

struct rotated_iou_tuning {
  static constexpr int kTile = 32;  ///< rows and columns of a block
  static constexpr int kWarps = 8;
  static constexpr std::int64_t kMostBlocks = std::int64_t{1} << 30;
};

template <class T>
struct rotated_iou_boxes {
  const rotated_box<T>* data;
  std::int64_t stride, count;

  __device__ __forceinline__ math::measured_rotated_box measured(std::int64_t k) const {
    return math::measure(data[k * stride]);
  }
};

template <class T>
__global__ void __launch_bounds__(32 * rotated_iou_tuning::kWarps)
    rotated_iou_pairwise_kernel(rotated_iou_boxes<T> a, rotated_iou_boxes<T> b, T* out,
                                std::int64_t row_stride, std::int64_t column_stride,
                                std::int64_t column_blocks, std::int64_t blocks) {
  constexpr int kTile = rotated_iou_tuning::kTile;
  KERNELS_SHARED(math::measured_rotated_box, boxes, 2 * kTile);  // rows, then columns
  const auto thread = static_cast<int>(threadIdx.x);
  for (std::int64_t block = blockIdx.x; block < blocks; block += gridDim.x) {
    const std::int64_t row = block / column_blocks * kTile;
    const std::int64_t column = (block - block / column_blocks * column_blocks) * kTile;
    if (thread < 2 * kTile) {
      const bool is_row = thread < kTile;
      const std::int64_t k = is_row ? row + thread : column + thread - kTile;
      const rotated_iou_boxes<T>& from = is_row ? a : b;
      if (k < from.count) boxes[thread] = from.measured(k);
    }
    __syncthreads();
    const int c = thread % 32;
    if (column + c < b.count) {
      for (int r = thread / 32; r < kTile && row + r < a.count; r += rotated_iou_tuning::kWarps) {
        out[(row + r) * row_stride + (column + c) * column_stride] =
            static_cast<T>(math::rotated_iou(boxes[r], boxes[kTile + c]));
      }
    }
    __syncthreads();  // boxes may be written again
  }
}

template <class T>
__global__ void __launch_bounds__(32 * rotated_iou_tuning::kWarps)
    rotated_iou_elementwise_kernel(rotated_iou_boxes<T> a, rotated_iou_boxes<T> b, T* out,
                                   std::int64_t stride) {
  const std::int64_t step = std::int64_t{gridDim.x} * blockDim.x;
  for (std::int64_t k = std::int64_t{blockIdx.x} * blockDim.x + threadIdx.x; k < a.count;
       k += step) {
    out[k * stride] = static_cast<T>(math::rotated_iou(a.measured(k), b.measured(k)));
  }
}

inline launch_shape rotated_iou_shape(std::int64_t blocks) {
  return {dim3(static_cast<unsigned>(std::min(blocks, rotated_iou_tuning::kMostBlocks)), 1, 1),
          dim3(32 * rotated_iou_tuning::kWarps, 1, 1), 0};
}

template <class T>
void rotated_iou_launchers<T>::pairwise(CUstream_st* stream, const boxes& a, const boxes& b,
                                        const view<T, 2, space::device>& out) {
  if (out.size() == 0) return;
  check_device_pointer("rotated_pairwise_iou", "a", a.data);
  check_device_pointer("rotated_pairwise_iou", "b", b.data);
  check_device_pointer("rotated_pairwise_iou", "out", out.data);
  const auto tiles = [](std::int64_t n) {
    return (n + rotated_iou_tuning::kTile - 1) / rotated_iou_tuning::kTile;
  };
  const std::int64_t column_blocks = tiles(b.extent[0]);
  const std::int64_t blocks = tiles(a.extent[0]) * column_blocks;
  launch(stream, rotated_iou_shape(blocks), &rotated_iou_pairwise_kernel<T>,
         rotated_iou_boxes<T>{a.data, a.stride[0], a.extent[0]},
         rotated_iou_boxes<T>{b.data, b.stride[0], b.extent[0]}, out.data, out.stride[0],
         out.stride[1], column_blocks, blocks);
}

template <class T>
void rotated_iou_launchers<T>::elementwise(CUstream_st* stream, const boxes& a, const boxes& b,
                                           const view<T, 1, space::device>& out) {
  const std::int64_t count = out.extent[0];
  if (count == 0) return;
  check_device_pointer("rotated_elementwise_iou", "a", a.data);
  check_device_pointer("rotated_elementwise_iou", "b", b.data);
  check_device_pointer("rotated_elementwise_iou", "out", out.data);
  constexpr std::int64_t kBlock = 32 * rotated_iou_tuning::kWarps;
  launch(stream, rotated_iou_shape((count + kBlock - 1) / kBlock),
         &rotated_iou_elementwise_kernel<T>, rotated_iou_boxes<T>{a.data, a.stride[0], a.extent[0]},
         rotated_iou_boxes<T>{b.data, b.stride[0], b.extent[0]}, out.data, out.stride[0]);
}

}  // namespace kernels::inline KERNELS_ABI::gpu
