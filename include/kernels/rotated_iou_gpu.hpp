// rotated_iou's checks and its front door to the GPU, the same in C++ and in CUDA code.
#pragma once

#include <kernels/core/arrays.hpp>
#include <kernels/core/exec.hpp>
#include <kernels/math/rotated_iou.hpp>

namespace kernels::inline KERNELS_ABI {

/// Rotated boxes as an argument from which T is not deduced.
template <class T, space Space = space::host>
using rotated_boxes_view = std::type_identity_t<view<const rotated_box<T>, 1, Space>>;

namespace gpu {
/// The launchers for boxes of T, defined in cuda/kernels/rotated_iou.cuh.
template <class T>
struct rotated_iou_launchers {
  using boxes = view<const rotated_box<T>, 1, space::device>;

  static void pairwise(CUstream_st* stream, const boxes& a, const boxes& b,
                       const view<T, 2, space::device>& out);
  static void elementwise(CUstream_st* stream, const boxes& a, const boxes& b,
                          const view<T, 1, space::device>& out);
};
}  // namespace gpu

template <class T, space Space>
void check_rotated_pairwise_iou(const view<const rotated_box<T>, 1, Space>& a,
                                const view<const rotated_box<T>, 1, Space>& b,
                                const view<T, 2, Space>& out) {
  check_array("rotated_pairwise_iou", "a", a);
  check_array("rotated_pairwise_iou", "b", b);
  check_array("rotated_pairwise_iou", "out", out);
  if (out.extent[0] != a.extent[0] || out.extent[1] != b.extent[0]) {
    refuse("rotated_pairwise_iou", "out", shape_text(std::array{a.extent[0], b.extent[0]}),
           shape_text(out.extent));
  }
}

template <class T, space Space>
void check_rotated_elementwise_iou(const view<const rotated_box<T>, 1, Space>& a,
                                   const view<const rotated_box<T>, 1, Space>& b,
                                   const view<T, 1, Space>& out) {
  check_array("rotated_elementwise_iou", "a", a);
  check_array("rotated_elementwise_iou", "b", b);
  check_array("rotated_elementwise_iou", "out", out);
  check_length("rotated_elementwise_iou", "b", b, a.extent[0]);
  check_length("rotated_elementwise_iou", "out", out, a.extent[0]);
}

/// The same on the GPU, queued on exec's stream. Needs no workspace.
/// Errors: as above; cuda_error; kernels::error without CUDA.
template <class T>
void rotated_pairwise_iou([[maybe_unused]] on_gpu exec,
                          const rotated_boxes_view<T, space::device>& a,
                          const rotated_boxes_view<T, space::device>& b,
                          const view<T, 2, space::device>& out) {
  static_assert(gpu_has_type<T, float, double>,
                "rotated_pairwise_iou on the GPU from a .cpp takes boxes of float or double; for "
                "another type include <kernels/rotated_iou.cuh> in a .cu");
  check_rotated_pairwise_iou<T>(a, b, out);
#if KERNELS_HAS_CUDA
  gpu::rotated_iou_launchers<T>::pairwise(exec.stream, a, b, out);
#else
  refuse_without_cuda("rotated_pairwise_iou");
#endif
}

template <class T>
void rotated_elementwise_iou([[maybe_unused]] on_gpu exec,
                             const rotated_boxes_view<T, space::device>& a,
                             const rotated_boxes_view<T, space::device>& b,
                             const view<T, 1, space::device>& out) {
  static_assert(gpu_has_type<T, float, double>,
                "rotated_elementwise_iou on the GPU from a .cpp takes boxes of float or double; "
                "for another type include <kernels/rotated_iou.cuh> in a .cu");
  check_rotated_elementwise_iou<T>(a, b, out);
#if KERNELS_HAS_CUDA
  gpu::rotated_iou_launchers<T>::elementwise(exec.stream, a, b, out);
#else
  refuse_without_cuda("rotated_elementwise_iou");
#endif
}

}  // namespace kernels::inline KERNELS_ABI
