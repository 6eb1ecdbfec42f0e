// mask_regions' checks and its front door to the GPU, the same in C++ (mask_regions.hpp, compiled
// kernels from kernels::cuda) and in CUDA code (mask_regions.cuh, which brings the kernels).
#pragma once

#include <kernels/mask_gpu.hpp>
#include <kernels/math/mask_regions.hpp>

namespace kernels::inline KERNELS_ABI {

namespace gpu {
/// Defined in cuda/kernels/mask_regions.cuh; Word is std::uint64_t.
template <class Word>
void mask_regions(CUstream_st* stream, view<Word, 3, space::device> masks, std::int64_t width,
                  const mask_regions_options& options, view<std::int64_t, 1, space::device> changed,
                  view<std::byte, 1, space::device> workspace);
}  // namespace gpu

template <space Space>
void check_mask_regions(const view<std::uint64_t, 3, Space>& masks, std::int64_t width,
                        const mask_regions_options& options,
                        const view<std::int64_t, 1, Space>& changed) {
  constexpr auto kName = "mask_regions";
  check_masks(kName, "masks", masks);
  if (width < 0 || mask_words(width) != masks.extent[2]) {
    refuse(kName, "width", "a width of " + std::to_string(masks.extent[2]) + " words",
           std::to_string(width));
  }
  if (masks.extent[1] * masks.extent[2] * kMaskBits >= (std::int64_t{1} << 31)) {
    refuse(kName, "masks", "fewer than 2^31 pixels a mask", shape_text(masks.extent));
  }
  if (options.holes_below < 0) {
    refuse(kName, "holes_below", "0 or more", std::to_string(options.holes_below));
  }
  if (options.islands_below < 0) {
    refuse(kName, "islands_below", "0 or more", std::to_string(options.islands_below));
  }
  if (changed.extent[0] != 0) check_array(kName, "changed", changed, {masks.extent[0]});
}

/// Scratch of the GPU form: a label and an area for each possible run, for some masks at a time.
struct mask_regions_pieces {
  std::int32_t *parents, *areas;
  unsigned long long* largest;
  std::int64_t masks;  ///< at a time
};
inline mask_regions_pieces mask_regions_layout(workspace_carver& carver, std::int64_t n,
                                               std::int64_t height, std::int64_t words) {
  constexpr std::int64_t kAtATime = 8;
  constexpr std::int64_t kRunsOfWord = 32;
  const std::int64_t masks = n < kAtATime ? n : kAtATime;
  const std::int64_t runs = masks * height * words * kRunsOfWord;
  return {carver.take<std::int32_t>(runs), carver.take<std::int32_t>(runs),
          carver.take<unsigned long long>(masks), masks};
}
inline std::int64_t mask_regions_workspace_bytes(
    on_gpu /*exec*/, const view<std::uint64_t, 3, space::device>& masks) {
  check_masks("mask_regions", "masks", masks);
  workspace_carver counter;
  static_cast<void>(
      mask_regions_layout(counter, masks.extent[0], masks.extent[1], masks.extent[2]));
  return counter.bytes();
}

/// The same on the GPU, queued on exec's stream. workspace: mask_regions_workspace_bytes() bytes,
/// aligned to 256: 4 bytes a pixel of 8 masks.
inline void mask_regions([[maybe_unused]] on_gpu exec,
                         const view<std::uint64_t, 3, space::device>& masks, std::int64_t width,
                         const mask_regions_options& options,
                         const view<std::int64_t, 1, space::device>& changed,
                         [[maybe_unused]] const view<std::byte, 1, space::device>& workspace) {
  check_mask_regions(masks, width, options, changed);
#if KERNELS_HAS_CUDA
  gpu::mask_regions<std::uint64_t>(exec.stream, masks, width, options, changed, workspace);
#else
  refuse_without_cuda("mask_regions");
#endif
}

}  // namespace kernels::inline KERNELS_ABI
