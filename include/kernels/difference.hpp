// difference: do two image batches hold the same bytes, and if not, how far apart are they and
// where does it begin? The question behind "the fast version gives what the slow one gave".
//
//   const auto d = kernels::difference(kernels::on_cpu(), a, b);
//   if (d.different != 0) …  // d.first, d.largest, d.total
//
// Class: exact. Same answer on CPU and GPU, with any number of threads.
#pragma once

#include <kernels/cpu/difference.hpp>
#include <kernels/difference_gpu.hpp>

namespace kernels::inline KERNELS_ABI {

#if defined(KERNELS_WITH_CUDA)
namespace gpu {
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

}  // namespace kernels::inline KERNELS_ABI
