// box's checks and its front door to the GPU, the same in C++ and in CUDA code.
#pragma once

#include <kernels/core/arrays.hpp>
#include <kernels/core/exec.hpp>
#include <kernels/math/box.hpp>

namespace kernels::inline KERNELS_ABI {

/// Boxes as an argument from which T is not deduced: views of boxes that are not const convert.
template <class T, space Space = space::host>
using boxes_view = std::type_identity_t<view<const box<T>, 1, Space>>;

namespace gpu {
/// The launchers for boxes of T, defined in cuda/kernels/box.cuh. kernels::cuda holds those of
/// float and double.
template <class T>
struct box_launchers {
  static void from_numbers(CUstream_st* stream, const view<const T, 2, space::device>& in,
                           box_format from, const view<box<T>, 1, space::device>& out);
  static void to_numbers(CUstream_st* stream, const view<const box<T>, 1, space::device>& in,
                         box_format to, const view<T, 2, space::device>& out);
  static void move(CUstream_st* stream, const view<const box<T>, 1, space::device>& in,
                   const view<box<T>, 1, space::device>& out, const box_move& options);
};
}  // namespace gpu

/// Refuses arrays that check_array() refuses, four numbers that are not four, and lengths that
/// differ.
template <class Numbers, class Box, space Space>
void check_convert_boxes(const view<Numbers, 2, Space>& numbers, box_format format,
                         const view<Box, 1, Space>& boxes, std::string_view numbers_name,
                         std::string_view boxes_name) {
  check_array("convert_boxes", numbers_name, numbers);
  check_array("convert_boxes", boxes_name, boxes);
  if (format > box_format::xyah) {
    refuse("convert_boxes", "format", "a box_format", std::to_string(static_cast<int>(format)));
  }
  if (numbers.extent[1] != 4) {
    refuse("convert_boxes", numbers_name, "shape (N, 4)", shape_text(numbers.extent));
  }
  check_length("convert_boxes", boxes_name, boxes, numbers.extent[0]);
}

template <class T, space Space>
void check_move_boxes(const view<const box<T>, 1, Space>& in, const view<box<T>, 1, Space>& out,
                      const box_move& options) {
  check_array("move_boxes", "in", in);
  check_array("move_boxes", "out", out);
  check_length("move_boxes", "out", out, in.extent[0]);
  for (const auto& [name, value] :
       {std::pair{"clip_width", options.clip_width}, {"clip_height", options.clip_height}}) {
    if (!(value >= 0)) refuse("move_boxes", name, "0 (no clipping) or more", number_text(value));
  }
}

/// The same on the GPU, queued on exec's stream.
/// Errors: as above; cuda_error; kernels::error without CUDA.
template <class T>
void convert_boxes([[maybe_unused]] on_gpu exec,
                   const std::type_identity_t<view<const T, 2, space::device>>& in, box_format from,
                   const view<box<T>, 1, space::device>& out) {
  static_assert(gpu_has_type<T, float, double>,
                "convert_boxes on the GPU from a .cpp takes float or double; for another type "
                "include <kernels/box.cuh> in a .cu");
  check_convert_boxes(in, from, out, "in", "out");
#if KERNELS_HAS_CUDA
  gpu::box_launchers<T>::from_numbers(exec.stream, in, from, out);
#else
  refuse_without_cuda("convert_boxes");
#endif
}
template <class T>
void convert_boxes([[maybe_unused]] on_gpu exec, const boxes_view<T, space::device>& in,
                   box_format to, const view<T, 2, space::device>& out) {
  static_assert(gpu_has_type<T, float, double>,
                "convert_boxes on the GPU from a .cpp takes float or double; for another type "
                "include <kernels/box.cuh> in a .cu");
  check_convert_boxes(out, to, in, "out", "in");
#if KERNELS_HAS_CUDA
  gpu::box_launchers<T>::to_numbers(exec.stream, in, to, out);
#else
  refuse_without_cuda("convert_boxes");
#endif
}

template <class T>
void move_boxes([[maybe_unused]] on_gpu exec, const boxes_view<T, space::device>& in,
                const view<box<T>, 1, space::device>& out, const box_move& options) {
  static_assert(gpu_has_type<T, float, double>,
                "move_boxes on the GPU from a .cpp takes float or double; for another type include "
                "<kernels/box.cuh> in a .cu");
  check_move_boxes<T>(in, out, options);
#if KERNELS_HAS_CUDA
  gpu::box_launchers<T>::move(exec.stream, in, out, options);
#else
  refuse_without_cuda("move_boxes");
#endif
}

}  // namespace kernels::inline KERNELS_ABI
