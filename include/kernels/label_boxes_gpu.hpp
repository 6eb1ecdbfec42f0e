// label_boxes' checks and its front door to the GPU, the same in C++ (label_boxes.hpp, compiled
// kernels from kernels::cuda) and in CUDA code (label_boxes.cuh, which brings the kernels).
#pragma once

#include <kernels/core/exec.hpp>
#include <kernels/core/view.hpp>
#include <kernels/math/label_boxes.hpp>

namespace kernels::inline KERNELS_ABI {

namespace gpu {
/// Defined in cuda/kernels/label_boxes.cuh.
template <class Label>
void label_boxes(CUstream_st* stream, view<const Label, 2, space::device> labels,
                 view<const box<std::int32_t>, 1, space::device> boxes,
                 view<std::int32_t, 2, space::device> counts,
                 view<std::int32_t, 1, space::device> areas);
}  // namespace gpu

/// Types of the numbers of a label map.
template <class T>
inline constexpr bool is_label =
    std::is_same_v<T, std::uint8_t> || std::is_same_v<T, std::uint16_t> ||
    std::is_same_v<T, std::int32_t>;

/// Refuses what label_boxes() documents as errors.
template <class Label, space Space>
void check_label_boxes(const view<const Label, 2, Space>& labels,
                       const view<const box<std::int32_t>, 1, Space>& boxes,
                       const view<std::int32_t, 2, Space>& counts,
                       const view<std::int32_t, 1, Space>& areas) {
  static_assert(is_label<Label>, "a label map holds uint8_t, uint16_t or int32_t");
  constexpr auto kName = "label_boxes";
  const auto as_image = [](const auto& v) {
    view<std::remove_pointer_t<decltype(v.data)>, 4, Space> image;
    image.data = v.data;
    image.extent = {1, v.extent[0], v.extent[1], 1};
    image.stride = {0, v.stride[0], v.stride[1], 1};
    return image;
  };
  check_images(kName, "labels", as_image(labels));
  constexpr std::int64_t kMost = 2147483647;
  if (labels.size() > kMost) {
    refuse(kName, "labels", "fewer than 2^31 pixels", shape_text(labels.extent));
  }
  if (labels.extent[0] > kMost || labels.extent[1] > kMost) {
    refuse(kName, "labels", "sides below 2^31", shape_text(labels.extent));
  }
  const auto check_list = [](std::string_view argument, const auto& list) {
    if (list.extent[0] < 0) refuse(kName, argument, "0 or more", shape_text(list.extent));
    if (list.extent[0] > 0 && list.data == nullptr) refuse(kName, argument, "a pointer", "null");
    if (list.extent[0] > 1 && list.stride[0] < 1) {
      refuse(kName, argument, "a stride of 1 or more", shape_text(list.stride));
    }
  };
  check_list("boxes", boxes);
  check_list("areas", areas);
  check_images(kName, "counts", as_image(counts));
  if (counts.extent[0] != boxes.extent[0]) {
    refuse(kName, "counts", "a row for each of " + std::to_string(boxes.extent[0]) + " boxes",
           shape_text(counts.extent));
  }
  if (counts.extent[1] > kMost) {
    refuse(kName, "counts", "fewer than 2^31 labels", shape_text(counts.extent));
  }
  if (areas.extent[0] != 0 && areas.extent[0] != counts.extent[1]) {
    refuse(kName, "areas",
           "as many as counts has columns (" + std::to_string(counts.extent[1]) + "), or none",
           shape_text(areas.extent));
  }
}

/// The same on the GPU, queued on exec's stream; needs no scratch.
template <class Label>
void label_boxes([[maybe_unused]] on_gpu exec, const view<Label, 2, space::device>& labels,
                 const view<const box<std::int32_t>, 1, space::device>& boxes,
                 const view<std::int32_t, 2, space::device>& counts,
                 const view<std::int32_t, 1, space::device>& areas = {}) {
  const view<const Label, 2, space::device> map = labels;
  check_label_boxes(map, boxes, counts, areas);
#if KERNELS_HAS_CUDA
  gpu::label_boxes<std::remove_const_t<Label>>(exec.stream, map, boxes, counts, areas);
#else
  refuse_without_cuda("label_boxes");
#endif
}

}  // namespace kernels::inline KERNELS_ABI
