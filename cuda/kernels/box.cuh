// box on the GPU: one thread a box. Limit: memory, each number is read and written once.
#pragma once

#include <kernels/box_gpu.hpp>
#include <kernels/portable.cuh>

#include <algorithm>

namespace kernels::inline KERNELS_ABI::gpu {

struct box_tuning {
  static constexpr int kThreads = 256;
  static constexpr std::int64_t kMostBlocks = 65536;
};

inline launch_shape box_shape(std::int64_t count) {
  const std::int64_t blocks = (count + box_tuning::kThreads - 1) / box_tuning::kThreads;
  return {dim3(static_cast<unsigned>(std::min(blocks, box_tuning::kMostBlocks)), 1, 1),
          dim3(box_tuning::kThreads, 1, 1), 0};
}

/// Numbers of a view (N, 4) and boxes of a view (N) as kernels see them.
template <class T>
struct box_numbers_at {
  T* data;
  std::int64_t stride, step;
};
template <class B>
struct boxes_at {
  B* data;
  std::int64_t stride;
};

/// The boxes that this thread works on: from first by step.
__device__ __forceinline__ std::int64_t box_first() {
  return std::int64_t{blockIdx.x} * blockDim.x + threadIdx.x;
}
__device__ __forceinline__ std::int64_t box_step() { return std::int64_t{gridDim.x} * blockDim.x; }

template <class T>
__global__ void __launch_bounds__(box_tuning::kThreads)
    box_from_kernel(box_numbers_at<const T> in, box_format from, boxes_at<box<T>> out,
                    std::int64_t count) {
  for (std::int64_t k = box_first(); k < count; k += box_step()) {
    const T* p = in.data + k * in.stride;
    out.data[k * out.stride] =
        math::box_from(from, p[0], p[in.step], p[2 * in.step], p[3 * in.step]);
  }
}

template <class T>
__global__ void __launch_bounds__(box_tuning::kThreads)
    box_to_kernel(boxes_at<const box<T>> in, box_format to, box_numbers_at<T> out,
                  std::int64_t count) {
  for (std::int64_t k = box_first(); k < count; k += box_step()) {
    const math::box_numbers<T> n = math::box_to(to, in.data[k * in.stride]);
    T* p = out.data + k * out.stride;
    p[0] = n.a;
    p[out.step] = n.b;
    p[2 * out.step] = n.c;
    p[3 * out.step] = n.d;
  }
}

template <class T>
__global__ void __launch_bounds__(box_tuning::kThreads)
    box_move_kernel(boxes_at<const box<T>> in, boxes_at<box<T>> out, box_move options,
                    std::int64_t count) {
  for (std::int64_t k = box_first(); k < count; k += box_step()) {
    out.data[k * out.stride] = math::box_moved(in.data[k * in.stride], options);
  }
}

template <class T>
void box_launchers<T>::from_numbers(CUstream_st* stream, const view<const T, 2, space::device>& in,
                                    box_format from, const view<box<T>, 1, space::device>& out) {
  const std::int64_t count = out.extent[0];
  if (count == 0) return;
  check_device_pointer("convert_boxes", "in", in.data);
  check_device_pointer("convert_boxes", "out", out.data);
  launch(stream, box_shape(count), &box_from_kernel<T>,
         box_numbers_at<const T>{in.data, in.stride[0], in.stride[1]}, from,
         boxes_at<box<T>>{out.data, out.stride[0]}, count);
}

template <class T>
void box_launchers<T>::to_numbers(CUstream_st* stream,
                                  const view<const box<T>, 1, space::device>& in, box_format to,
                                  const view<T, 2, space::device>& out) {
  const std::int64_t count = in.extent[0];
  if (count == 0) return;
  check_device_pointer("convert_boxes", "in", in.data);
  check_device_pointer("convert_boxes", "out", out.data);
  launch(stream, box_shape(count), &box_to_kernel<T>, boxes_at<const box<T>>{in.data, in.stride[0]},
         to, box_numbers_at<T>{out.data, out.stride[0], out.stride[1]}, count);
}

template <class T>
void box_launchers<T>::move(CUstream_st* stream, const view<const box<T>, 1, space::device>& in,
                            const view<box<T>, 1, space::device>& out, const box_move& options) {
  const std::int64_t count = in.extent[0];
  if (count == 0) return;
  check_device_pointer("move_boxes", "in", in.data);
  check_device_pointer("move_boxes", "out", out.data);
  launch(stream, box_shape(count), &box_move_kernel<T>,
         boxes_at<const box<T>>{in.data, in.stride[0]}, boxes_at<box<T>>{out.data, out.stride[0]},
         options, count);
}

}  // namespace kernels::inline KERNELS_ABI::gpu
