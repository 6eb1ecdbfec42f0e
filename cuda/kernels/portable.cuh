// The only file that knows there are two compilers: nvcc, and the host compiler of the tests, which
// runs __global__ functions in an emulator. Everything a kernel needs from its compiler is here.
#pragma once

#include <kernels/core/exec.hpp>

#include <cstdint>
#include <cstring>
#include <utility>

#if defined(__CUDACC__)
#include <cuda_fp16.h>
#include <cuda_runtime.h>
#define KERNELS_GRID_CONSTANT __grid_constant__
/// Shared memory of a block: N elements, or as many as the launch asked for.
#define KERNELS_SHARED(T, name, N) __shared__ T name[N]
#define KERNELS_DYNAMIC_SHARED(T, name)                                   \
  extern __shared__ __align__(16) unsigned char kernels_dynamic_shared[]; \
  T* name = reinterpret_cast<T*>(kernels_dynamic_shared)
#elif defined(KERNELS_EMULATED)
#include <emulator/emulator.hpp>
#define KERNELS_GRID_CONSTANT
#define KERNELS_SHARED(T, name, N) T* name = ::kernels::emulator::shared_array<T>(N, [] {})
#define KERNELS_DYNAMIC_SHARED(T, name) T* name = ::kernels::emulator::dynamic_shared<T>()
#else
#error "a .cuh is for CUDA code (.cu); in a .cpp include the .hpp and link kernels::cuda"
#endif

namespace kernels::inline KERNELS_ABI::gpu {

/// Grid and block of a launch, and its dynamic shared memory in bytes.
struct launch_shape {
  dim3 grid, block;
  std::size_t shared_bytes = 0;
};

/// The one way to start a kernel. Asynchronous on the stream. Errors: cuda_error.
template <class... Parameters, class... Arguments>
void launch([[maybe_unused]] CUstream_st* stream, const launch_shape& shape,
            void (*kernel)(Parameters...), Arguments&&... arguments) {
#if defined(__CUDACC__)
  cudaLaunchConfig_t config{};
  config.gridDim = shape.grid;
  config.blockDim = shape.block;
  config.dynamicSmemBytes = shape.shared_bytes;
  config.stream = stream;
  check_cuda(cudaLaunchKernelEx(&config, kernel, std::forward<Arguments>(arguments)...),
             "kernel launch");
#else
  emulator::launch(kernel, shape.grid, shape.block, shape.shared_bytes,
                   std::forward<Arguments>(arguments)...);
#endif
}

/// Refuses a pointer that the GPU cannot read.
inline void check_device_pointer([[maybe_unused]] std::string_view operation,
                                 [[maybe_unused]] std::string_view argument,
                                 [[maybe_unused]] const void* pointer) {
#if defined(__CUDACC__)
  cudaPointerAttributes attributes{};
  check_cuda(cudaPointerGetAttributes(&attributes, pointer), operation);
  if (attributes.type == cudaMemoryTypeUnregistered) {
    refuse(operation, argument, "a pointer to device memory", "a pointer to ordinary host memory");
  }
#endif
}

/// Read-only load of an aligned 32-bit word.
__device__ __forceinline__ std::uint32_t load_word(const void* p) {
#if defined(__CUDACC__)
  return __ldg(static_cast<const std::uint32_t*>(p));
#else
  if (reinterpret_cast<std::uintptr_t>(p) % 4 != 0) throw emulator::error("misaligned load");
  std::uint32_t word;
  std::memcpy(&word, p, sizeof word);
  return word;
#endif
}

/// Store of an aligned 32-bit word that is not read again soon.
__device__ __forceinline__ void store_word(void* p, std::uint32_t word) {
#if defined(__CUDACC__)
  __stcs(static_cast<std::uint32_t*>(p), word);
#else
  if (reinterpret_cast<std::uintptr_t>(p) % 4 != 0) throw emulator::error("misaligned store");
  std::memcpy(p, &word, sizeof word);
#endif
}

/// A half, given by its bits, as a float: exact, subnormals too.
__device__ __forceinline__ float half_to_float(std::uint16_t bits) {
  return __half2float(__ushort_as_half(bits));
}

}  // namespace kernels::inline KERNELS_ABI::gpu
