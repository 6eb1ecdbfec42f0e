// mask: masks packed to a bit a pixel, and what is asked of them most: areas, boxes, pairwise IoU.
//
// A batch of N masks of height H and width W is a view (N, H, mask_words(W)) of std::uint64_t, rows
// padded or not: column x is bit x % 64 of word x / 64, and the bits from column W on must be zero
// (all functions here leave them so). Sides are below 2^20 pixels.
//
//   std::vector<std::uint64_t> words(n * height * mask_words(width));
//   const auto masks = packed(words.data(), {n, height, mask_words(width)});
//   pack_masks(on_cpu(), pixels, masks);            // uint8_t or bool, (N, H, W)
//   mask_iou(on_cpu(), masks, masks, iou);          // (N, N) of float or double
//
// Class: exact. Run-lengths: mask_rle.hpp. From a segmenter's logits: mask_logits.hpp. Suppression:
// mask_nms.hpp. Small regions and holes: mask_regions.hpp. Label maps: label_boxes.hpp.
#pragma once

#include <kernels/cpu/mask.hpp>
#include <kernels/mask_gpu.hpp>

namespace kernels::inline KERNELS_ABI {

#if defined(KERNELS_WITH_CUDA)
namespace gpu {
extern template void pack_masks(CUstream_st*, view<const std::uint8_t, 3, space::device>,
                                view<std::uint64_t, 3, space::device>);
extern template void unpack_masks(CUstream_st*, view<const std::uint64_t, 3, space::device>,
                                  view<std::uint8_t, 3, space::device>, std::uint8_t);
extern template void mask_areas(CUstream_st*, view<const std::uint64_t, 3, space::device>,
                                view<std::int64_t, 1, space::device>);
extern template void mask_boxes(CUstream_st*, view<const std::uint64_t, 3, space::device>,
                                view<box<std::int32_t>, 1, space::device>);
extern template void mask_iou(CUstream_st*, view<const std::uint64_t, 3, space::device>,
                              view<const std::uint64_t, 3, space::device>,
                              view<float, 2, space::device>, view<std::byte, 1, space::device>);
extern template void mask_iou(CUstream_st*, view<const std::uint64_t, 3, space::device>,
                              view<const std::uint64_t, 3, space::device>,
                              view<double, 2, space::device>, view<std::byte, 1, space::device>);
}  // namespace gpu
#endif

/// Packs pixels (N, H, W) of uint8_t or bool: whatever is not 0 is in the mask. Cost: one pass.
/// Errors: kernels::error if masks is not (N, H, mask_words(W)) or a view does not fit.
template <class P>
void pack_masks(on_cpu exec, const view<P, 3>& pixels, const view<std::uint64_t, 3>& masks) {
  check_packing("pack_masks", pixels, masks);
  if (masks.size() == 0) return;
  cpu::pack_masks(exec, mask_pixels_as_bytes(pixels), masks);
}

/// The reverse: `value` where the mask is, 0 elsewhere. Errors: as above.
inline void unpack_masks(on_cpu exec, const view<const std::uint64_t, 3>& masks,
                         const view<std::uint8_t, 3>& pixels, std::uint8_t value = 1) {
  check_packing("unpack_masks", pixels, masks);
  if (masks.size() == 0) return;
  cpu::unpack_masks(exec, masks, pixels, value);
}

/// Pixels of each mask. Errors: kernels::error if areas has not N elements or a view does not fit.
inline void mask_areas(on_cpu exec, const view<const std::uint64_t, 3>& masks,
                       const view<std::int64_t, 1>& areas) {
  check_masks("mask_areas", "masks", masks);
  check_array("mask_areas", "areas", areas, {masks.extent[0]});
  const auto facts = cpu::mask_facts_of(exec, masks);
  for (std::int64_t n = 0; n < areas.extent[0]; ++n) {
    areas.data[n * areas.stride[0]] = facts[static_cast<std::size_t>(n)].area;
  }
}

/// The smallest box [left, right) × [top, bottom) around each mask; {0, 0, 0, 0} if it is empty.
/// Errors: as above.
inline void mask_boxes(on_cpu exec, const view<const std::uint64_t, 3>& masks,
                       const view<box<std::int32_t>, 1>& boxes) {
  check_masks("mask_boxes", "masks", masks);
  check_array("mask_boxes", "boxes", boxes, {masks.extent[0]});
  const auto facts = cpu::mask_facts_of(exec, masks);
  for (std::int64_t n = 0; n < boxes.extent[0]; ++n) {
    boxes.data[n * boxes.stride[0]] = facts[static_cast<std::size_t>(n)].bounds;
  }
}

/// iou[i][j] = |a[i] ∩ b[j]| / |a[i] ∪ b[j]|, 0 where both are empty; float or double. The counts
/// are exact, the quotient is that of doubles, rounded once more for float. Symmetric; a mask that
/// is not empty has exactly 1 with itself.
/// Cost: one pass over each mask, then for each pair the words where their boxes overlap.
/// Errors: kernels::error for masks of two sizes, an iou that is not (N, M), views that do not fit.
template <class T>
void mask_iou(on_cpu exec, const view<const std::uint64_t, 3>& a,
              const view<const std::uint64_t, 3>& b, const view<T, 2>& iou) {
  check_mask_iou(a, b, iou);
  cpu::mask_iou(exec, a, b, iou);
}

}  // namespace kernels::inline KERNELS_ABI
