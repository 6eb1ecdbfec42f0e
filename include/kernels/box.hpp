// box: boxes from and to the formats that detectors and data sets write, and from the pixels of one
// image to those of another.
//
//   kernels::convert_boxes<float>(kernels::on_cpu(), network_output, kernels::box_format::cxcywh,
//                                 boxes);
//   kernels::move_boxes<float>(exec, boxes, boxes, {.scale_x = 3, .scale_y = 3, .clip_width = 1920,
//                                                   .clip_height = 1080});
//
// The type is box<T> (left, top, right, bottom), T float or double; its formulas for one box are in
// math/box.hpp. Class: exact.
#pragma once

#include <kernels/box_gpu.hpp>
#include <kernels/cpu/box.hpp>

namespace kernels::inline KERNELS_ABI {

#if defined(KERNELS_WITH_CUDA)
extern template struct gpu::box_launchers<float>;
extern template struct gpu::box_launchers<double>;
#endif

/// out[k] = the box whose four numbers in[k, 0 … 3] are in the given format. in is (N, 4), with any
/// strides: transposed (4, N) network outputs are a view with strides (1, N). Nothing is put in
/// order: a negative width gives a box that is inside out. What is not finite stays so.
/// in and out may be the same memory if the view of `in` is packed.
/// Errors: kernels::error for shapes, strides or null pointers that do not fit.
template <class T>
void convert_boxes(on_cpu exec, const std::type_identity_t<view<const T, 2>>& in, box_format from,
                   const view<box<T>, 1>& out) {
  check_convert_boxes(in, from, out, "in", "out");
  cpu::convert_boxes<T>(exec, in, from, out);
}

/// out[k, 0 … 3] = in[k] in the given format; xyah of a box of height 0 has an infinite or NaN
/// ratio.
template <class T>
void convert_boxes(on_cpu exec, const boxes_view<T>& in, box_format to, const view<T, 2>& out) {
  check_convert_boxes(out, to, in, "out", "in");
  cpu::convert_boxes<T>(exec, in, to, out);
}

/// out[k] = in[k] scaled, shifted and clipped: x·scale_x + shift_x (one rounding), likewise y, then
/// corners are moved into 0 … clip_width by 0 … clip_height where these are not 0. A box outside
/// gets a side of 0; NaN corners stay. in and out may be the same.
/// Errors: as above; a clip size that is negative or NaN.
template <class T>
void move_boxes(on_cpu exec, const boxes_view<T>& in, const view<box<T>, 1>& out,
                const box_move& options) {
  check_move_boxes<T>(in, out, options);
  cpu::move_boxes<T>(exec, in, out, options);
}

}  // namespace kernels::inline KERNELS_ABI
