// hdbscan on the GPU: the k nearest points of every point, and of every point the lightest edge to
// another component, both from exact tiles of pairs (cluster_tile.cuh, where the limit is).
#pragma once

#include <kernels/cluster_tile.cuh>
#include <kernels/hdbscan_gpu.hpp>

namespace kernels::inline KERNELS_ABI::gpu {

/// The k smallest keys (distance, index) of a row, by their bytes from the highest on, until those
/// that share the bytes of the k-th smallest are all among them. Grid: rows, from `first` on.
template <int = 0>
__global__ void __launch_bounds__(cluster_tuning::kThreads)
    hdbscan_select_kernel(const float* distances, std::int64_t padded, std::int64_t first,
                          std::int64_t count, std::int64_t k, std::uint64_t* lists) {
  constexpr int kThreads = cluster_tuning::kThreads;
  static_assert(kThreads == 256, "a thread for each value of a byte");
  KERNELS_SHARED(std::int32_t, bins, kThreads);
  KERNELS_SHARED(std::int32_t, taken, 1);    ///< how many are written
  KERNELS_SHARED(std::int64_t, missing, 1);  ///< of the k, how many share the bytes found so far
  KERNELS_SHARED(std::uint64_t, limit, 1);   ///< bytes of the k-th smallest found so far
  KERNELS_SHARED(std::int32_t, whole, 1);    ///< are all that share them among the k?
  const std::int64_t row = first + blockIdx.x;
  const float* in = distances + blockIdx.x * padded;
  if (threadIdx.x == 0) {
    taken[0] = 0;
    missing[0] = k;
    limit[0] = 0;
    whole[0] = 0;
  }
  int shift = 64;
  bool done = false;
  while (!done) {
    shift -= 8;
    bins[threadIdx.x] = 0;
    __syncthreads();
    const std::uint64_t known = limit[0];
    for (std::int64_t i = threadIdx.x; i < count; i += kThreads) {
      const std::uint64_t key = math::neighbour_bits(in[i], static_cast<std::int32_t>(i)) >> shift;
      if (i != row && key >> 8 == known) atomicAdd(&bins[key & 255U], 1);
    }
    __syncthreads();
    if (threadIdx.x == 0) {
      std::int64_t left = missing[0];
      std::uint64_t bin = 0;
      while (bins[bin] < left) left -= bins[bin++];
      limit[0] = known << 8 | bin;
      missing[0] = left;
      whole[0] = bins[bin] == left ? 1 : 0;
    }
    __syncthreads();
    done = whole[0] != 0;
  }
  const std::uint64_t last = limit[0];
  for (std::int64_t i = threadIdx.x; i < count; i += kThreads) {
    const std::uint64_t key = math::neighbour_bits(in[i], static_cast<std::int32_t>(i));
    if (i == row || key >> shift > last) continue;
    lists[row * k + atomicAdd(&taken[0], 1)] = key;
  }
}

/// After every edge: math::kNoEdge.
__device__ __forceinline__ math::edge_key no_edge() {
  return {0x7f8000007f800000U, ~std::uint64_t{0}};
}
__device__ __forceinline__ math::edge_key first_edge(const math::edge_key& x,
                                                     const math::edge_key& y) {
  return y < x ? y : x;
}

/// Grid: tiles of rows × slices of columns. partial: of each row two a slice.
template <bool Euclidean>
__global__ void __launch_bounds__(cluster_tuning::kThreads)
    hdbscan_lightest_kernel(cluster_rows rows, cluster_order order, float alpha,
                            math::edge_key* partial) {
  const std::int64_t first_row = std::int64_t{blockIdx.x} * kClusterTile;
  const cluster_place place = cluster_place_of(threadIdx.x);
  const std::int64_t row = first_row + place.row;
  const std::int32_t component = order.component[row];
  const float core = order.core[row];
  math::edge_key best = no_edge();
  cluster_walk<Euclidean>(
      rows, first_row, cluster_slice(rows.count, blockIdx.y, gridDim.y),
      cluster_slice(rows.count, blockIdx.y + 1, gridDim.y),
      [&](std::int64_t column) {
        return cluster_one_component(order.component, first_row + place.warp_row, column);
      },
      [&](std::int64_t column, const float(&values)[4]) {
        KERNELS_UNROLL
        for (int j = 0; j < 4; ++j) {
          if (column + j >= rows.count || order.component[column + j] == component) continue;
          const float distance = cluster_distance<Euclidean>(values[j]);
          const float weight =
              math::mutual_reachability(core, order.core[column + j], distance, alpha);
          const std::uint64_t weights =
              math::pair_bits(math::float_bits(weight), math::float_bits(distance));
          if (weights > best.weights) continue;
          best = first_edge(best, math::make_edge_key(weight, distance, order.index[row],
                                                      order.index[column + j]));
        }
      });
  KERNELS_UNROLL
  for (int step = 1; step <= 16; step *= 16) {  // the others of this row in the warp
    best = first_edge(best, {__shfl_xor_sync(0xffffffffU, best.weights, step),
                             __shfl_xor_sync(0xffffffffU, best.ends, step)});
  }
  if (threadIdx.x % 2 == 0 && threadIdx.x % 32 < 16 && row < rows.count) {
    partial[row * 2 * gridDim.y + 2 * blockIdx.y + threadIdx.x / 128] = best;
  }
}

template <int = 0>
__global__ void __launch_bounds__(cluster_tuning::kThreads)
    hdbscan_join_kernel(const math::edge_key* partial, std::int64_t parts, std::int64_t count,
                        math::edge_key* lightest) {
  const std::int64_t row = std::int64_t{blockIdx.x} * cluster_tuning::kThreads + threadIdx.x;
  if (row >= count) return;
  math::edge_key best = no_edge();
  for (std::int64_t p = 0; p < parts; ++p) best = first_edge(best, partial[row * parts + p]);
  lightest[row] = best;
}

template <class T>
void hdbscan_launchers<T>::nearest(CUstream_st* stream, const cluster_rows& rows, std::int64_t k,
                                   std::int64_t batch, float* values, std::uint64_t* lists) {
  const std::int64_t padded = cluster_tiles(rows.count) * kClusterTile;
  cluster_batches(stream, rows, true, batch, values, [&](std::int64_t first, std::int64_t count) {
    launch(stream,
           {dim3(static_cast<unsigned>(count), 1, 1), dim3(cluster_tuning::kThreads, 1, 1), 0},
           &hdbscan_select_kernel<0>, static_cast<const float*>(values), padded, first, rows.count,
           k, lists);
  });
}

template <class T>
void hdbscan_launchers<T>::lightest(CUstream_st* stream, const cluster_rows& rows,
                                    const cluster_order& order, float alpha,
                                    math::edge_key* partial, math::edge_key* lightest) {
  const std::int64_t tiles = cluster_tiles(rows.count), slices = cluster_slices(tiles, tiles);
  const auto kernel =
      rows.euclidean ? &hdbscan_lightest_kernel<true> : &hdbscan_lightest_kernel<false>;
  launch(stream,
         {dim3(static_cast<unsigned>(tiles), static_cast<unsigned>(slices), 1),
          dim3(cluster_tuning::kThreads, 1, 1), 0},
         kernel, rows, order, alpha, partial);
  constexpr std::int64_t kThreads = cluster_tuning::kThreads;
  launch(stream,
         {dim3(static_cast<unsigned>((rows.count + kThreads - 1) / kThreads), 1, 1),
          dim3(cluster_tuning::kThreads, 1, 1), 0},
         &hdbscan_join_kernel<0>, static_cast<const math::edge_key*>(partial), 2 * slices,
         rows.count, lightest);
}

}  // namespace kernels::inline KERNELS_ABI::gpu
