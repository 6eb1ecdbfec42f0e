// dbscan and threshold_components on the GPU: the neighbours of every point, and the components
// that neighbours connect, both from exact tiles of pairs (cluster_tile.cuh, where the limit is).
#pragma once

#include <kernels/cluster_tile.cuh>
#include <kernels/dbscan_gpu.hpp>

namespace kernels::inline KERNELS_ABI::gpu {

/// Grid: rows, from `first` on. Which neighbours are listed depends on the order of threads; that
/// they are neighbours, and how many there are, does not.
template <bool Euclidean>
__global__ void __launch_bounds__(cluster_tuning::kThreads)
    dbscan_neighbours_kernel(const float* values, std::int64_t padded, std::int64_t first,
                             std::int64_t count, float bound, std::int64_t room,
                             std::int32_t* counts, std::int32_t* lists) {
  KERNELS_SHARED(std::int32_t, found, 1);
  const std::int64_t row = first + blockIdx.x;
  const float* in = values + blockIdx.x * padded;
  if (threadIdx.x == 0) found[0] = 0;
  __syncthreads();
  for (std::int64_t i = threadIdx.x; i < count; i += cluster_tuning::kThreads) {
    const bool near = Euclidean ? in[i] <= bound : in[i] >= bound;
    if (!near || i == row) continue;
    const std::int32_t place = atomicAdd(&found[0], 1);
    if (place < room) lists[row * room + place] = static_cast<std::int32_t>(i);
  }
  __syncthreads();
  if (threadIdx.x == 0) counts[row] = found[0];
}

/// Grid: tiles of rows × slices of columns.
template <bool Euclidean>
__global__ void __launch_bounds__(cluster_tuning::kThreads)
    dbscan_adjacent_kernel(cluster_rows rows, float bound, const std::int32_t* component,
                           std::int32_t* lowest) {
  const std::int64_t first_row = std::int64_t{blockIdx.x} * kClusterTile;
  const cluster_place place = cluster_place_of(threadIdx.x);
  const std::int64_t row = first_row + place.row;
  const std::int32_t mine = component[row];
  std::int32_t best = kNoComponent;
  cluster_walk<Euclidean>(
      rows, first_row, cluster_slice(rows.count, blockIdx.y, gridDim.y),
      cluster_slice(rows.count, blockIdx.y + 1, gridDim.y),
      [&](std::int64_t column) {
        return cluster_one_component(component, first_row + place.warp_row, column);
      },
      [&](std::int64_t column, const float(&values)[4]) {
        KERNELS_UNROLL
        for (int j = 0; j < 4; ++j) {
          const bool near = Euclidean ? values[j] <= bound : values[j] >= bound;
          const std::int32_t other = component[column + j];
          if (near && column + j < rows.count && other != mine && other < best) best = other;
        }
      });
  if (best != kNoComponent && row < rows.count) atomicMin(&lowest[row], best);
}

template <class T>
void dbscan_launchers<T>::neighbours(CUstream_st* stream, const cluster_rows& rows, float bound,
                                     std::int64_t room, std::int64_t batch, float* values,
                                     std::int32_t* counts, std::int32_t* lists) {
  const std::int64_t padded = cluster_tiles(rows.count) * kClusterTile;
  const auto kernel =
      rows.euclidean ? &dbscan_neighbours_kernel<true> : &dbscan_neighbours_kernel<false>;
  cluster_batches(stream, rows, false, batch, values, [&](std::int64_t first, std::int64_t count) {
    launch(stream,
           {dim3(static_cast<unsigned>(count), 1, 1), dim3(cluster_tuning::kThreads, 1, 1), 0},
           kernel, static_cast<const float*>(values), padded, first, rows.count, bound, room,
           counts, lists);
  });
}

template <class T>
void dbscan_launchers<T>::adjacent(CUstream_st* stream, const cluster_rows& rows, float bound,
                                   const std::int32_t* component, std::int32_t* lowest) {
  const std::int64_t tiles = cluster_tiles(rows.count);
  launch(
      stream,
      {dim3(static_cast<unsigned>(tiles), static_cast<unsigned>(cluster_slices(tiles, tiles)), 1),
       dim3(cluster_tuning::kThreads, 1, 1), 0},
      rows.euclidean ? &dbscan_adjacent_kernel<true> : &dbscan_adjacent_kernel<false>, rows, bound,
      component, lowest);
}

}  // namespace kernels::inline KERNELS_ABI::gpu
