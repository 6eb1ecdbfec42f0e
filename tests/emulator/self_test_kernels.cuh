// Kernels of the emulator's self-test: correct ones, and ones with one bug each.
#pragma once

#include <emulator/emulator.hpp>

namespace kernels::emulator::self_test {

inline constexpr unsigned kAll = 0xffffffffu;

// Correct kernels --------------------------------------------------------------------------------

// The sum of the block's values, valid in thread 0. Instances for different T use different arrays.
template <class T, int Threads>
__device__ T block_sum(T value) {
  T* partial = shared_array<T>(Threads / 32, [] {});
  for (int delta = 16; delta > 0; delta /= 2) value += __shfl_down_sync(kAll, value, delta);
  if (threadIdx.x % 32 == 0) partial[threadIdx.x / 32] = value;
  __syncthreads();
  value = threadIdx.x < Threads / 32 ? partial[threadIdx.x] : T{0};
  if (threadIdx.x < 32)
    for (int delta = 16; delta > 0; delta /= 2) value += __shfl_down_sync(kAll, value, delta);
  return value;
}

// One block for each row: sums[r] is the sum of squares, negatives[r] counts the negative elements.
template <int Threads>
__global__ void __launch_bounds__(Threads)
    row_sums(const int* x, int cols, long long* sums, int* negatives, unsigned long long* total) {
  int* row = dynamic_shared<int>();
  for (int c = static_cast<int>(threadIdx.x); c < cols; c += Threads)
    row[c] = x[blockIdx.x * static_cast<unsigned>(cols) + static_cast<unsigned>(c)];
  __syncthreads();
  long long sum = 0;
  int negative = 0;
  for (int c = static_cast<int>(threadIdx.x); c < cols; c += Threads) {
    const long long v = row[cols - 1 - c];  // written by another thread
    sum += v * v;
    negative += v < 0;
  }
  sum = block_sum<long long, Threads>(sum);
  negative = block_sum<int, Threads>(negative);
  if (threadIdx.x != 0) return;
  sums[blockIdx.x] = sum;
  negatives[blockIdx.x] = negative;
  atomicAdd(total, static_cast<unsigned long long>(sum));
}

// Copies the multiples of 3; the order within a warp is kept.
template <int = 0>
__global__ void keep_multiples_of_3(const int* in, int n, int* out, int* count) {
  const int i = static_cast<int>(blockIdx.x * blockDim.x + threadIdx.x);
  const int lane = static_cast<int>(threadIdx.x % 32);
  const bool keep = i < n && in[i] % 3 == 0;
  const unsigned kept = __ballot_sync(kAll, keep);
  int first = 0;
  if (lane == 0) first = atomicAdd(count, __popc(kept));
  first = __shfl_sync(kAll, first, 0);
  if (keep) out[first + __popc(kept & ((1u << lane) - 1))] = in[i];
}

template <int Tile>
__global__ void transpose(const float* in, float* out, int n) {
  __shared__ float tile[Tile][Tile + 1];
  const int x0 = static_cast<int>(blockIdx.x) * Tile, y0 = static_cast<int>(blockIdx.y) * Tile;
  const int dx = static_cast<int>(threadIdx.x), dy = static_cast<int>(threadIdx.y);
  if (x0 + dx < n && y0 + dy < n) tile[dy][dx] = in[(y0 + dy) * n + x0 + dx];
  __syncthreads();
  if (y0 + dx < n && x0 + dy < n) out[(x0 + dy) * n + y0 + dx] = tile[dx][dy];
}

// The lowest lane of each group of equal keys adds for its group. Then one warp alone describes
// keys.
template <int = 0>
__global__ void histogram(const unsigned* keys, int n, int* bins, int* sum, int* lowest,
                          unsigned* highest) {
  const int i = static_cast<int>(blockIdx.x * blockDim.x + threadIdx.x);
  const unsigned lane = threadIdx.x % 32;
  const unsigned active = __ballot_sync(kAll, i < n);
  if (i >= n) return;
  const unsigned key = __ldg(keys + i), same = __match_any_sync(active, key);
  if (__ffs(static_cast<int>(same)) - 1 == static_cast<int>(lane))
    atomicAdd(bins + key, __popc(same));
  const int signed_key = static_cast<int>(key) - 5;
  const int warp_sum = __reduce_add_sync(active, signed_key);
  const int warp_lowest = __reduce_min_sync(active, signed_key);
  const unsigned warp_highest = __reduce_max_sync(active, key);
  if (lane != 0) return;
  atomicAdd(sum, warp_sum);
  atomicMin(lowest, warp_lowest);
  atomicMax(highest, warp_highest);
}

// results: for each thread one of each shuffle.
template <class T>
__global__ void shuffles(const T* in, int argument, int width, T* results) {
  const unsigned i = threadIdx.x, n = blockDim.x;
  const T value = in[i];
  results[i] = __shfl_sync(kAll, value, argument, width);
  results[n + i] = __shfl_up_sync(kAll, value, static_cast<unsigned>(argument), width);
  results[2 * n + i] = __shfl_down_sync(kAll, value, static_cast<unsigned>(argument), width);
  results[3 * n + i] = __shfl_xor_sync(kAll, value, argument, width);
}

// The halves of a warp go different ways, each with its own mask and one of them with more steps;
// some lanes run ahead into operations of their own.
template <int = 0>
__global__ void partial_masks(const int* in, int* sums, int* neighbours) {
  const unsigned i = threadIdx.x;
  int value = in[i];
  neighbours[i] = __shfl_xor_sync(3u << (i & ~1u), value, 1);
  value += __shfl_sync(1u << i, value, static_cast<int>(i));  // alone: doubles it
  if (i < 16) {
    for (int step = 8; step > 0; step /= 2) value += __shfl_xor_sync(0x0000ffffu, value, step);
  } else {
    value = __reduce_add_sync(0xffff0000u, value);
  }
  __syncwarp();
  sums[i] = value;
}

// A source lane that does not take part gives an undefined value.
template <int = 0>
__global__ void shuffle_from_absent_lane(unsigned* out) {
  if (threadIdx.x < 16) out[threadIdx.x] = __shfl_sync(0x0000ffffu, threadIdx.x, 20);
}

template <int = 0>
__global__ void votes(const int* in, int* counts, int* alls, int* anys, int* warp_alls,
                      int* warp_anys) {
  const unsigned i = blockIdx.x * blockDim.x + threadIdx.x;
  counts[i] = __syncthreads_count(in[i]);
  alls[i] = __syncthreads_and(in[i]);
  anys[i] = __syncthreads_or(in[i]);
  warp_alls[i] = __all_sync(kAll, in[i]);
  warp_anys[i] = __any_sync(kAll, in[i]);
}

// Counts in *ticket; out[t] says who came t-th, as a number of block and thread.
template <int = 0>
__global__ void arrival_order(unsigned* ticket, unsigned* out) {
  const unsigned block_number = blockIdx.x + gridDim.x * (blockIdx.y + gridDim.y * blockIdx.z);
  const unsigned rank = threadIdx.x + blockDim.x * (threadIdx.y + blockDim.y * threadIdx.z);
  out[atomicAdd(ticket, 1u)] = block_number * blockDim.x * blockDim.y * blockDim.z + rank;
}

// Reads all kinds of shared memory before anyone writes them, then dirties them.
template <int = 0>
__global__ void unwritten_shared(unsigned char* out) {
  unsigned char* dynamic = dynamic_shared<unsigned char>();
  unsigned char* array = shared_array<unsigned char>(1, [] {});
  unsigned char* other = shared_array<unsigned char>(1, [] {});
  out[3 * blockIdx.x] = *dynamic;
  out[3 * blockIdx.x + 1] = *array;
  *dynamic = *array = 1;
  out[3 * blockIdx.x + 2] = *other;
}

template <class T>
__global__ void atomics(T* cells, T value) {
  atomicAdd(cells, value);
  atomicMin(cells + 1, value + static_cast<T>(threadIdx.x));
  atomicMax(cells + 2, value + static_cast<T>(threadIdx.x));
  atomicAnd(cells + 3, static_cast<T>(~(T{1} << threadIdx.x % 16)));
  atomicOr(cells + 4, static_cast<T>(T{1} << threadIdx.x % 16));
  atomicXor(cells + 5, value);
  const T previous = atomicExch(cells + 6, static_cast<T>(threadIdx.x));
  atomicAdd(cells + 7, previous);
  T seen = cells[8];
  for (;;) {
    const T old = atomicCAS(cells + 8, seen, static_cast<T>(seen + 2));
    if (old == seen) break;
    seen = old;
  }
  if constexpr (sizeof(T) == 4) atomicSub(cells + 9, value);
  __threadfence();
}

template <int = 0>
__global__ void hinted_copy(const float4* in, float4* out, const __half* half_in,
                            __nv_bfloat16* bfloat_out) {
  const unsigned i = threadIdx.x;
  const float4 a = __ldg(in + i), b = __ldcs(in + i), c = __ldca(in + i), d = __ldcg(in + i);
  __stcs(out + 3 * i, make_float4(a.x, b.y, c.z, d.w));
  __stwt(out + 3 * i + 1, a);
  __stcg(out + 3 * i + 2, b);
  bfloat_out[i] = __float2bfloat16_rn(2.0f * __half2float(__ldg(half_in + i)));
}

// Bugs which make results depend on the schedule
// -----------------------------------------------------

template <int = 0>
__global__ void missing_barrier(int* out) {
  int* shared = dynamic_shared<int>();
  shared[threadIdx.x] = static_cast<int>(threadIdx.x);
  out[threadIdx.x] = shared[(threadIdx.x + 1) % blockDim.x];
}

// As above, but a warp operation between the write and the read hides it as long as warps keep
// step.
template <int = 0>
__global__ void missing_barrier_between_warps(int* out) {
  int* shared = shared_array<int>(64, [] {});
  shared[threadIdx.x] = static_cast<int>(threadIdx.x);
  __syncwarp();
  out[threadIdx.x] = shared[(threadIdx.x + 32) % 64];
}

template <int = 0>
__global__ void missing_syncwarp(int* out) {
  int* shared = shared_array<int>(32, [] {});
  shared[threadIdx.x] = static_cast<int>(threadIdx.x);
  out[threadIdx.x] = shared[31 - threadIdx.x];
}

template <int = 0>
__global__ void order_of_blocks_matters(int* last) {
  if (threadIdx.x == 0) *last = static_cast<int>(blockIdx.x);
}

// Bugs which the emulator reports ----------------------------------------------------------------

template <int = 0>
__global__ void barrier_in_both_branches(int* out) {
  if (threadIdx.x < 16) {
    __syncthreads();
  } else {
    out[threadIdx.x] = 1;
    __syncthreads();
  }
}

template <int = 0>
__global__ void return_before_barrier(int* out, int n) {
  if (static_cast<int>(threadIdx.x) >= n) return;
  __syncthreads();
  out[threadIdx.x] = 1;
}

template <int = 0>
__global__ void full_mask_in_half_a_warp(int* out) {
  int value = 1;
  if (threadIdx.x < 16) value = __shfl_down_sync(kAll, value, 8);
  out[threadIdx.x] = value;
}

template <int = 0>
__global__ void full_mask_against_barrier(int* out) {
  if (threadIdx.x < 16) out[threadIdx.x] = __shfl_down_sync(kAll, 1, 8);
  __syncthreads();
}

template <int = 0>
__global__ void same_mask_in_both_branches(unsigned* out) {
  if (threadIdx.x < 16) {
    out[threadIdx.x] = __ballot_sync(kAll, 1);
  } else {
    out[threadIdx.x] = __ballot_sync(kAll, 0);
  }
}

template <int = 0>
__global__ void lane_not_in_its_mask(int* out) noexcept {
  out[threadIdx.x] = __shfl_sync(0x0000ffffu, 1, 0);
}

template <int = 0>
__global__ void masks_disagree(int* out) {
  out[threadIdx.x] = __any_sync(threadIdx.x < 16 ? kAll : 0xffff0001u, 1);
}

template <int = 0>
__global__ void odd_width(int* out) {
  out[threadIdx.x] = __shfl_sync(kAll, 1, 0, 24);
}

template <int = 0>
__global__ void misaligned_load(int* out) {
  const int2 pair = __ldg(reinterpret_cast<const int2*>(out + 1));
  out[threadIdx.x] = pair.x;
}

template <int = 0>
__global__ void barrier_in_half_the_block(int* out) {
  if (threadIdx.x < 32) __syncthreads();
  if (threadIdx.x >= 32) out[threadIdx.x] = __syncthreads_count(1);
}

struct thrown_by_kernel : std::runtime_error {
  thrown_by_kernel() : std::runtime_error("a host exception") {}
};

template <int = 0>
__global__ void throwing(int* out) {
  if (threadIdx.x == 5) throw thrown_by_kernel();
  out[threadIdx.x] = 1;
}

template <int = 0>
__global__ void launching(int* out) {
  launch(&throwing<>, dim3(1), dim3(1), 0, out);
}

// Bugs which only a sanitizer sees; they end the process
// ----------------------------------------------

template <int = 0>
__global__ void overrun_dynamic_shared(int* out) {
  int* shared = dynamic_shared<int>();
  shared[threadIdx.x + 1] = 1;  // bug
  __syncthreads();
  out[threadIdx.x] = shared[threadIdx.x];
}

template <int = 0>
__global__ void overrun_shared_array(int* out) {
  int* shared = shared_array<int>(64, [] {});
  shared[threadIdx.x + 1] = 1;  // bug
  __syncthreads();
  out[threadIdx.x] = shared[threadIdx.x];
}

template <int = 0>
__global__ void overrun_static_shared(int* out) {
  __shared__ int shared[64];
  shared[threadIdx.x + 1] = 1;  // bug
  __syncthreads();
  out[threadIdx.x] = shared[threadIdx.x];
}

template <int = 0>
__global__ void overrun_global(int* out) {
  out[threadIdx.x + 1] = 1;  // bug
}

template <int = 0>
__global__ void read_outside_global(const int* in, int* out) {
  out[threadIdx.x] = in[threadIdx.x + 1];  // bug
}

// Another block's shared memory is gone.
template <int = 0>
__global__ void keep_shared_pointer(int** kept, int* out) {
  int* shared = shared_array<int>(64, [] {});
  if (blockIdx.x == 0) *kept = shared;
  if (blockIdx.x == 1) out[threadIdx.x] = (*kept)[threadIdx.x];  // bug
}

template <int = 0>
__global__ void misaligned_vector(const float* in, float* out) {
  const float4* vectors = reinterpret_cast<const float4*>(in + 1);
  out[threadIdx.x] = vectors[threadIdx.x].x;  // bug
}

template <int = 0>
__device__ int endless(int depth) {
  volatile int frame[64];
  frame[depth % 64] = depth;
  return depth < 0 ? 0 : endless(depth + 1) + frame[depth % 64];  // bug
}
template <int = 0>
__global__ void overflow_stack(int* out) {
  out[threadIdx.x] = endless(0);
}

}  // namespace kernels::emulator::self_test
