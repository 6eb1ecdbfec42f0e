// The best of many: a block keeps the largest 64-bit keys it has seen in shared memory.
#pragma once

#include <kernels/portable.cuh>

namespace kernels::inline KERNELS_ABI::gpu {

using sort_key = unsigned long long;  // what CUDA's 64-bit operations take

/// Sorts keys[0 … size − 1] in shared memory, largest first; size is a power of two, at least 2.
/// All threads of a one-dimensional block must call it; the keys are there for all when it returns.
__device__ __forceinline__ void block_sort(sort_key* keys, std::int32_t size) {
  const auto thread = static_cast<std::int32_t>(threadIdx.x);
  const auto threads = static_cast<std::int32_t>(blockDim.x);
  __syncthreads();
  for (std::int32_t run = 2; run <= size; run *= 2) {  // bitonic
    for (std::int32_t step = run / 2; step > 0; step /= 2) {
      for (std::int32_t i = thread; i < size / 2; i += threads) {
        const std::int32_t a = 2 * i - (i & (step - 1));
        const std::int32_t b = a + step;
        const sort_key first = keys[a];
        const sort_key second = keys[b];
        if (((a & run) == 0) == (first < second)) {
          keys[a] = second;
          keys[b] = first;
        }
      }
      __syncthreads();
    }
  }
}

/// Sorts the `count` keys of a buffer of `capacity` (a power of two) and keeps the `most` largest;
/// returns how many are left. 0 is no key. All threads must call it with the same arguments.
__device__ __forceinline__ std::int32_t block_keep_largest(sort_key* keys, std::int32_t count,
                                                           std::int32_t capacity,
                                                           std::int32_t most) {
  std::int32_t size = 2;
  while (size < count) size *= 2;
  __syncthreads();
  for (auto i = count + static_cast<std::int32_t>(threadIdx.x); i < size && i < capacity;
       i += static_cast<std::int32_t>(blockDim.x)) {
    keys[i] = 0;
  }
  block_sort(keys, size);
  return count < most ? count : most;
}

}  // namespace kernels::inline KERNELS_ABI::gpu
