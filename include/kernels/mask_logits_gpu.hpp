// mask_logits' checks and its front door to the GPU, the same in C++ (mask_logits.hpp, compiled
// kernels from kernels::cuda) and in CUDA code (mask_logits.cuh, which brings the kernels).
#pragma once

#include <kernels/mask_gpu.hpp>
#include <kernels/math/mask_logits.hpp>

namespace kernels::inline KERNELS_ABI {

/// Height and width of the image that logits are sampled to.
struct mask_image {
  std::int64_t height = 0, width = 0;
};

namespace gpu {
/// Defined in cuda/kernels/mask_logits.cuh; T is float. masks.data or scores.data may be null.
template <class T>
void mask_logits(CUstream_st* stream, view<const T, 3, space::device> logits, mask_image image,
                 view<std::uint64_t, 3, space::device> masks, view<float, 1, space::device> scores,
                 const mask_logits_options& options, view<std::byte, 1, space::device> workspace);
}  // namespace gpu

template <space Space>
void check_mask_logits(const view<const float, 3, Space>& logits, const mask_image& image,
                       const view<std::uint64_t, 3, Space>& masks,
                       const view<float, 1, Space>& scores, const mask_logits_options& options,
                       bool want_masks, bool want_scores) {
  constexpr auto kName = "mask_logits";
  check_masks(kName, "logits", logits);
  constexpr std::int64_t kSide = std::int64_t{1} << 20;
  if (image.height < 0 || image.width < 0 || image.height >= kSide || image.width >= kSide) {
    refuse(kName, "image", "sides from 0 to 2^20 - 1",
           shape_text(std::array{image.height, image.width}));
  }
  if (want_masks) {
    check_masks(kName, "masks", masks);
    const std::array<std::int64_t, 3> wanted{logits.extent[0], image.height,
                                             mask_words(image.width)};
    if (masks.extent != wanted) {
      refuse(kName, "masks", "shape " + shape_text(wanted), shape_text(masks.extent));
    }
  }
  if (want_scores) check_array(kName, "scores", scores, {logits.extent[0]});
  if (logits.size() == 0 && logits.extent[0] * image.height * image.width != 0) {
    refuse(kName, "logits", "at least one value a mask", shape_text(logits.extent));
  }
  if (options.threshold != options.threshold) refuse(kName, "threshold", "a number", "nan");
  if (!(options.stability_offset >= 0)) {
    refuse(kName, "stability_offset", "0 or more", number_text(options.stability_offset));
  }
  const auto& r = options.region;
  const bool all = r == box<double>{0, 0, 0, 0};
  constexpr double kFar = 1 << 20;
  if (!all && !(r.left < r.right && r.top < r.bottom && r.left >= -kFar && r.top >= -kFar &&
                r.right <= kFar && r.bottom <= kFar)) {
    refuse(kName, "region", "left < right and top < bottom, within 2^20",
           number_text(r.left) + ", " + number_text(r.top) + ", " + number_text(r.right) + ", " +
               number_text(r.bottom));
  }
}

/// Scratch that the scores need on the GPU: two areas a mask. Masks alone need none.
inline unsigned long long* mask_logits_layout(workspace_carver& carver, std::int64_t n) {
  return carver.take<unsigned long long>(2 * n);
}
inline std::int64_t mask_logits_workspace_bytes(on_gpu /*exec*/, std::int64_t n) {
  workspace_carver counter;
  static_cast<void>(mask_logits_layout(counter, n));
  return counter.bytes();
}

/// The same on the GPU, queued on exec's stream. workspace: mask_logits_workspace_bytes(exec, N)
/// bytes, aligned to 256, where scores are wanted.
inline void mask_logits([[maybe_unused]] on_gpu exec,
                        const view<const float, 3, space::device>& logits, mask_image image,
                        const view<std::uint64_t, 3, space::device>& masks,
                        const mask_logits_options& options = {}) {
  check_mask_logits(logits, image, masks, {}, options, true, false);
#if KERNELS_HAS_CUDA
  gpu::mask_logits<float>(exec.stream, logits, image, masks, {}, options, {});
#else
  refuse_without_cuda("mask_logits");
#endif
}
inline void mask_logits([[maybe_unused]] on_gpu exec,
                        const view<const float, 3, space::device>& logits, mask_image image,
                        const view<std::uint64_t, 3, space::device>& masks,
                        const view<float, 1, space::device>& scores,
                        const mask_logits_options& options,
                        [[maybe_unused]] const view<std::byte, 1, space::device>& workspace) {
  check_mask_logits(logits, image, masks, scores, options, true, true);
#if KERNELS_HAS_CUDA
  gpu::mask_logits<float>(exec.stream, logits, image, masks, scores, options, workspace);
#else
  refuse_without_cuda("mask_logits");
#endif
}
inline void mask_stability([[maybe_unused]] on_gpu exec,
                           const view<const float, 3, space::device>& logits, mask_image image,
                           const view<float, 1, space::device>& scores,
                           const mask_logits_options& options,
                           [[maybe_unused]] const view<std::byte, 1, space::device>& workspace) {
  check_mask_logits(logits, image, {}, scores, options, false, true);
#if KERNELS_HAS_CUDA
  gpu::mask_logits<float>(exec.stream, logits, image, {}, scores, options, workspace);
#else
  refuse_without_cuda("mask_logits");
#endif
}

}  // namespace kernels::inline KERNELS_ABI
