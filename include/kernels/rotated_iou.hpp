// rotated_iou: intersection over union of boxes at any angle (oriented detections).
//
//   const kernels::rotated_box<float> a{.cx = 50, .cy = 40, .width = 30, .height = 10, .angle =
//   45}; kernels::rotated_pairwise_iou<float>(kernels::on_cpu(), boxes, boxes, matrix);
//
// Never negative, never above 1, exactly 1 for identical boxes, and the same bits for (a, b) and
// (b, a): no polygon is built whose corners could be lost or counted twice. In double inside, for
// boxes of float too; the error is below 1e-12 (before rounding to float).
//
// Class: exact. The same bytes on CPU and GPU, with any number of threads and any instruction set.
#pragma once

#include <kernels/cpu/rotated_iou.hpp>
#include <kernels/rotated_iou_gpu.hpp>

namespace kernels::inline KERNELS_ABI {

#if defined(KERNELS_WITH_CUDA)
extern template struct gpu::rotated_iou_launchers<float>;
extern template struct gpu::rotated_iou_launchers<double>;
#endif

/// out[i, j] = IoU of a[i] and b[j]; out is (N, M), with any strides. Boxes with a side that is not
/// positive, with something NaN or infinite, or an angle beyond 1e9 degrees give 0.
/// Cost: O(N·M); pairs whose circles do not meet are cheap. Allocates nothing.
/// Errors: kernels::error for shapes, strides or null pointers that do not fit.
template <class T>
void rotated_pairwise_iou(on_cpu exec, const rotated_boxes_view<T>& a,
                          const rotated_boxes_view<T>& b, const view<T, 2>& out) {
  check_rotated_pairwise_iou<T>(a, b, out);
  cpu::rotated_pairwise_iou<T>(exec, a, b, out);
}

/// out[k] = IoU of a[k] and b[k].
template <class T>
void rotated_elementwise_iou(on_cpu exec, const rotated_boxes_view<T>& a,
                             const rotated_boxes_view<T>& b, const view<T, 1>& out) {
  check_rotated_elementwise_iou<T>(a, b, out);
  cpu::rotated_elementwise_iou<T>(exec, a, b, out);
}

}  // namespace kernels::inline KERNELS_ABI
