// soft_nms: instead of dropping boxes that overlap a better one, lowers their scores.
// N. Bodla, B. Singh, R. Chellappa, L. S. Davis: Soft-NMS, ICCV 2017.
//
//   const auto r = kernels::soft_nms(kernels::on_cpu(), boxes, scores, {.sigma = 0.5});
//   // r.kept: indices in the order in which they were chosen, r.scores: their lowered scores
//
// Class: exact. On the CPU only.
#pragma once

#include <kernels/cpu/soft_nms.hpp>

namespace kernels::inline KERNELS_ABI {

/// Until no score is above score_threshold: chooses the box with the highest score (ties: the
/// lowest index) and lowers those of the others (of its class, if classes are given):
///
///   gaussian   score·exp(−IoU²/sigma)
///   linear     score·(1 − IoU) where IoU > iou_threshold
///
/// Boxes with a NaN coordinate or a NaN score take no part. Boxes of one call are one group.
/// Cost: n·kept. The arithmetic is T's, one rounding an operation, e^x by math::exp.
/// Errors: extents that differ, null pointers, sigma that is not positive, thresholds that are NaN
/// or (iou_threshold) outside [0, 1], max_kept below 0, more than 2^31 − 1 boxes.
template <class T>
soft_nms_result<T> soft_nms(on_cpu /*exec*/, const view<const box<T>, 1>& boxes,
                            const std::type_identity_t<view<const T, 1>>& scores,
                            const soft_nms_options& options = {},
                            const view<const std::int32_t, 1>& classes = {}) {
  cpu::check_candidates("soft_nms", boxes, scores, classes);
  if (!(options.sigma > 0)) {
    refuse("soft_nms", "sigma", "a positive number", number_text(options.sigma));
  }
  if (!(options.iou_threshold >= 0 && options.iou_threshold <= 1)) {
    refuse("soft_nms", "iou_threshold", "0 to 1", number_text(options.iou_threshold));
  }
  if (!(options.score_threshold == options.score_threshold)) {
    refuse("soft_nms", "score_threshold", "a number", number_text(options.score_threshold));
  }
  if (options.max_kept < 0) {
    refuse("soft_nms", "max_kept", "0 (no limit) or more", std::to_string(options.max_kept));
  }
  return cpu::soft_nms<T>(boxes, scores, options, classes);
}

}  // namespace kernels::inline KERNELS_ABI
