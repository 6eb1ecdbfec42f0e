// mask_regions: fills small holes of masks and removes small islands.
//
//   mask_regions(on_cpu(), masks, width, {.holes_below = 100, .islands_below = 100});
//
// Class: exact. Source: remove_small_regions of Segment Anything, holes first, then islands.
#pragma once

#include <kernels/cpu/mask_regions.hpp>
#include <kernels/mask_regions_gpu.hpp>

namespace kernels::inline KERNELS_ABI {

#if defined(KERNELS_WITH_CUDA)
namespace gpu {
extern template void mask_regions(CUstream_st*, view<std::uint64_t, 3, space::device>, std::int64_t,
                                  const mask_regions_options&, view<std::int64_t, 1, space::device>,
                                  view<std::byte, 1, space::device>);
}  // namespace gpu
#endif

/// Changes packed masks (mask.hpp) of `width` columns in place.
///
///   hole     a connected region of pixels that are not in the mask, also at the image's edge, with
///            fewer than holes_below pixels: filled
///   island   a connected region of the mask (with its holes filled) with fewer than islands_below
///            pixels: removed; if all are small, keep_largest leaves the largest, of equal ones the
///            one that comes first by rows and columns
///
/// A limit of 0 leaves that part out. changed: N counts of pixels changed (a pixel that is filled
/// and then removed counts twice), or an empty view.
/// Cost: one pass over the words and a few steps for each run of pixels in a row, for each part.
/// Errors: kernels::error for views or a width that do not fit, negative limits, masks of 2^31
/// pixels or more.
inline void mask_regions(on_cpu exec, const view<std::uint64_t, 3>& masks, std::int64_t width,
                         const mask_regions_options& options,
                         const view<std::int64_t, 1>& changed = {}) {
  check_mask_regions(masks, width, options, changed);
  cpu::mask_regions(exec, masks, width, options, changed);
}

}  // namespace kernels::inline KERNELS_ABI
