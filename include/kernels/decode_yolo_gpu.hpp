// decode_yolo's checks and its front door to the GPU, the same in C++ (decode_yolo.hpp, compiled
// kernels from kernels::cuda) and in CUDA code (decode_yolo.cuh, which brings the kernels).
#pragma once

#include <kernels/core/arrays.hpp>
#include <kernels/core/buffer.hpp>
#include <kernels/math/decode_yolo.hpp>

#include <cstddef>

namespace kernels::inline KERNELS_ABI {

/// What decode_yolo() reads and writes: B pictures, C classes, A anchors, room for `capacity`
/// detections a picture. Strides are honoured, so a head stored as (B, A, 4 + C) is a view with
/// the last two exchanged.
template <class T, space Space = space::host>
struct decode_yolo_arguments {
  view<const T, 3, Space> head;          ///< (B, 4 + C, A): cx, cy, w, h in input pixels, C scores
  view<box<T>, 2, Space> boxes;          ///< (B, capacity); written
  view<T, 2, Space> scores;              ///< (B, capacity); written
  view<std::int32_t, 2, Space> classes;  ///< (B, capacity); written
  view<std::int32_t, 1, Space> counts;   ///< B; written, may be above capacity
  view<const letterbox, 1, Space> letterboxes{};  ///< one a picture, or one for all, or none
  view<std::int32_t, 2, Space> anchors{};         ///< (B, capacity), or none; written
};

/// Refuses what decode_yolo() does not take.
template <class T, space Space>
void check_decode_yolo(const decode_yolo_arguments<T, Space>& a,
                       const decode_yolo_options& options) {
  static_assert(std::is_same_v<T, float>,
                "decode_yolo takes heads of float; for others include <kernels/decode_yolo.cuh>");
  const auto refuse_shape = [](std::string_view argument, const std::string& wanted,
                               const auto& v) {
    refuse("decode_yolo", argument, wanted, shape_text(v.extent));
  };
  const auto check = [&](std::string_view argument, const auto& v, auto extent) {
    check_array("decode_yolo", argument, v, extent);
  };
  constexpr std::int64_t kMost = std::numeric_limits<std::int32_t>::max();
  const auto& e = a.head.extent;
  static_cast<void>(checked_size<T>("decode_yolo", "head", e));
  if (e[1] < 5 || e[1] > kMost || e[2] > kMost) {
    refuse_shape("head", "(pictures, 4 + classes, anchors), with a class, below 2^31", a.head);
  }
  check("head", a.head, e);
  const std::array<std::int64_t, 2> room = {e[0], a.boxes.extent[1]};
  check("boxes", a.boxes, room);
  check("scores", a.scores, room);
  check("classes", a.classes, room);
  check("counts", a.counts, std::array<std::int64_t, 1>{e[0]});
  if (a.anchors.data != nullptr || a.anchors.size() != 0) check("anchors", a.anchors, room);
  const std::int64_t boxes = a.letterboxes.extent[0];
  if (boxes != 0 && boxes != 1 && boxes != e[0]) {
    refuse_shape("letterboxes", "none, one, or " + std::to_string(e[0]), a.letterboxes);
  }
  check("letterboxes", a.letterboxes, std::array<std::int64_t, 1>{boxes});
  if (!(options.score_threshold == options.score_threshold)) {
    refuse("decode_yolo", "score_threshold", "a number", number_text(options.score_threshold));
  }
}

namespace gpu {
/// Defined in cuda/kernels/decode_yolo.cuh.
template <class T>
std::int64_t decode_yolo_workspace_bytes(const decode_yolo_arguments<T, space::device>& arguments);
template <class T>
void decode_yolo(CUstream_st* stream, const decode_yolo_arguments<T, space::device>& arguments,
                 const decode_yolo_options& options, view<std::byte, 1, space::device> workspace);
}  // namespace gpu

/// Scratch that the GPU form needs, in bytes: 8 an anchor of each picture, and a little.
inline std::int64_t decode_yolo_workspace_bytes(
    [[maybe_unused]] on_gpu exec, const decode_yolo_arguments<float, space::device>& arguments) {
  check_decode_yolo(arguments, {});
#if KERNELS_HAS_CUDA
  return gpu::decode_yolo_workspace_bytes<float>(arguments);
#else
  refuse_without_cuda("decode_yolo");
#endif
}

/// decode_yolo on device memory, letterboxes included: queued on exec's stream, nothing is
/// allocated, may be captured in a graph. Results: as on the CPU (decode_yolo.hpp). workspace:
/// decode_yolo_workspace_bytes() bytes, aligned to 256.
/// Errors: as on the CPU; a workspace that is too small; host pointers; cuda_error; kernels::error
/// without CUDA.
inline void decode_yolo([[maybe_unused]] on_gpu exec,
                        const decode_yolo_arguments<float, space::device>& arguments,
                        const decode_yolo_options& options,
                        [[maybe_unused]] view<std::byte, 1, space::device> workspace) {
  check_decode_yolo(arguments, options);
#if KERNELS_HAS_CUDA
  gpu::decode_yolo<float>(exec.stream, arguments, options, workspace);
#else
  refuse_without_cuda("decode_yolo");
#endif
}

/// The GPU form for occasional use: allocates its scratch and waits for the stream.
inline void decode_yolo(on_gpu exec, const decode_yolo_arguments<float, space::device>& arguments,
                        const decode_yolo_options& options = {}) {
  buffer<std::byte, memory::device> scratch(decode_yolo_workspace_bytes(exec, arguments));
  decode_yolo(exec, arguments, options, scratch.as({scratch.size()}));
#if KERNELS_HAS_CUDA
  check_cuda(cudaStreamSynchronize(exec.stream), "decode_yolo");
#endif
}

}  // namespace kernels::inline KERNELS_ABI
