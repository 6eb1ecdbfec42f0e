// classify's checks and its front door to the GPU, the same in C++ (classify.hpp, compiled kernels
// from kernels::cuda) and in CUDA code (classify.cuh, which brings the kernels).
#pragma once

#include <kernels/cosine_gpu.hpp>
#include <kernels/math/classify.hpp>

#include <limits>

namespace kernels::inline KERNELS_ABI {

namespace gpu {
/// The launcher for rows of T, defined in cuda/kernels/classify.cuh. kernels::cuda holds those of
/// float, half and bfloat16.
template <class T>
struct classify_launchers {
  static std::int64_t workspace_bytes(std::int64_t rows, std::int64_t classes,
                                      std::int64_t dimension);
  static void run(CUstream_st* stream, const view<const T, 2, space::device>& rows,
                  const view<const T, 2, space::device>& classes,
                  const classify_outputs<space::device>& out, const classify_params& params,
                  const view<std::byte, 1, space::device>& workspace);
};
}  // namespace gpu

template <class T, space Space>
void check_classify(const view<const T, 2, Space>& rows, const view<const T, 2, Space>& classes,
                    const classify_outputs<Space>& out, const classify_params& params) {
  check_array("classify", "rows", rows);
  check_array("classify", "classes", classes);
  if (rows.extent[1] != classes.extent[1]) {
    refuse("classify", "classes", "rows of " + std::to_string(rows.extent[1]) + " elements",
           std::to_string(classes.extent[1]));
  }
  if (classes.extent[0] > std::numeric_limits<std::int32_t>::max()) {
    refuse("classify", "classes", "fewer than 2^31", std::to_string(classes.extent[0]));
  }
  const std::int64_t top = out.classes.extent[1];
  if (top > kClassifyMostTop) refuse("classify", "top", "at most 64", std::to_string(top));
  check_array("classify", "out.classes", out.classes, {rows.extent[0], top});
  for (const auto* values : {&out.similarities, &out.probabilities}) {
    if (values->data == nullptr && values->size() == 0) continue;
    check_array("classify", values == &out.similarities ? "out.similarities" : "out.probabilities",
                *values, {rows.extent[0], top});
  }
  if (!(params.temperature > 0.0F) || params.temperature > std::numeric_limits<float>::max()) {
    refuse("classify", "temperature", "a number above 0", std::to_string(params.temperature));
  }
}

/// Scratch that the GPU form needs, in bytes: unit rows, and the matrix of similarities.
template <class T>
std::int64_t classify_workspace_bytes([[maybe_unused]] on_gpu exec, std::int64_t rows,
                                      std::int64_t classes, std::int64_t dimension) {
  checked_size<float>("classify", "rows", std::array{rows, dimension});
  checked_size<float>("classify", "classes", std::array{classes, dimension});
  checked_size<float>("classify", "rows and classes", std::array{rows, classes});
#if KERNELS_HAS_CUDA
  return gpu::classify_launchers<T>::workspace_bytes(rows, classes, dimension);
#else
  refuse_without_cuda("classify");
#endif
}

/// The same on the GPU, queued on exec's stream; usable in a graph. workspace:
/// classify_workspace_bytes() bytes, aligned to 256.
/// Errors: as above; a workspace that is too small; cuda_error; kernels::error without CUDA.
template <class T>
void classify([[maybe_unused]] on_gpu exec, const view<const T, 2, space::device>& rows,
              const view<const T, 2, space::device>& classes,
              const classify_outputs<space::device>& out, const classify_params& params,
              [[maybe_unused]] const view<std::byte, 1, space::device>& workspace) {
  static_assert(gpu_has_type<T, float, half, bfloat16>,
                "classify on the GPU from a .cpp takes float, half or bfloat16; for another type "
                "include <kernels/classify.cuh> in a .cu");
  check_classify<T>(rows, classes, out, params);
#if KERNELS_HAS_CUDA
  gpu::classify_launchers<T>::run(exec.stream, rows, classes, out, params, workspace);
#else
  refuse_without_cuda("classify");
#endif
}

}  // namespace kernels::inline KERNELS_ABI
