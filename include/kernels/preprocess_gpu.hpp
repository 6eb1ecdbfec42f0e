// preprocess's checks and its front door to the GPU, the same in C++ (preprocess.hpp, compiled
// kernels from kernels::cuda) and in CUDA code (preprocess.cuh, which brings the kernels).
#pragma once

#include <kernels/core/buffer.hpp>
#include <kernels/math/preprocess.hpp>

#include <cmath>
#include <cstddef>

namespace kernels::inline KERNELS_ABI {

/// Refuses what preprocess() does not take.
template <class Out, space Space>
void check_preprocess(const view<const std::uint8_t, 4, Space>& frames,
                      const view<const preprocess_region, 1, Space>& regions,
                      const view<Out, 4, Space>& output, const preprocess_options& options) {
  static_assert(std::is_same_v<Out, float> || std::is_same_v<Out, half>,
                "preprocess writes float or kernels::half");
  check_images("preprocess", "frames", frames);
  const auto& e = frames.extent;
  const auto& o = output.extent;
  constexpr std::int64_t kMost = (std::int64_t{1} << 20) - 1;
  if (e[3] != 3 || e[1] > kMost || e[2] > kMost) {
    refuse("preprocess", "frames", "(N, H, W, 3), sides of at most 2^20 - 1", shape_text(e));
  }
  check_images("preprocess", "output",
               view<Out, 5, Space>{
                   output.data,
                   {o[0], o[1], o[2], o[3], 1},
                   {output.stride[0], output.stride[1], output.stride[2], output.stride[3], 1}});
  if (o[0] != regions.extent[0] || o[1] != 3 || o[2] > kMost || o[3] > kMost) {
    refuse(
        "preprocess", "output",
        "(" + std::to_string(regions.extent[0]) + " regions, 3, H, W), sides of at most 2^20 - 1",
        shape_text(o));
  }
  if (o[0] > 0 && regions.data == nullptr) {
    refuse("preprocess", "regions", "a pointer to " + std::to_string(o[0]) + " regions", "null");
  }
  for (int c = 0; c < 3; ++c) {
    if (!std::isfinite(options.mean[c])) {
      refuse("preprocess", "mean", "finite numbers", number_text(double{options.mean[c]}));
    }
    if (!std::isfinite(options.std[c]) || options.std[c] == 0) {
      refuse("preprocess", "std", "finite numbers, not 0", number_text(double{options.std[c]}));
    }
  }
}

/// The normalisation of options, for sums of pixel·2^22.
inline math::preprocess_scale preprocess_scale_of(const preprocess_options& options) {
  math::preprocess_scale s{};
  for (int c = 0; c < 3; ++c) {
    const double std = double{options.std[c]};
    s.scale[c] = static_cast<float>(1.0 / (255.0 * 4194304.0 * std));
    s.offset[c] = static_cast<float>(-double{options.mean[c]} / std);
    s.pad[c] = std::int32_t{options.pad[c]} << (2 * math::kPreprocessFraction);
  }
  return s;
}

namespace gpu {
/// Defined in cuda/kernels/preprocess.cuh.
template <class Out>
void preprocess(CUstream_st* stream, view<const std::uint8_t, 4, space::device> frames,
                view<const preprocess_region, 1, space::device> regions,
                view<Out, 4, space::device> output, const preprocess_options& options);
}  // namespace gpu

/// preprocess on device memory, regions included: queued on exec's stream, nothing is allocated,
/// may be captured in a graph. Results: as on the CPU (preprocess.hpp).
/// Errors: as on the CPU; host pointers; too many regions for a launch; cuda_error; kernels::error
/// without CUDA.
template <class Out>
void preprocess([[maybe_unused]] on_gpu exec,
                const view<const std::uint8_t, 4, space::device>& frames,
                const view<const preprocess_region, 1, space::device>& regions,
                const view<Out, 4, space::device>& output, const preprocess_options& options = {}) {
  check_preprocess(frames, regions, output, options);
#if KERNELS_HAS_CUDA
  gpu::preprocess<Out>(exec.stream, frames, regions, output, options);
#else
  refuse_without_cuda("preprocess");
#endif
}

}  // namespace kernels::inline KERNELS_ABI
