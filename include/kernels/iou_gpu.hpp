// iou's checks and its front door to the GPU, the same in C++ (iou.hpp, compiled kernels from
// kernels::cuda) and in CUDA code (iou.cuh, which brings the kernels).
#pragma once

#include <kernels/box_gpu.hpp>
#include <kernels/math/iou.hpp>

namespace kernels::inline KERNELS_ABI {

namespace gpu {
/// The launchers for boxes of T, defined in cuda/kernels/iou.cuh. kernels::cuda holds those of
/// float and double.
template <class T>
struct iou_launchers {
  using boxes = view<const box<T>, 1, space::device>;
  using offsets = view<const std::int32_t, 1, space::device>;

  static void pairwise(CUstream_st* stream, const boxes& a, const boxes& b,
                       const view<T, 2, space::device>& out, const iou_options& options);
  static void ragged(CUstream_st* stream, const boxes& a, const offsets& a_offsets, const boxes& b,
                     const offsets& b_offsets, const view<T, 1, space::device>& out,
                     const view<const std::int64_t, 1, space::device>& out_offsets,
                     const iou_options& options);
  static void elementwise(CUstream_st* stream, const boxes& a, const boxes& b,
                          const view<T, 1, space::device>& out, const iou_options& options);
};
}  // namespace gpu

/// Refuses enumerators that do not exist.
inline void check_iou_options(std::string_view operation, const iou_options& options) {
  if (options.kind > overlap::over_smaller) {
    refuse(operation, "kind", "an overlap", std::to_string(static_cast<int>(options.kind)));
  }
  if (options.convention > pixel_convention::inclusive) {
    refuse(operation, "convention", "a pixel_convention",
           std::to_string(static_cast<int>(options.convention)));
  }
}

/// Refuses arrays that check_array() refuses, and a matrix that is not (boxes of a, boxes of b).
template <class T, space Space>
void check_pairwise_iou(const view<const box<T>, 1, Space>& a,
                        const view<const box<T>, 1, Space>& b, const view<T, 2, Space>& out,
                        const iou_options& options) {
  check_array("pairwise_iou", "a", a);
  check_array("pairwise_iou", "b", b);
  check_array("pairwise_iou", "out", out);
  check_iou_options("pairwise_iou", options);
  if (out.extent[0] != a.extent[0] || out.extent[1] != b.extent[0]) {
    refuse("pairwise_iou", "out", shape_text(std::array{a.extent[0], b.extent[0]}),
           shape_text(out.extent));
  }
}

/// Refuses what can be seen of a ragged batch without reading the offsets.
template <class T, space Space>
void check_ragged_iou(const view<const box<T>, 1, Space>& a,
                      const view<const std::int32_t, 1, Space>& a_offsets,
                      const view<const box<T>, 1, Space>& b,
                      const view<const std::int32_t, 1, Space>& b_offsets,
                      const view<T, 1, Space>& out,
                      const view<const std::int64_t, 1, Space>& out_offsets,
                      const iou_options& options) {
  check_array("pairwise_iou", "a", a);
  check_array("pairwise_iou", "b", b);
  check_array("pairwise_iou", "out", out);
  check_array("pairwise_iou", "a_offsets", a_offsets);
  check_array("pairwise_iou", "b_offsets", b_offsets);
  check_array("pairwise_iou", "out_offsets", out_offsets);
  check_iou_options("pairwise_iou", options);
  if (a_offsets.extent[0] < 1) {
    refuse("pairwise_iou", "a_offsets", "at least one entry, 0", "none");
  }
  check_length("pairwise_iou", "b_offsets", b_offsets, a_offsets.extent[0]);
  check_length("pairwise_iou", "out_offsets", out_offsets, a_offsets.extent[0]);
}

template <class T, space Space>
void check_elementwise_iou(const view<const box<T>, 1, Space>& a,
                           const view<const box<T>, 1, Space>& b, const view<T, 1, Space>& out,
                           const iou_options& options) {
  check_array("elementwise_iou", "a", a);
  check_array("elementwise_iou", "b", b);
  check_array("elementwise_iou", "out", out);
  check_iou_options("elementwise_iou", options);
  check_length("elementwise_iou", "b", b, a.extent[0]);
  check_length("elementwise_iou", "out", out, a.extent[0]);
}

/// The same on the GPU, queued on exec's stream. Needs no workspace.
/// Errors: as above; cuda_error; kernels::error without CUDA.
template <class T>
void pairwise_iou([[maybe_unused]] on_gpu exec, const boxes_view<T, space::device>& a,
                  const boxes_view<T, space::device>& b, const view<T, 2, space::device>& out,
                  const iou_options& options = {}) {
  static_assert(gpu_has_type<T, float, double>,
                "pairwise_iou on the GPU from a .cpp takes boxes of float or double; for another "
                "type include <kernels/iou.cuh> in a .cu");
  check_pairwise_iou<T>(a, b, out, options);
#if KERNELS_HAS_CUDA
  gpu::iou_launchers<T>::pairwise(exec.stream, a, b, out, options);
#else
  refuse_without_cuda("pairwise_iou");
#endif
}

/// The ragged form on the GPU: the offsets live in device memory, are read there and are not
/// checked. Groups may have any sizes that the arrays hold; a_offsets and b_offsets are cut to the
/// boxes there are, and values that would lie outside out are not written.
template <class T>
void pairwise_iou([[maybe_unused]] on_gpu exec, const boxes_view<T, space::device>& a,
                  const view<const std::int32_t, 1, space::device>& a_offsets,
                  const boxes_view<T, space::device>& b,
                  const view<const std::int32_t, 1, space::device>& b_offsets,
                  const view<T, 1, space::device>& out,
                  const view<const std::int64_t, 1, space::device>& out_offsets,
                  const iou_options& options = {}) {
  static_assert(gpu_has_type<T, float, double>,
                "pairwise_iou on the GPU from a .cpp takes boxes of float or double; for another "
                "type include <kernels/iou.cuh> in a .cu");
  check_ragged_iou<T>(a, a_offsets, b, b_offsets, out, out_offsets, options);
#if KERNELS_HAS_CUDA
  gpu::iou_launchers<T>::ragged(exec.stream, a, a_offsets, b, b_offsets, out, out_offsets, options);
#else
  refuse_without_cuda("pairwise_iou");
#endif
}

template <class T>
void elementwise_iou([[maybe_unused]] on_gpu exec, const boxes_view<T, space::device>& a,
                     const boxes_view<T, space::device>& b, const view<T, 1, space::device>& out,
                     const iou_options& options = {}) {
  static_assert(gpu_has_type<T, float, double>,
                "elementwise_iou on the GPU from a .cpp takes boxes of float or double; for "
                "another type include <kernels/iou.cuh> in a .cu");
  check_elementwise_iou<T>(a, b, out, options);
#if KERNELS_HAS_CUDA
  gpu::iou_launchers<T>::elementwise(exec.stream, a, b, out, options);
#else
  refuse_without_cuda("elementwise_iou");
#endif
}

}  // namespace kernels::inline KERNELS_ABI
