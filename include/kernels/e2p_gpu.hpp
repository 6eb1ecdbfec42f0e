// e2p's front door to the GPU, the same in C++ (e2p.hpp, compiled kernels from kernels::cuda) and
// in CUDA code (e2p.cuh, which brings the kernels).
#pragma once

#include <kernels/e2p_plan.hpp>

namespace kernels::inline KERNELS_ABI {

namespace gpu {
/// Defined in cuda/kernels/e2p.cuh.
template <class T>
void e2p(CUstream_st* stream, view<const T, 4, space::device> frames,
         std::span<const view<T, 4, space::device>> outputs, const e2p_plan& plan,
         const e2p_options& options);
}  // namespace gpu

/// Plan for the GPU, which computes coordinates in registers: holds some 100 bytes a view.
inline e2p_plan make_e2p_plan(on_gpu /*exec*/, std::span<const pinhole> rig, image_size source) {
  return {rig, source};
}

/// e2p on device memory: queued on exec's stream, nothing is allocated, may be captured in a graph.
/// The plan may be gone before the work is done. Shapes and results: as on the CPU (e2p.hpp).
/// Errors: as on the CPU; host pointers; cuda_error; kernels::error in a build without CUDA.
inline void e2p([[maybe_unused]] on_gpu exec,
                const view<const std::uint8_t, 4, space::device>& frames,
                std::span<const view<std::uint8_t, 4, space::device>> outputs, const e2p_plan& plan,
                [[maybe_unused]] const e2p_options& options = {}) {
#if KERNELS_HAS_CUDA
  gpu::e2p<std::uint8_t>(exec.stream, frames, outputs, plan, options);
#else
  check_e2p<std::uint8_t, space::device>(frames, outputs, plan);
  refuse_without_cuda("e2p");
#endif
}

/// Views of one size, in one array (N, V, h, w, C), on either side.
template <space Space, class Exec>
void e2p(Exec exec, const std::type_identity_t<view<const std::uint8_t, 4, Space>>& frames,
         const view<std::uint8_t, 5, Space>& outputs, const e2p_plan& plan,
         const e2p_options& options = {}) {
  const auto split = split_views(outputs, plan);
  e2p(exec, frames, std::span<const view<std::uint8_t, 4, Space>>(split), plan, options);
}

}  // namespace kernels::inline KERNELS_ABI
