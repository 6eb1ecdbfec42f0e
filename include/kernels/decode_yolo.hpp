// decode_yolo: from the raw output of a YOLOv8-style head to boxes, scores and classes above a
// threshold, in the coordinates of the picture, in one pass. nms() comes next.
//
//   kernels::decode_yolo(kernels::on_cpu(),
//                        kernels::decode_yolo_arguments<float>{.head = head, …, .letterboxes = l});
//
// Class: exact. Same bytes on CPU and GPU, with any number of threads and any instruction set.
#pragma once

#include <kernels/cpu/decode_yolo.hpp>
#include <kernels/decode_yolo_gpu.hpp>
#include <kernels/letterbox.hpp>

#include <vector>

namespace kernels::inline KERNELS_ABI {

#if defined(KERNELS_WITH_CUDA)
namespace gpu {
extern template std::int64_t decode_yolo_workspace_bytes<float>(
    const decode_yolo_arguments<float, space::device>&);
extern template void decode_yolo<float>(CUstream_st*,
                                        const decode_yolo_arguments<float, space::device>&,
                                        const decode_yolo_options&,
                                        view<std::byte, 1, space::device>);
}  // namespace gpu
#endif

/// For each picture, anchors in ascending order whose best score is above the threshold:
///
///   class, score   the highest score of the C classes and its class, ties the lowest; NaN is no
///                  score
///   box            (cx, cy, w, h) in pixels of the network's input, taken back through the
///                  picture's letterbox and, if options.clip, cut off at its edges; without a
///                  letterbox it stays in the input's pixels and is not cut. NaN stays NaN.
///   anchors        which anchor it was (for the mask coefficients or key points beside it)
///
/// counts has the true number, which may be above the capacity: then the first `capacity` are
/// there. Places from there on are not written.
/// Cost: one pass over the head, which memory limits.
/// Errors: shapes that do not fit, null pointers, a threshold that is NaN.
inline void decode_yolo(on_cpu exec, const decode_yolo_arguments<float>& arguments,
                        const decode_yolo_options& options = {}) {
  check_decode_yolo(arguments, options);
  if (arguments.head.extent[0] == 0) return;
  cpu::decode_yolo(exec, arguments, options);
}

/// The detections of one picture.
struct yolo_detections {
  std::vector<box<float>> boxes;
  std::vector<float> scores;
  std::vector<std::int32_t> classes, anchors;
};

/// One picture, head (4 + C, A), as many detections as there are.
inline yolo_detections decode_yolo(on_cpu exec, const view<const float, 2>& head,
                                   const letterbox& l, const decode_yolo_options& options = {}) {
  std::int64_t room = 256;
  for (;;) {
    yolo_detections d;
    const auto size = static_cast<std::size_t>(room);
    d.boxes.resize(size);
    d.scores.resize(size);
    d.classes.resize(size);
    d.anchors.resize(size);
    std::int32_t count = 0;
    decode_yolo(exec,
                {.head = {head.data,
                          {1, head.extent[0], head.extent[1]},
                          {0, head.stride[0], head.stride[1]}},
                 .boxes = packed(d.boxes.data(), {1, room}),
                 .scores = packed(d.scores.data(), {1, room}),
                 .classes = packed(d.classes.data(), {1, room}),
                 .counts = packed(&count, {1}),
                 .letterboxes = packed(&l, {1}),
                 .anchors = packed(d.anchors.data(), {1, room})},
                options);
    const auto found = static_cast<std::size_t>(count);
    if (found <= size) {
      d.boxes.resize(found);
      d.scores.resize(found);
      d.classes.resize(found);
      d.anchors.resize(found);
      return d;
    }
    room = count;
  }
}

}  // namespace kernels::inline KERNELS_ABI
