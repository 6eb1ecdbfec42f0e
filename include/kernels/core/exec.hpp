// exec: a value that says where an operation runs, and how.
#pragma once

#include <kernels/core/error.hpp>

#if KERNELS_HAS_CUDA
#include <cuda_runtime_api.h>
#endif

struct CUstream_st;  // cudaStream_t is a pointer to it

namespace kernels::inline KERNELS_ABI {

/// Instruction sets that hot CPU loops are written for. All give the same bytes.
enum class instruction_set {
  best,      ///< the best one this processor has
  portable,  ///< plain C++, whatever the compiler's flags allow
  avx2,      ///< AVX2 and FMA
  avx512     ///< AVX-512 F, BW, VL, DQ and VBMI
};

/// Run on the CPU: on_cpu(), on_cpu({.threads = 4}). Returns when the work is done.
struct on_cpu {
  int threads = 0;  ///< 0: all cores
  instruction_set isa = instruction_set::best;
};

/// Run on the GPU, asynchronously on a stream: on_gpu(), on_gpu(stream). In a program built
/// without CUDA every operation given one throws kernels::error.
struct on_gpu {
  CUstream_st* stream = nullptr;
  on_gpu() = default;
  explicit on_gpu(CUstream_st* s) : stream(s) {}
};

[[noreturn]] inline void refuse_without_cuda(std::string_view operation) {
  refuse(operation, "exec", "a program linked to kernels::cuda to run on the GPU",
         "a build without CUDA (use on_cpu())");
}

#if KERNELS_HAS_CUDA
/// Throws cuda_error, or out_of_memory, unless status is cudaSuccess.
inline void check_cuda(cudaError_t status, std::string_view what) {
  if (status == cudaSuccess) return;
  cudaGetLastError();  // an error that was reported does not stay behind for the next call
  const std::string message = std::string(what) + ": " + cudaGetErrorString(status);
  if (status == cudaErrorMemoryAllocation) throw out_of_memory(message);
  throw cuda_error(message, static_cast<int>(status));
}
#endif

/// Number of GPUs that can be used; 0 without CUDA, without a driver or without a device.
inline int gpu_count() {
#if KERNELS_HAS_CUDA
  int count = 0;
  if (cudaGetDeviceCount(&count) == cudaSuccess) return count;
  cudaGetLastError();
#endif
  return 0;
}

}  // namespace kernels::inline KERNELS_ABI
