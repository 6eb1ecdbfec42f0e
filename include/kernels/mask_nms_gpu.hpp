// mask_nms' checks and its front door to the GPU, the same in C++ (mask_nms.hpp, compiled kernels
// from kernels::cuda) and in CUDA code (mask_nms.cuh, which brings the kernels).
#pragma once

#include <kernels/mask_gpu.hpp>
#include <kernels/math/mask_nms.hpp>

namespace kernels::inline KERNELS_ABI {

namespace gpu {
/// Defined in cuda/kernels/mask_nms.cuh; Word is std::uint64_t.
template <class Word>
void mask_nms(CUstream_st* stream, view<const Word, 3, space::device> masks,
              view<const float, 1, space::device> scores, view<std::int32_t, 1, space::device> kept,
              view<std::int32_t, 1, space::device> count, const mask_nms_options& options,
              view<std::byte, 1, space::device> workspace);
}  // namespace gpu

template <space Space>
void check_mask_nms(const view<const std::uint64_t, 3, Space>& masks,
                    const view<const float, 1, Space>& scores,
                    const view<std::int32_t, 1, Space>& kept,
                    const view<std::int32_t, 1, Space>& count, const mask_nms_options& options) {
  constexpr auto kName = "mask_nms";
  check_masks(kName, "masks", masks);
  if (masks.extent[0] > (std::int64_t{1} << 20)) {
    refuse(kName, "masks", "at most 2^20 masks", shape_text(masks.extent));
  }
  check_array(kName, "scores", scores, {masks.extent[0]});
  check_array(kName, "kept", kept, {masks.extent[0]});
  check_array(kName, "count", count, {1});
  if (!(options.iou_threshold >= 0 && options.iou_threshold <= 1)) {
    refuse(kName, "iou_threshold", "0 to 1", number_text(options.iou_threshold));
  }
  if (options.score_threshold != options.score_threshold) {
    refuse(kName, "score_threshold", "a number", number_text(options.score_threshold));
  }
}

/// Scratch that mask_nms needs on the GPU for n masks.
struct mask_nms_pieces {
  math::mask_facts* facts;
  std::int32_t *order, *places;         ///< masks that take part, best first; how many
  unsigned long long *above, *removed;  ///< bits: IoU of two places; places that are gone
};
inline mask_nms_pieces mask_nms_layout(workspace_carver& carver, std::int64_t n) {
  const std::int64_t words = mask_words(n);
  return {carver.take<math::mask_facts>(n), carver.take<std::int32_t>(n),
          carver.take<std::int32_t>(1), carver.take<unsigned long long>(n * words),
          carver.take<unsigned long long>(words)};
}
inline std::int64_t mask_nms_workspace_bytes(on_gpu /*exec*/, std::int64_t n) {
  workspace_carver counter;
  static_cast<void>(mask_nms_layout(counter, n));
  return counter.bytes();
}

/// The same on the GPU, queued on exec's stream. workspace: mask_nms_workspace_bytes(exec, N)
/// bytes, aligned to 256.
inline void mask_nms([[maybe_unused]] on_gpu exec,
                     const view<const std::uint64_t, 3, space::device>& masks,
                     const view<const float, 1, space::device>& scores,
                     const view<std::int32_t, 1, space::device>& kept,
                     const view<std::int32_t, 1, space::device>& count,
                     const mask_nms_options& options,
                     [[maybe_unused]] const view<std::byte, 1, space::device>& workspace) {
  check_mask_nms(masks, scores, kept, count, options);
#if KERNELS_HAS_CUDA
  gpu::mask_nms<std::uint64_t>(exec.stream, masks, scores, kept, count, options, workspace);
#else
  refuse_without_cuda("mask_nms");
#endif
}

}  // namespace kernels::inline KERNELS_ABI
