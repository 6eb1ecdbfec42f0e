// Version, and the few macros that every header needs.
#pragma once

#define KERNELS_VERSION_MAJOR 0
#define KERNELS_VERSION_MINOR 1
#define KERNELS_VERSION_PATCH 0

// KERNELS_HD: callable on the host and, under nvcc, on the device.
// KERNELS_UNROLL: unrolls the loop that follows in device code.
#if defined(__CUDACC__)
#define KERNELS_HD __host__ __device__ __forceinline__
#define KERNELS_UNROLL _Pragma("unroll")
#else
#define KERNELS_HD inline
#define KERNELS_UNROLL
#endif

// KERNELS_TARGET_BEGIN("avx2,fma") … KERNELS_TARGET_END: functions defined between the two may use
// these instructions, whatever flags the file is compiled with (g++ and clang on x86).
// KERNELS_UNROLL_BY(n): unrolls the host loop that follows n times.
#define KERNELS_PRAGMA(text) _Pragma(#text)
#if defined(__CUDACC__)
#define KERNELS_UNROLL_BY(n) KERNELS_PRAGMA(unroll n)
#else
#define KERNELS_UNROLL_BY(n) KERNELS_PRAGMA(GCC unroll n)
#endif
#if defined(__clang__)
#define KERNELS_TARGET_BEGIN(features) \
  KERNELS_PRAGMA(clang attribute push(__attribute__((target(features))), apply_to = function))
#define KERNELS_TARGET_END _Pragma("clang attribute pop")
#else
#define KERNELS_TARGET_BEGIN(features) \
  _Pragma("GCC push_options") KERNELS_PRAGMA(GCC target(features))
#define KERNELS_TARGET_END _Pragma("GCC pop_options")
#endif

// KERNELS_HAS_CUDA: the CUDA runtime may be called from this translation unit. The target
// kernels::cuda exports KERNELS_WITH_CUDA=1; nvcc brings the runtime by itself.
#if defined(KERNELS_WITH_CUDA) || defined(__CUDACC__)
#define KERNELS_HAS_CUDA 1
#else
#define KERNELS_HAS_CUDA 0
#endif

// Every header lives in kernels::inline KERNELS_ABI, so that translation units built with and
// without CUDA (or for the emulator of the tests) do not link against each other by accident.
#if defined(KERNELS_EMULATED)
#define KERNELS_ABI emulated_v0
#elif KERNELS_HAS_CUDA
#define KERNELS_ABI cuda_v0
#else
#define KERNELS_ABI host_v0
#endif
