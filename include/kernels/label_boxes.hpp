// label_boxes: how many pixels of each label lie inside each box, and how many there are at all, in
// one pass over a label map (what a segmenter or a mask tracker gives: a number a pixel).
//
//   label_boxes(on_cpu(), map, boxes, counts, areas);
//   counts[b][l]   pixels of label l inside boxes[b]
//   areas[l]       pixels of label l
//
// Class: exact (integers).
#pragma once

#include <kernels/cpu/label_boxes.hpp>
#include <kernels/label_boxes_gpu.hpp>

namespace kernels::inline KERNELS_ABI {

#if defined(KERNELS_WITH_CUDA)
namespace gpu {
#define KERNELS_DECLARE_LABEL_BOXES(Label)                                                   \
  extern template void label_boxes<Label>(CUstream_st*, view<const Label, 2, space::device>, \
                                          view<const box<std::int32_t>, 1, space::device>,   \
                                          view<std::int32_t, 2, space::device>,              \
                                          view<std::int32_t, 1, space::device>)
KERNELS_DECLARE_LABEL_BOXES(std::uint8_t);
KERNELS_DECLARE_LABEL_BOXES(std::uint16_t);
KERNELS_DECLARE_LABEL_BOXES(std::int32_t);
#undef KERNELS_DECLARE_LABEL_BOXES
}  // namespace gpu
#endif

/// Counts labels 0 … L−1 of a map (H, W) of uint8_t, uint16_t or int32_t, rows padded or not; other
/// numbers are not counted. boxes: B boxes of whole pixels, [left, right) × [top, bottom), cut to
/// the map; an empty or inside-out box counts nothing. counts: (B, L). areas: L counts over the
/// whole map, or an empty view: then rows and columns outside all boxes are not read.
/// Cost: one step for each run of one label in a row and for each 64 columns, whatever B; and
/// bands · labels · boxes (a band lies between two edges of boxes, so there are at most 2B + 1).
/// Scratch: at most 64 MiB (boxes that need more are counted some at a time, each time in another
/// pass over their part of the map), but at least six numbers a label.
/// Errors: kernels::error for views that do not fit, 2^31 pixels or more.
template <class Label>
void label_boxes(on_cpu exec, const view<Label, 2>& labels,
                 const view<const box<std::int32_t>, 1>& boxes, const view<std::int32_t, 2>& counts,
                 const view<std::int32_t, 1>& areas, label_boxes_scratch& scratch) {
  const view<const Label, 2> map = labels;
  check_label_boxes(map, boxes, counts, areas);
  cpu::label_boxes(exec, map, {}, boxes, counts, areas, scratch);
}
template <class Label>
void label_boxes(on_cpu exec, const view<Label, 2>& labels,
                 const view<const box<std::int32_t>, 1>& boxes, const view<std::int32_t, 2>& counts,
                 const view<std::int32_t, 1>& areas = {}) {
  label_boxes_scratch scratch;
  label_boxes(exec, labels, boxes, counts, areas, scratch);
}

}  // namespace kernels::inline KERNELS_ABI
