// nms's checks and its front door to the GPU, the same in C++ (nms.hpp, compiled kernels from
// kernels::cuda) and in CUDA code (nms.cuh, which brings the kernels).
#pragma once

#include <kernels/core/arrays.hpp>
#include <kernels/core/buffer.hpp>
#include <kernels/math/nms.hpp>

#include <cstddef>

namespace kernels::inline KERNELS_ABI {

/// What nms() reads and writes. Strides are honoured.
template <class T, space Space = space::host>
struct nms_arguments {
  view<const box<T>, 1, Space> boxes;   ///< n boxes of all groups, one group after the other
  view<const T, 1, Space> scores;       ///< n; scores outside [0, 1] are as good as others
  view<std::int32_t, 1, Space> kept;    ///< n; written
  view<std::int32_t, 1, Space> counts;  ///< one a group; written
  view<const std::int32_t, 1, Space> offsets{};  ///< G + 1 ascending from 0 to n; none: one group
  view<const std::int32_t, 1, Space> classes{};  ///< n; none: boxes of all classes compete
};

/// Refuses what nms() does not take. Offsets are looked at only where they are in host memory.
template <class T, space Space>
void check_nms(const nms_arguments<T, Space>& a, const nms_options& options) {
  static_assert(std::is_same_v<T, float> || std::is_same_v<T, double>,
                "nms takes boxes of float and double; for others include <kernels/nms.cuh>");
  const std::int64_t n = a.boxes.extent[0];
  const auto check = [](std::string_view argument, const auto& v, std::int64_t size) {
    check_array("nms", argument, v, {size});
  };
  if (n < 0 || n > std::numeric_limits<std::int32_t>::max()) {
    refuse("nms", "boxes", "0 to 2^31 - 1 boxes", std::to_string(n));
  }
  check("boxes", a.boxes, n);
  check("scores", a.scores, n);
  check("kept", a.kept, n);
  if (a.classes.data != nullptr || a.classes.extent[0] != 0) check("classes", a.classes, n);
  if (a.offsets.extent[0] == 0) {
    check("counts", a.counts, 1);
  } else {
    check("offsets", a.offsets, a.offsets.extent[0]);
    check("counts", a.counts, a.offsets.extent[0] - 1);
  }
  if (!(options.iou_threshold >= 0 && options.iou_threshold <= 1)) {
    refuse("nms", "iou_threshold", "0 to 1", number_text(options.iou_threshold));
  }
  if (!(options.score_threshold == options.score_threshold)) {
    refuse("nms", "score_threshold", "a number", number_text(options.score_threshold));
  }
  if (options.max_kept < 0) {
    refuse("nms", "max_kept", "0 (no limit) or more", std::to_string(options.max_kept));
  }
  if (options.largest_group < 0) {
    refuse("nms", "largest_group", "0 (all boxes) or more", std::to_string(options.largest_group));
  }
  if constexpr (Space == space::host) {
    if (a.offsets.extent[0] == 0) return;
    const std::int64_t groups = check_offsets("nms", "offsets", a.offsets, n);
    const std::int64_t last = a.offsets.data[groups * a.offsets.stride[0]];
    if (last != n) {
      refuse("nms", "offsets", "a last entry of " + std::to_string(n), std::to_string(last));
    }
  }
}

namespace gpu {
/// Defined in cuda/kernels/nms.cuh.
template <class T>
std::int64_t nms_workspace_bytes(const nms_arguments<T, space::device>& arguments,
                                 const nms_options& options);
template <class T>
void nms(CUstream_st* stream, const nms_arguments<T, space::device>& arguments,
         const nms_options& options, view<std::byte, 1, space::device> workspace);
}  // namespace gpu

/// Scratch that the GPU form needs, in bytes: about 60 a box, and for each group a bit mask of
/// min(largest_group, 2048)² bits. Looks at extents and options only.
template <class T>
std::int64_t nms_workspace_bytes([[maybe_unused]] on_gpu exec,
                                 const nms_arguments<T, space::device>& arguments,
                                 const nms_options& options = {}) {
  check_nms(arguments, options);
#if KERNELS_HAS_CUDA
  return gpu::nms_workspace_bytes<T>(arguments, options);
#else
  refuse_without_cuda("nms");
#endif
}

/// nms on device memory: queued on exec's stream, nothing is allocated, no result goes through the
/// host, may be captured in a graph. Results: as on the CPU (nms.hpp), and besides:
/// - offsets are in device memory and so not checked: they are cut to 0 … n, and a group of more
///   boxes than options.largest_group gets a count of −1 and nothing kept;
/// - workspace: nms_workspace_bytes() bytes, aligned to 256.
/// Errors: as on the CPU but for offsets; a workspace that is too small; host pointers; too many
/// groups for a launch; cuda_error; kernels::error without CUDA.
template <class T>
void nms([[maybe_unused]] on_gpu exec, const nms_arguments<T, space::device>& arguments,
         const nms_options& options, [[maybe_unused]] view<std::byte, 1, space::device> workspace) {
  check_nms(arguments, options);
#if KERNELS_HAS_CUDA
  gpu::nms<T>(exec.stream, arguments, options, workspace);
#else
  refuse_without_cuda("nms");
#endif
}

/// The GPU form for occasional use: allocates its scratch and waits for the stream.
template <class T>
void nms(on_gpu exec, const nms_arguments<T, space::device>& arguments,
         const nms_options& options = {}) {
  buffer<std::byte, memory::device> scratch(nms_workspace_bytes(exec, arguments, options));
  nms(exec, arguments, options, scratch.as({scratch.size()}));
#if KERNELS_HAS_CUDA
  check_cuda(cudaStreamSynchronize(exec.stream), "nms");
#endif
}

}  // namespace kernels::inline KERNELS_ABI
