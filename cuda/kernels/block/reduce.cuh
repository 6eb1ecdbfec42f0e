// Reductions over the threads of a warp and of a block.
#pragma once

#include <kernels/portable.cuh>

namespace kernels::inline KERNELS_ABI::gpu {

/// join(v₀, v₁, …, v₃₁) of a whole warp, in lane 0; join must be associative and commutative.
template <class T, class Join>
__device__ __forceinline__ T warp_reduce(T value, Join join) {
  KERNELS_UNROLL
  for (unsigned step = 16; step > 0; step /= 2) {
    value = join(value, __shfl_down_sync(0xffffffffU, value, step));
  }
  return value;
}

/// The same over all threads of a one-dimensional block of kWarps warps, in thread 0. Every thread
/// of the block must call it; it may be called again at once.
template <int kWarps, class T, class Join>
__device__ __forceinline__ T block_reduce(T value, T neutral, Join join) {
  static_assert(kWarps >= 1 && kWarps <= 32);
  KERNELS_SHARED(T, partial, kWarps);
  value = warp_reduce(value, join);
  if (threadIdx.x % 32 == 0) partial[threadIdx.x / 32] = value;
  __syncthreads();
  value = threadIdx.x < kWarps ? partial[threadIdx.x] : neutral;
  if (threadIdx.x < 32) value = warp_reduce(value, join);
  __syncthreads();  // partial may be written again
  return value;
}

}  // namespace kernels::inline KERNELS_ABI::gpu
