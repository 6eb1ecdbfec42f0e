// nms: greedy non-maximum suppression of boxes: best score first, and a box goes if it overlaps a
// kept one too much. Many groups (frames, cameras) in one call; by class if classes are given.
//
//   std::vector<std::int32_t> best = kernels::nms(kernels::on_cpu(), boxes, scores,
//                                                 {.iou_threshold = 0.45});
//
// Class: exact. Same indices on CPU and GPU, with any number of threads and any instruction set.
#pragma once

#include <kernels/cpu/nms.hpp>
#include <kernels/nms_gpu.hpp>

namespace kernels::inline KERNELS_ABI {

#if defined(KERNELS_WITH_CUDA)
namespace gpu {
extern template std::int64_t nms_workspace_bytes<float>(const nms_arguments<float, space::device>&,
                                                        const nms_options&);
extern template std::int64_t nms_workspace_bytes<double>(
    const nms_arguments<double, space::device>&, const nms_options&);
extern template void nms<float>(CUstream_st*, const nms_arguments<float, space::device>&,
                                const nms_options&, view<std::byte, 1, space::device>);
extern template void nms<double>(CUstream_st*, const nms_arguments<double, space::device>&,
                                 const nms_options&, view<std::byte, 1, space::device>);
}  // namespace gpu
#endif

/// Suppresses in each group [offsets[g], offsets[g+1]) of boxes by itself.
///
///   takes part   score > score_threshold, and no coordinate is NaN
///   order        descending score, ties by lower index
///   suppressed   by a kept box that comes before it (of the same class, if classes are given) with
///                shared > iou_threshold·(area + area − shared), evaluated in T, each operation
///                rounded once: IoU > threshold, equality stays
///
/// kept[offsets[g] …] holds counts[g] indices into boxes in that order, then −1 up to offsets[g+1].
/// max_kept cuts each group's list. Boxes that are empty or of infinite area are never suppressed
/// and suppress nothing. Infinite scores count (+∞ comes first). Empty groups give 0.
/// Cost: a radix sort, and for each box the kept ones near it (a grid that adapts to the boxes);
/// at worst, all boxes in one place, n·kept/16 vector tests.
/// Errors: extents or offsets that do not fit, null pointers, a threshold outside [0, 1] or NaN,
/// more than 2^31 − 1 boxes.
template <class T>
void nms(on_cpu exec, const nms_arguments<T>& arguments, const nms_options& options = {}) {
  check_nms(arguments, options);
  cpu::nms<T>(exec,
              {arguments.boxes, arguments.scores, arguments.classes, arguments.offsets,
               arguments.kept, arguments.counts},
              options);
}

/// One group; returns the kept indices. classes: none, or one a box.
template <class T>
std::vector<std::int32_t> nms(on_cpu exec, const view<const box<T>, 1>& boxes,
                              const std::type_identity_t<view<const T, 1>>& scores,
                              const nms_options& options = {},
                              const view<const std::int32_t, 1>& classes = {}) {
  std::vector<std::int32_t> kept(static_cast<std::size_t>(std::max<std::int64_t>(
      0, std::min<std::int64_t>(boxes.extent[0], std::numeric_limits<std::int32_t>::max()))));
  std::int32_t count = 0;
  nms(exec,
      nms_arguments<T>{.boxes = boxes,
                       .scores = scores,
                       .kept = packed(kept.data(), {static_cast<std::int64_t>(kept.size())}),
                       .counts = packed(&count, {1}),
                       .classes = classes},
      options);
  kept.resize(static_cast<std::size_t>(count));
  return kept;
}
/// The same for arrays that are not const.
template <class T>
requires(!std::is_const_v<T>) std::vector<std::int32_t> nms(
    on_cpu exec, const view<box<T>, 1>& boxes, const std::type_identity_t<view<const T, 1>>& scores,
    const nms_options& options = {}, const view<const std::int32_t, 1>& classes = {}) {
  return nms<T>(exec, view<const box<T>, 1>(boxes), scores, options, classes);
}

}  // namespace kernels::inline KERNELS_ABI
