// iou: how much boxes overlap. Intersection over union, its forms with a distance (GIoU, DIoU,
// CIoU), and intersection over one area; all pairs of two sets, many groups of pairs in one call,
// or box k of one set with box k of the other.
//
//   kernels::pairwise_iou<float>(kernels::on_cpu(), tracks, detections, matrix);
//   kernels::pairwise_iou<float>(exec, a, b, matrix, {.kind = kernels::overlap::giou});
//
// Best matches and matches above a threshold, without the matrix: iou_match.hpp. Rotated boxes:
// rotated_iou.hpp.
//
// Class: exact. Float and double; the same bytes on CPU and GPU, with any number of threads and any
// instruction set.
#pragma once

#include <kernels/cpu/iou.hpp>
#include <kernels/iou_gpu.hpp>

namespace kernels::inline KERNELS_ABI {

#if defined(KERNELS_WITH_CUDA)
extern template struct gpu::iou_launchers<float>;
extern template struct gpu::iou_launchers<double>;
#endif

/// out[i, j] = overlap of a[i] and b[j], for N boxes a and M boxes b; out is (N, M), with any
/// strides, also transposed. options.kind: see `overlap`; options.convention: whether sides have
/// the "+1" of pixel coordinates.
///
/// Every kind but over_a and over_b is symmetric, bit for bit. Boxes that are empty, inside out, or
/// have a NaN share nothing: 0 for iou and over_…; the kinds with a distance are defined for empty
/// boxes, and give their least value (−1, −1, −1.5) where a coordinate is NaN or infinite.
/// Identical boxes that are not empty give exactly 1. Where an area overflows, iou and over_… give
/// 0.
///
/// Cost: O(N·M), the division is the limit. Allocates nothing; below 65,536 pairs runs on the
/// calling thread.
/// Errors: kernels::error for shapes, strides or null pointers that do not fit.
template <class T>
void pairwise_iou(on_cpu exec, const boxes_view<T>& a, const boxes_view<T>& b,
                  const view<T, 2>& out, const iou_options& options = {}) {
  check_pairwise_iou<T>(a, b, out, options);
  cpu::pairwise_iou<T>(exec, a, b, out, options);
}

/// Many matrices in one call, for instance one a camera: group g is boxes a_offsets[g] …
/// a_offsets[g+1] − 1 of a (n of them) against b_offsets[g] … b_offsets[g+1] − 1 of b (m), and its
/// n·m values stand row by row in out from out_offsets[g] on. All offsets have G + 1 entries, start
/// with 0 and do not fall; out_offsets may leave gaps, which are not written.
/// Errors: as above; offsets that fall, pass the end of their array, or leave too little room.
template <class T>
void pairwise_iou(on_cpu exec, const boxes_view<T>& a, const view<const std::int32_t, 1>& a_offsets,
                  const boxes_view<T>& b, const view<const std::int32_t, 1>& b_offsets,
                  const view<T, 1>& out, const view<const std::int64_t, 1>& out_offsets,
                  const iou_options& options = {}) {
  check_ragged_iou<T>(a, a_offsets, b, b_offsets, out, out_offsets, options);
  const std::int64_t groups = check_offsets("pairwise_iou", "a_offsets", a_offsets, a.extent[0]);
  check_offsets("pairwise_iou", "b_offsets", b_offsets, b.extent[0]);
  check_offsets("pairwise_iou", "out_offsets", out_offsets, out.extent[0]);
  const auto size = [](const auto& offsets, std::int64_t g) -> std::int64_t {
    return offsets.data[(g + 1) * offsets.stride[0]] - offsets.data[g * offsets.stride[0]];
  };
  for (std::int64_t g = 0; g < groups; ++g) {
    const std::int64_t wanted = size(a_offsets, g) * size(b_offsets, g);
    if (size(out_offsets, g) < wanted) {
      refuse("pairwise_iou", "out_offsets",
             "room for " + std::to_string(wanted) + " values in group " + std::to_string(g),
             std::to_string(size(out_offsets, g)));
    }
  }
  cpu::pairwise_iou<T>(exec, a, a_offsets, b, b_offsets, out, out_offsets, options);
}

/// out[k] = overlap of a[k] and b[k], with the values of pairwise_iou.
template <class T>
void elementwise_iou(on_cpu exec, const boxes_view<T>& a, const boxes_view<T>& b,
                     const view<T, 1>& out, const iou_options& options = {}) {
  check_elementwise_iou<T>(a, b, out, options);
  cpu::elementwise_iou<T>(exec, a, b, out, options);
}

}  // namespace kernels::inline KERNELS_ABI
