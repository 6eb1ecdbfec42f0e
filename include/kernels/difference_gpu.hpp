// difference's checks and its front door to the GPU, the same in C++ (difference.hpp, compiled
// kernels from kernels::cuda) and in CUDA code (difference.cuh, which brings the kernels).
#pragma once

#include <kernels/core/buffer.hpp>
#include <kernels/math/difference.hpp>

#include <cstddef>

namespace kernels::inline KERNELS_ABI {

namespace gpu {
/// Defined in cuda/kernels/difference.cuh.
template <class T>
std::int64_t difference_workspace_bytes(const view<const T, 4, space::device>& a);
template <class T>
void difference(CUstream_st* stream, view<const T, 4, space::device> a,
                view<const T, 4, space::device> b, image_difference* result,
                view<std::byte, 1, space::device> workspace);
}  // namespace gpu

/// Refuses image batches that check_images() refuses or whose shapes differ.
template <class T, space Space>
void check_difference(const view<const T, 4, Space>& a, const view<const T, 4, Space>& b) {
  check_images("difference", "a", a);
  check_images("difference", "b", b);
  if (a.extent != b.extent) {
    refuse("difference", "b", "the shape of a, " + shape_text(a.extent), shape_text(b.extent));
  }
}

/// Scratch that the GPU form needs, in bytes.
inline std::int64_t difference_workspace_bytes(
    [[maybe_unused]] on_gpu exec,
    [[maybe_unused]] const view<const std::uint8_t, 4, space::device>& a) {
#if KERNELS_HAS_CUDA
  return gpu::difference_workspace_bytes<std::uint8_t>(a);
#else
  refuse_without_cuda("difference");
#endif
}

/// The same on the GPU, queued on exec's stream: *result is device memory and holds the answer when
/// the stream gets there. workspace: difference_workspace_bytes() bytes, aligned to 256.
/// Errors: as above; a workspace that is too small; cuda_error; kernels::error without CUDA.
inline void difference([[maybe_unused]] on_gpu exec,
                       const view<const std::uint8_t, 4, space::device>& a,
                       const view<const std::uint8_t, 4, space::device>& b,
                       [[maybe_unused]] view<image_difference, 1, space::device> result,
                       [[maybe_unused]] view<std::byte, 1, space::device> workspace) {
#if KERNELS_HAS_CUDA
  if (result.data == nullptr || result.extent[0] < 1) {
    refuse("difference", "result", "room for one result", shape_text(result.extent));
  }
  gpu::difference<std::uint8_t>(exec.stream, a, b, result.data, workspace);
#else
  check_difference(a, b);
  refuse_without_cuda("difference");
#endif
}

/// The GPU form for occasional use: allocates its scratch, waits for the stream, returns the
/// answer.
inline image_difference difference(on_gpu exec, const view<const std::uint8_t, 4, space::device>& a,
                                   const view<const std::uint8_t, 4, space::device>& b) {
  check_difference(a, b);
  buffer<std::byte, memory::device> scratch(difference_workspace_bytes(exec, a));
  buffer<image_difference, memory::device> result(1);
  difference(exec, a, b, result.as({1}), scratch.as({scratch.size()}));
  image_difference answer;
  copy(result.as({1}), packed(&answer, {1}), exec);
#if KERNELS_HAS_CUDA
  check_cuda(cudaStreamSynchronize(exec.stream), "difference");
#endif
  return answer;
}

}  // namespace kernels::inline KERNELS_ABI
