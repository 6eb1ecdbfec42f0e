// Part of the CUDA emulator: CUDA's types and keywords for a host compiler. The vector types,
// make_*,
// __half and __nv_bfloat16 are those of the CUDA headers; so are __global__, __device__ and
// __host__, which mean nothing outside nvcc.
#pragma once

#include <cuda_bf16.h>
#include <cuda_fp16.h>
#include <vector_functions.h>
#include <vector_types.h>

// One block runs at a time, so one static object serves all threads of a block. It is neither
// poisoned nor surrounded by red zones in templates: shared_array<T>() is the better spelling.
#undef __shared__
#define __shared__ static

#undef __launch_bounds__
#define __launch_bounds__(...)

#undef __forceinline__
#define __forceinline__ inline
