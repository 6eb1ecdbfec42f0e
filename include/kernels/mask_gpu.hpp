// The checks of packed masks and their front door to the GPU, the same in C++ (mask.hpp, compiled
// kernels from kernels::cuda) and in CUDA code (mask.cuh, which brings the kernels).
#pragma once

#include <kernels/core/arrays.hpp>
#include <kernels/core/exec.hpp>
#include <kernels/core/workspace.hpp>
#include <kernels/math/mask.hpp>

namespace kernels::inline KERNELS_ABI {

namespace gpu {
/// Defined in cuda/kernels/mask.cuh; Word is std::uint64_t.
template <class Word>
void pack_masks(CUstream_st* stream, view<const std::uint8_t, 3, space::device> pixels,
                view<Word, 3, space::device> masks);
template <class Word>
void unpack_masks(CUstream_st* stream, view<const Word, 3, space::device> masks,
                  view<std::uint8_t, 3, space::device> pixels, std::uint8_t value);
template <class Word>
void mask_areas(CUstream_st* stream, view<const Word, 3, space::device> masks,
                view<std::int64_t, 1, space::device> areas);
template <class Word>
void mask_boxes(CUstream_st* stream, view<const Word, 3, space::device> masks,
                view<box<std::int32_t>, 1, space::device> boxes);
template <class T>
void mask_iou(CUstream_st* stream, view<const std::uint64_t, 3, space::device> a,
              view<const std::uint64_t, 3, space::device> b, view<T, 2, space::device> iou,
              view<std::byte, 1, space::device> workspace);
}  // namespace gpu

/// Refuses packed masks (N, H, words) that check_images() refuses, and sides of 2^20 or more.
template <class T, space Space>
void check_masks(std::string_view operation, std::string_view argument,
                 const view<T, 3, Space>& masks) {
  view<T, 4, Space> image;
  image.data = masks.data;
  image.extent = {masks.extent[0], masks.extent[1], masks.extent[2], 1};
  image.stride = {masks.stride[0], masks.stride[1], masks.stride[2], 1};
  check_images(operation, argument, image);
  constexpr std::int64_t kSide = std::int64_t{1} << 20;
  const std::int64_t columns = sizeof(T) == 8 ? kMaskBits : 1;
  if (masks.extent[1] >= kSide || masks.extent[2] > kSide / columns) {
    refuse(operation, argument, "sides below 2^20 pixels", shape_text(masks.extent));
  }
}

/// Refuses pixels (N, H, W) and masks that are not of one shape.
template <class P, class M, space Space>
void check_packing(std::string_view operation, const view<P, 3, Space>& pixels,
                   const view<M, 3, Space>& masks) {
  static_assert(sizeof(P) == 1, "pixels are uint8_t or bool");
  check_masks(operation, "pixels", pixels);
  check_masks(operation, "masks", masks);
  const std::array<std::int64_t, 3> wanted{pixels.extent[0], pixels.extent[1],
                                           mask_words(pixels.extent[2])};
  if (masks.extent != wanted) {
    refuse(operation, "masks", "shape " + shape_text(wanted), shape_text(masks.extent));
  }
}

template <class T, space Space>
void check_mask_iou(const view<const std::uint64_t, 3, Space>& a,
                    const view<const std::uint64_t, 3, Space>& b, const view<T, 2, Space>& iou) {
  static_assert(std::is_same_v<T, float> || std::is_same_v<T, double>);
  check_masks("mask_iou", "a", a);
  check_masks("mask_iou", "b", b);
  if (a.extent[1] != b.extent[1] || a.extent[2] != b.extent[2]) {
    refuse("mask_iou", "b", "masks as large as a's, " + shape_text(a.extent), shape_text(b.extent));
  }
  const std::array<std::int64_t, 2> wanted{a.extent[0], b.extent[0]};
  check_array("mask_iou", "iou", iou, wanted);
  if (wanted[1] > 1 && iou.stride[1] != 1) {
    refuse("mask_iou", "iou", "adjacent elements in a row", "strides " + shape_text(iou.stride));
  }
}

/// Pixels as bytes, which a bool is too.
template <class P, space Space>
auto mask_pixels_as_bytes(const view<P, 3, Space>& pixels) {
  using byte = std::conditional_t<std::is_const_v<P>, const std::uint8_t, std::uint8_t>;
  return view<byte, 3, Space>{reinterpret_cast<byte*>(pixels.data), pixels.extent, pixels.stride};
}

// The same on the GPU, queued on exec's stream. Errors: as on the CPU; cuda_error; kernels::error
// without CUDA.

template <class P>
void pack_masks([[maybe_unused]] on_gpu exec, const view<P, 3, space::device>& pixels,
                const view<std::uint64_t, 3, space::device>& masks) {
  check_packing("pack_masks", pixels, masks);
#if KERNELS_HAS_CUDA
  gpu::pack_masks<std::uint64_t>(exec.stream, mask_pixels_as_bytes(pixels), masks);
#else
  refuse_without_cuda("pack_masks");
#endif
}

inline void unpack_masks([[maybe_unused]] on_gpu exec,
                         const view<const std::uint64_t, 3, space::device>& masks,
                         const view<std::uint8_t, 3, space::device>& pixels,
                         [[maybe_unused]] std::uint8_t value = 1) {
  check_packing("unpack_masks", pixels, masks);
#if KERNELS_HAS_CUDA
  gpu::unpack_masks<std::uint64_t>(exec.stream, masks, pixels, value);
#else
  refuse_without_cuda("unpack_masks");
#endif
}

inline void mask_areas([[maybe_unused]] on_gpu exec,
                       const view<const std::uint64_t, 3, space::device>& masks,
                       const view<std::int64_t, 1, space::device>& areas) {
  check_masks("mask_areas", "masks", masks);
  check_array("mask_areas", "areas", areas, {masks.extent[0]});
#if KERNELS_HAS_CUDA
  gpu::mask_areas<std::uint64_t>(exec.stream, masks, areas);
#else
  refuse_without_cuda("mask_areas");
#endif
}

inline void mask_boxes([[maybe_unused]] on_gpu exec,
                       const view<const std::uint64_t, 3, space::device>& masks,
                       const view<box<std::int32_t>, 1, space::device>& boxes) {
  check_masks("mask_boxes", "masks", masks);
  check_array("mask_boxes", "boxes", boxes, {masks.extent[0]});
#if KERNELS_HAS_CUDA
  gpu::mask_boxes<std::uint64_t>(exec.stream, masks, boxes);
#else
  refuse_without_cuda("mask_boxes");
#endif
}

/// Scratch that mask_iou needs on the GPU for n × m masks: their areas and boxes.
struct mask_iou_pieces {
  math::mask_facts *a, *b;
};
inline mask_iou_pieces mask_iou_layout(workspace_carver& carver, std::int64_t n, std::int64_t m) {
  return {carver.take<math::mask_facts>(n), carver.take<math::mask_facts>(m)};
}
inline std::int64_t mask_iou_workspace_bytes(on_gpu /*exec*/, std::int64_t n, std::int64_t m) {
  workspace_carver counter;
  static_cast<void>(mask_iou_layout(counter, n, m));
  return counter.bytes();
}

/// workspace: mask_iou_workspace_bytes(exec, N, M) bytes, aligned to 256.
template <class T>
void mask_iou([[maybe_unused]] on_gpu exec, const view<const std::uint64_t, 3, space::device>& a,
              const view<const std::uint64_t, 3, space::device>& b,
              const view<T, 2, space::device>& iou,
              [[maybe_unused]] const view<std::byte, 1, space::device>& workspace) {
  check_mask_iou(a, b, iou);
#if KERNELS_HAS_CUDA
  gpu::mask_iou<T>(exec.stream, a, b, iou, workspace);
#else
  refuse_without_cuda("mask_iou");
#endif
}

}  // namespace kernels::inline KERNELS_ABI
