// difference: do two image batches hold the same bytes, and if not, how far apart are they and
// where does it begin? The question behind "the fast version gives what the slow one gave".
//
//   const auto d = kernels::difference(kernels::on_cpu(), a, b);
//   if (d.different != 0) …  // d.first, d.largest, d.total
//
// Class: exact. Same answer on CPU and GPU, with any number of threads.
#pragma once

#include <kernels/core/buffer.hpp>
#include <kernels/core/workspace.hpp>
#include <kernels/cpu/difference.hpp>
#include <kernels/difference_checks.hpp>

namespace kernels::inline KERNELS_ABI {

#if KERNELS_HAS_CUDA
namespace gpu {
// compiled in kernels::cuda from cuda/kernels/difference.cuh
template <class T>
std::int64_t difference_workspace_bytes(const view<const T, 4, space::device>& a);
template <class T>
void difference(CUstream_st* stream, view<const T, 4, space::device> a,
                view<const T, 4, space::device> b, image_difference* result,
                view<std::byte, 1, space::device> workspace);
extern template std::int64_t difference_workspace_bytes<std::uint8_t>(
    const view<const std::uint8_t, 4, space::device>&);
extern template void difference<std::uint8_t>(CUstream_st*,
                                              view<const std::uint8_t, 4, space::device>,
                                              view<const std::uint8_t, 4, space::device>,
                                              image_difference*, view<std::byte, 1, space::device>);
}  // namespace gpu
#endif

/// Compares two batches (N, H, W, C) of one shape, rows and images padded or not. Empty batches
/// are equal. Cost: one pass over both.
/// Errors: kernels::error for shapes that differ, strides or null pointers that do not fit.
inline image_difference difference(on_cpu exec, const view<const std::uint8_t, 4>& a,
                                   const view<const std::uint8_t, 4>& b) {
  check_difference(a, b);
  if (a.size() == 0) return {};
  return cpu::difference(exec, a, b);
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
