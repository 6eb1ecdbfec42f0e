// iou_match's checks and its front door to the GPU, the same in C++ and in CUDA code.
#pragma once

#include <kernels/iou_gpu.hpp>

#include <cstddef>

namespace kernels::inline KERNELS_ABI {

namespace gpu {
/// The launchers for boxes of T, defined in cuda/kernels/iou_match.cuh.
template <class T>
struct iou_match_launchers {
  using boxes = view<const box<T>, 1, space::device>;

  static void best(CUstream_st* stream, const boxes& a, const boxes& b,
                   const view<T, 1, space::device>& values,
                   const view<std::int32_t, 1, space::device>& indices,
                   const iou_match_options& options);
  static void list(CUstream_st* stream, const boxes& a, const boxes& b,
                   const view<std::int64_t, 1, space::device>& row_offsets,
                   const view<std::int32_t, 1, space::device>& columns,
                   const view<T, 1, space::device>& values, const iou_match_options& options);
};
}  // namespace gpu

/// Refuses what iou refuses, a threshold that is NaN, and more boxes than an index can name.
template <class T, space Space>
void check_iou_match(std::string_view operation, const view<const box<T>, 1, Space>& a,
                     const view<const box<T>, 1, Space>& b, const iou_match_options& options) {
  check_array(operation, "a", a);
  check_array(operation, "b", b);
  check_iou_options(operation, options.overlaps());
  if (options.threshold != options.threshold) refuse(operation, "threshold", "a number", "nan");
  if (b.extent[0] > std::numeric_limits<std::int32_t>::max()) {
    refuse(operation, "b", "fewer than 2^31 boxes", std::to_string(b.extent[0]));
  }
}

template <class T, space Space>
void check_iou_best_match(const view<const box<T>, 1, Space>& a,
                          const view<const box<T>, 1, Space>& b, const view<T, 1, Space>& values,
                          const view<std::int32_t, 1, Space>& indices,
                          const iou_match_options& options) {
  check_iou_match("iou_best_match", a, b, options);
  check_array("iou_best_match", "values", values);
  check_array("iou_best_match", "indices", indices);
  check_length("iou_best_match", "values", values, a.extent[0]);
  check_length("iou_best_match", "indices", indices, a.extent[0]);
}

template <class T, space Space>
void check_iou_matches(const view<const box<T>, 1, Space>& a, const view<const box<T>, 1, Space>& b,
                       const view<std::int64_t, 1, Space>& row_offsets,
                       const view<std::int32_t, 1, Space>& columns, const view<T, 1, Space>& values,
                       const iou_match_options& options) {
  check_iou_match("iou_matches", a, b, options);
  check_array("iou_matches", "row_offsets", row_offsets);
  check_array("iou_matches", "columns", columns);
  check_array("iou_matches", "values", values);
  check_length("iou_matches", "row_offsets", row_offsets, a.extent[0] + 1);
  check_length("iou_matches", "values", values, columns.extent[0]);
}

/// The same on the GPU, queued on exec's stream. Needs no workspace.
template <class T>
void iou_best_match([[maybe_unused]] on_gpu exec, const boxes_view<T, space::device>& a,
                    const boxes_view<T, space::device>& b, const view<T, 1, space::device>& values,
                    const view<std::int32_t, 1, space::device>& indices,
                    const iou_match_options& options = {}) {
  static_assert(gpu_has_type<T, float, double>,
                "iou_best_match on the GPU from a .cpp takes boxes of float or double; for another "
                "type include <kernels/iou_match.cuh> in a .cu");
  check_iou_best_match<T>(a, b, values, indices, options);
#if KERNELS_HAS_CUDA
  gpu::iou_match_launchers<T>::best(exec.stream, a, b, values, indices, options);
#else
  refuse_without_cuda("iou_best_match");
#endif
}

/// The same on the GPU, queued on exec's stream: the number of matches is row_offsets[N], in device
/// memory. Needs no workspace.
template <class T>
void iou_matches([[maybe_unused]] on_gpu exec, const boxes_view<T, space::device>& a,
                 const boxes_view<T, space::device>& b,
                 const view<std::int64_t, 1, space::device>& row_offsets,
                 const view<std::int32_t, 1, space::device>& columns,
                 const view<T, 1, space::device>& values, const iou_match_options& options = {}) {
  static_assert(gpu_has_type<T, float, double>,
                "iou_matches on the GPU from a .cpp takes boxes of float or double; for another "
                "type include <kernels/iou_match.cuh> in a .cu");
  check_iou_matches<T>(a, b, row_offsets, columns, values, options);
#if KERNELS_HAS_CUDA
  gpu::iou_match_launchers<T>::list(exec.stream, a, b, row_offsets, columns, values, options);
#else
  refuse_without_cuda("iou_matches");
#endif
}

}  // namespace kernels::inline KERNELS_ABI
