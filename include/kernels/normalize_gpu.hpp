// normalize's checks and its front door to the GPU, the same in C++ (normalize.hpp, compiled
// kernels from kernels::cuda) and in CUDA code (normalize.cuh, which brings the kernels).
#pragma once

#include <kernels/core/arrays.hpp>
#include <kernels/core/exec.hpp>
#include <kernels/math/normalize.hpp>

namespace kernels::inline KERNELS_ABI {

namespace gpu {
/// The launcher for rows of In to rows of Out, defined in cuda/kernels/normalize.cuh. kernels::cuda
/// holds those between float, half and bfloat16.
template <class In, class Out>
struct normalize_launchers {
  static void run(CUstream_st* stream, const view<const In, 2, space::device>& rows,
                  const view<Out, 2, space::device>& out,
                  const view<row_state, 1, space::device>& states);
};
}  // namespace gpu

/// Refuses arrays that check_array() refuses, another shape than that of rows, and out at the place
/// of rows with other strides or another type.
template <class In, class Out, space Space>
void check_normalize(const view<const In, 2, Space>& rows, const view<Out, 2, Space>& out,
                     const view<row_state, 1, Space>& states) {
  check_array("normalize", "rows", rows);
  check_array("normalize", "out", out, rows.extent);
  if (states.data != nullptr || states.extent[0] != 0) {
    check_array("normalize", "states", states, {rows.extent[0]});
  }
  if (rows.size() != 0 &&
      static_cast<const void*>(rows.data) == static_cast<const void*>(out.data) &&
      (!std::is_same_v<In, Out> || rows.stride != out.stride)) {
    refuse("normalize", "out", "memory of its own, or the very view of rows",
           "the memory of rows with other strides or another type");
  }
}

/// The same on the GPU, queued on exec's stream. Needs no workspace; usable in a graph.
/// Errors: as above; cuda_error; kernels::error without CUDA.
template <class In, class Out>
void normalize([[maybe_unused]] on_gpu exec, const view<const In, 2, space::device>& rows,
               const view<Out, 2, space::device>& out,
               const view<row_state, 1, space::device>& states = {}) {
  static_assert(gpu_has_type<In, float, half, bfloat16> && gpu_has_type<Out, float, half, bfloat16>,
                "normalize on the GPU from a .cpp takes float, half or bfloat16; for another type "
                "include <kernels/normalize.cuh> in a .cu");
  check_normalize<In, Out>(rows, out, states);
#if KERNELS_HAS_CUDA
  gpu::normalize_launchers<In, Out>::run(exec.stream, rows, out, states);
#else
  refuse_without_cuda("normalize");
#endif
}

}  // namespace kernels::inline KERNELS_ABI
