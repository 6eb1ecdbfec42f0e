// mask_logits: from a segmenter's logits to packed masks of the image's size, in one pass: bilinear
// upsampling and threshold together, the upsampled values never stored; and the stability score.
//
//   mask_logits(on_cpu(), logits, {1080, 1920}, masks, scores, {.threshold = 0});
//
// Class: exact. Source: PyTorch's interpolate(mode="bilinear", align_corners=False), then `>`;
// calculate_stability_score of Segment Anything.
#pragma once

#include <kernels/cpu/mask_logits.hpp>
#include <kernels/mask_logits_gpu.hpp>

namespace kernels::inline KERNELS_ABI {

#if defined(KERNELS_WITH_CUDA)
namespace gpu {
extern template void mask_logits(CUstream_st*, view<const float, 3, space::device>, mask_image,
                                 view<std::uint64_t, 3, space::device>,
                                 view<float, 1, space::device>, const mask_logits_options&,
                                 view<std::byte, 1, space::device>);
}  // namespace gpu
#endif

/// Samples N maps of logits (h, w) to an image and sets the bit of each pixel that is above
/// options.threshold; masks: (N, image.height, mask_words(image.width)), as mask.hpp describes.
///
///   x = (column + ½)·(region width / image width) + region.left − ½, clamped to [0, w − 1]
///   value = a blend of two rows, then of two columns, each a + weight·(b − a)
///
/// region is what the image covers of the logits (a letterboxed network has padding); by default
/// all. Positions are doubles, weights and values floats; pixels within rounding (10⁻⁶ of the
/// values around) of the threshold may differ from PyTorch's. Any scale, also downwards (no
/// smoothing, as in PyTorch). A pixel next to a NaN is outside the mask; so may be one next to an
/// infinite value: clamp those first.
/// Cost: N·H·W comparisons; h·w values read, an eighth of a byte written a pixel.
/// Errors: kernels::error for shapes that do not fit, an empty map for an image that is not empty,
/// a region that is inside-out, a threshold that is NaN, a negative offset.
inline void mask_logits(on_cpu exec, const view<const float, 3>& logits, mask_image image,
                        const view<std::uint64_t, 3>& masks,
                        const mask_logits_options& options = {}) {
  check_mask_logits(logits, image, masks, {}, options, true, false);
  if (masks.size() > 0) {
    cpu::mask_logits(exec, logits, image.height, image.width, masks, {}, options);
  }
}

/// The scores alone: scores[n] is the area above threshold + stability_offset divided by the area
/// above threshold − stability_offset, at the image's size; 0 if the latter is empty.
inline void mask_stability(on_cpu exec, const view<const float, 3>& logits, mask_image image,
                           const view<float, 1>& scores, const mask_logits_options& options = {}) {
  check_mask_logits(logits, image, {}, scores, options, false, true);
  if (image.height > 0 && image.width > 0) {
    if (logits.extent[0] == 0) return;
    cpu::mask_logits(exec, logits, image.height, image.width, {}, scores, options);
  } else {
    for (std::int64_t n = 0; n < scores.extent[0]; ++n) scores.data[n * scores.stride[0]] = 0;
  }
}

/// Both at once.
inline void mask_logits(on_cpu exec, const view<const float, 3>& logits, mask_image image,
                        const view<std::uint64_t, 3>& masks, const view<float, 1>& scores,
                        const mask_logits_options& options = {}) {
  check_mask_logits(logits, image, masks, scores, options, true, true);
  if (masks.size() == 0) return mask_stability(exec, logits, image, scores, options);
  cpu::mask_logits(exec, logits, image.height, image.width, masks, scores, options);
}

}  // namespace kernels::inline KERNELS_ABI
