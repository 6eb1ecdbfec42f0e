// mask_nms: greedy suppression of masks: best score first, and a mask goes if it overlaps a kept
// one too much, by IoU of pixels instead of boxes.
//
//   std::vector<std::int32_t> best = mask_nms(on_cpu(), masks, scores, {.iou_threshold = 0.7});
//
// Class: exact. Same indices on CPU and GPU, with any number of threads and any instruction set.
#pragma once

#include <kernels/cpu/mask_nms.hpp>
#include <kernels/mask_nms_gpu.hpp>

namespace kernels::inline KERNELS_ABI {

#if defined(KERNELS_WITH_CUDA)
namespace gpu {
extern template void mask_nms(CUstream_st*, view<const std::uint64_t, 3, space::device>,
                              view<const float, 1, space::device>,
                              view<std::int32_t, 1, space::device>,
                              view<std::int32_t, 1, space::device>, const mask_nms_options&,
                              view<std::byte, 1, space::device>);
}  // namespace gpu
#endif

/// Suppresses N packed masks (mask.hpp) that share one image.
///
///   takes part   score > score_threshold (a NaN does not)
///   order        descending score, ties by lower index
///   suppressed   by a kept mask that comes before it, with mask_iou (double) > iou_threshold;
///                equality stays
///
/// kept: N elements; the indices kept, in that order, then −1. count: one element, how many. Empty
/// masks are never suppressed. No masks: count is 0.
/// Cost: one pass over each mask; for each kept mask and each one left, the words where their boxes
/// overlap, but only where areas and boxes allow an IoU above the threshold.
/// Errors: kernels::error for views that do not fit, a threshold outside [0, 1] or NaN, more than
/// 2^20 masks.
inline void mask_nms(on_cpu exec, const view<const std::uint64_t, 3>& masks,
                     const view<const float, 1>& scores, const view<std::int32_t, 1>& kept,
                     const view<std::int32_t, 1>& count, const mask_nms_options& options = {}) {
  check_mask_nms(masks, scores, kept, count, options);
  cpu::mask_nms(exec, masks, scores, kept, count, options);
}

/// Returns the kept indices.
inline std::vector<std::int32_t> mask_nms(on_cpu exec, const view<const std::uint64_t, 3>& masks,
                                          const view<const float, 1>& scores,
                                          const mask_nms_options& options = {}) {
  std::vector<std::int32_t> kept(
      static_cast<std::size_t>(std::clamp<std::int64_t>(masks.extent[0], 0, 1 << 20)));
  std::int32_t count = 0;
  mask_nms(exec, masks, scores, packed(kept.data(), {static_cast<std::int64_t>(kept.size())}),
           packed(&count, {1}), options);
  kept.resize(static_cast<std::size_t>(count));
  return kept;
}

}  // namespace kernels::inline KERNELS_ABI
