// box_fusion: one box out of those that several detectors (or several passes of one) gave for the
// same object: their mean, weighted by the scores.
// R. Solovyev, W. Wang, T. Gabruseva: Weighted boxes fusion, Image and Vision Computing 107, 2021.
//
//   const auto fused = kernels::box_fusion(kernels::on_cpu(), boxes, scores, {.models = 3});
//
// Class: exact. On the CPU only.
#pragma once

#include <kernels/cpu/box_fusion.hpp>

namespace kernels::inline KERNELS_ABI {

/// Boxes of all detectors in one array, their scores already weighted by how much each detector is
/// trusted. In descending order of score (ties: the lower index) each joins the cluster (of its
/// class, if classes are given) whose fused box has the highest IoU with it, above the threshold
/// (ties: the older cluster), or starts one.
///
///   box     Σ score·box / Σ score over the cluster
///   score   mean score · min(members, models) / models
///
/// Boxes with a NaN coordinate or an infinite or NaN score take no part.
/// Cost: n·clusters. Results by descending score, ties: the older cluster.
/// Errors: extents that differ, null pointers, iou_threshold outside [0, 1], score_threshold below
/// 0 or NaN, models below 1, more than 2^31 − 1 boxes.
template <class T>
box_fusion_result<T> box_fusion(on_cpu /*exec*/, const view<const box<T>, 1>& boxes,
                                const std::type_identity_t<view<const T, 1>>& scores,
                                const box_fusion_options& options = {},
                                const view<const std::int32_t, 1>& classes = {}) {
  cpu::check_candidates("box_fusion", boxes, scores, classes);
  if (!(options.iou_threshold >= 0 && options.iou_threshold <= 1)) {
    refuse("box_fusion", "iou_threshold", "0 to 1", number_text(options.iou_threshold));
  }
  if (!(options.score_threshold >= 0)) {
    refuse("box_fusion", "score_threshold", "0 or more", number_text(options.score_threshold));
  }
  if (options.models < 1) {
    refuse("box_fusion", "models", "1 or more", std::to_string(options.models));
  }
  return cpu::box_fusion<T>(boxes, scores, options, classes);
}

}  // namespace kernels::inline KERNELS_ABI
