// e2p: perspective views out of equirectangular (360°) frames, N frames × V views in one call.
//
//   const auto rig = kernels::ring(8, {.width = 1920, .height = 1080, .hfov = 90});
//   const auto plan = kernels::make_e2p_plan(kernels::on_cpu(), rig, {7680, 3840});
//   kernels::e2p(kernels::on_cpu(), frames, views, plan);
//
// Formula: output pixel (i, j) looks along d = R·((i+½−cx)/fx, (j+½−cy)/fy, 1); the source column
// is (atan2(X, Z)/2π + ½)·W − ½, the row (atan2(Y, hypot(X, Z))/π + ½)·H − ½. Columns wrap; a row
// beyond a pole is the mirrored row, half a turn away, for every tap.
// Accuracy: coordinates within 1e-3 pixel of that formula for W up to 16,384, at least 1e-7 radian
// from a pole; bilinear values within 1 level of the double-precision ones.
// Class: exact. Same bytes on CPU and GPU, in any batch, with any number of threads.
#pragma once

#include <kernels/cpu/e2p.hpp>
#include <kernels/e2p_gpu.hpp>
#include <kernels/e2p_plan.hpp>

namespace kernels::inline KERNELS_ABI {

#if defined(KERNELS_WITH_CUDA)
namespace gpu {
extern template void e2p<std::uint8_t>(CUstream_st*, view<const std::uint8_t, 4, space::device>,
                                       std::span<const view<std::uint8_t, 4, space::device>>,
                                       const e2p_plan&, const e2p_options&);
}  // namespace gpu
#endif

/// Plan with coordinates cached for the CPU (8 bytes an output pixel; computed in parallel). Worth
/// it from the second call on. Errors: as e2p_plan, and out_of_memory.
inline e2p_plan make_e2p_plan(on_cpu exec, std::span<const pinhole> rig, image_size source) {
  e2p_plan plan(rig, source);
  try {
    plan.maps_ = cpu::make_e2p_maps(exec, plan.views(), plan.source());
  } catch (const std::bad_alloc&) {
    throw out_of_memory(
        "e2p_plan: out of memory for cached coordinates, 8 bytes an output pixel; "
        "use e2p_plan(rig, size), which caches none");
  }
  return plan;
}

/// Samples every view of the plan out of every frame.
///   frames   (N, H, W, C) u8, C = 1, 3 or 4; rows and frames may be padded, pixels not.
///   outputs  one (N, h, w, C) for each view of the plan; must not overlap frames or each other.
/// N = 0 and V = 0 do nothing. Ties of nearest go right and down. On the CPU it returns when done.
/// Cost: 4 taps a pixel (1 for nearest); memory traffic is the limit.
/// Errors: kernels::error for shapes, strides, channels or null pointers that do not fit, before
/// anything is written.
inline void e2p(on_cpu exec, const view<const std::uint8_t, 4>& frames,
                std::span<const view<std::uint8_t, 4>> outputs, const e2p_plan& plan,
                const e2p_options& options = {}) {
  check_e2p<std::uint8_t, space::host>(frames, outputs, plan);
  if (frames.size() == 0 || outputs.empty()) return;
  switch (frames.extent[3]) {
    case 1:
      return cpu::e2p<1>(exec, frames, outputs, plan, options);
    case 3:
      return cpu::e2p<3>(exec, frames, outputs, plan, options);
    default:
      return cpu::e2p<4>(exec, frames, outputs, plan, options);
  }
}

}  // namespace kernels::inline KERNELS_ABI
