// What clustering does with all pairs of points: values (dots of unit rows, or squared distances)
// of tiles of 32 × 32 pairs in registers, bit for bit those of math/dot.hpp. Half a warp holds the
// sixteen partial sums of 8 × 8 pairs, so that sixteen loads serve 64 fused multiply-adds. Limit:
// loads from the first-level cache, one for each four fused multiply-adds.
#pragma once

#include <kernels/cluster/device_points.hpp>
#include <kernels/search.cuh>

namespace kernels::inline KERNELS_ABI::gpu {

struct cluster_tuning {
  static constexpr int kThreads = 256;  ///< warps: 4 × 8 rows by 2 × 16 columns
  static constexpr int kSide = 8;       ///< of the pairs of half a warp
};

/// Where a thread stands in a block's tile of 32 × 32.
struct cluster_place {
  std::int64_t warp_row, warp_column;  ///< first of the warp's 8 × 16
  std::int64_t half_column;            ///< first of its half's 8 × 8
  std::int64_t row, column;            ///< of the first of the four pairs in a row that it gets
};
__device__ __forceinline__ cluster_place cluster_place_of(unsigned thread) {
  constexpr int kSide = cluster_tuning::kSide;
  const std::int64_t warp = thread / 32, half = thread % 32 / 16, lane = thread % 16;
  cluster_place place{};
  place.warp_row = warp % 4 * kSide;
  place.warp_column = warp / 4 * 2 * kSide;
  place.half_column = place.warp_column + half * kSide;
  place.row = place.warp_row + lane / 2;
  place.column = place.half_column + lane % 2 * 4;
  return place;
}

/// A step of math::join_lanes on all sums at once: of two lanes, one goes on with the first half of
/// the pairs and the other with the second.
template <int Half>
__device__ __forceinline__ void cluster_join(float (&sums)[64]) {
  constexpr int kStep = Half / 4;
  const bool second = (threadIdx.x & kStep) != 0;
  KERNELS_UNROLL
  for (int i = 0; i < Half; ++i) {
    const float keep = second ? sums[i + Half] : sums[i];
    const float give = second ? sums[i] : sums[i + Half];
    sums[i] = exact::add(keep, __shfl_xor_sync(0xffffffffU, give, kStep));
  }
}

/// Values of eight rows from `a` with eight from `b`; a lane gets the four of row lane / 2 and the
/// columns from 4 · (lane % 2). The whole warp must call it; each half may have rows of its own.
template <bool Euclidean>
__device__ __forceinline__ void cluster_tile(const float* a, const float* b, std::int64_t stride,
                                             float (&values)[4]) {
  constexpr int kSide = cluster_tuning::kSide;
  float sums[kSide * kSide] = {};
  KERNELS_UNROLL_BY(1)
  for (std::int64_t i = threadIdx.x % 16; i < stride; i += 16) {
    float x[kSide], y[kSide];
    KERNELS_UNROLL
    for (int k = 0; k < kSide; ++k) {
      x[k] = a[k * stride + i];
      y[k] = b[k * stride + i];
    }
    KERNELS_UNROLL
    for (int r = 0; r < kSide; ++r) {
      KERNELS_UNROLL
      for (int c = 0; c < kSide; ++c) {
        const float d = Euclidean ? exact::add(x[r], -y[c]) : y[c];
        float& sum = sums[r * kSide + c];
        sum = exact::fma(Euclidean ? d : x[r], d, sum);
      }
    }
  }
  cluster_join<32>(sums);
  cluster_join<16>(sums);
  cluster_join<8>(sums);
  cluster_join<4>(sums);
  KERNELS_UNROLL
  for (int j = 0; j < 4; ++j) values[j] = exact::add(sums[j], 0.0F);
}

/// All values of a block's rows, from `first_row` on, with the columns of tiles [begin, end):
/// offer(column, values of four columns from there). Columns of the warp's part of a tile that
/// skip(first column) says are left out.
template <bool Euclidean, class Skip, class Offer>
__device__ __forceinline__ void cluster_walk(const cluster_rows& rows, std::int64_t first_row,
                                             std::int64_t begin, std::int64_t end, const Skip& skip,
                                             const Offer& offer) {
  const cluster_place place = cluster_place_of(threadIdx.x);
  const float* a = rows.data + (first_row + place.warp_row) * rows.stride;
  for (std::int64_t tile = begin; tile < end; ++tile) {
    const std::int64_t first = tile * kClusterTile;
    if (skip(first + place.warp_column)) continue;
    float values[4];
    cluster_tile<Euclidean>(a, rows.data + (first + place.half_column) * rows.stride, rows.stride,
                            values);
    offer(first + place.column, values);
  }
}

/// The columns' tiles of a slice.
__device__ __forceinline__ std::int64_t cluster_slice(std::int64_t rows, std::int64_t slice,
                                                      std::int64_t slices) {
  return (rows + kClusterTile - 1) / kClusterTile * slice / slices;
}

template <bool Euclidean>
__device__ __forceinline__ float cluster_distance(float value) {
  return Euclidean ? exact::sqrt(value) : math::cosine_distance(math::clamp_similarity(value));
}

/// Are a warp's rows and columns, given by their first, all of one component? Components ascend.
__device__ __forceinline__ bool cluster_one_component(const std::int32_t* component,
                                                      std::int64_t row, std::int64_t column) {
  constexpr int kSide = cluster_tuning::kSide;
  const std::int32_t c = component[column];
  return c == component[column + 2 * kSide - 1] && c == component[row] &&
         c == component[row + kSide - 1];
}

/// Values, or distances, of rows from `first` on with all. Grid: tiles of rows × slices of columns;
/// out: rows of `padded` values.
template <bool Euclidean>
__global__ void __launch_bounds__(cluster_tuning::kThreads)
    cluster_values_kernel(cluster_rows rows, std::int64_t first, bool distances,
                          std::int64_t padded, float* out) {
  const std::int64_t block_row = std::int64_t{blockIdx.x} * kClusterTile;
  float* to = out + (block_row + cluster_place_of(threadIdx.x).row) * padded;
  cluster_walk<Euclidean>(
      rows, first + block_row, cluster_slice(rows.count, blockIdx.y, gridDim.y),
      cluster_slice(rows.count, blockIdx.y + 1, gridDim.y), [](std::int64_t) { return false; },
      [&](std::int64_t column, const float(&values)[4]) {
        KERNELS_UNROLL
        for (int j = 0; j < 4; ++j) {
          to[column + j] = distances ? cluster_distance<Euclidean>(values[j]) : values[j];
        }
      });
}

/// Calls body(first, count) for batches of rows, whose values with all rows are then queued.
template <class Body>
void cluster_batches(CUstream_st* stream, const cluster_rows& rows, bool distances,
                     std::int64_t batch, float* values, const Body& body) {
  const std::int64_t tiles = cluster_tiles(rows.count), padded = tiles * kClusterTile;
  const auto kernel = rows.euclidean ? &cluster_values_kernel<true> : &cluster_values_kernel<false>;
  for (std::int64_t first = 0; first < rows.count; first += batch) {
    const std::int64_t count = std::min(batch, rows.count - first);
    const std::int64_t row_tiles = cluster_tiles(count);
    launch(stream,
           {dim3(static_cast<unsigned>(row_tiles),
                 static_cast<unsigned>(cluster_slices(row_tiles, tiles)), 1),
            dim3(cluster_tuning::kThreads, 1, 1), 0},
           kernel, rows, first, distances, padded, values);
    body(first, count);
  }
}

/// Grid: rows of `to`; those after the last repeat it.
template <int = 0>
__global__ void __launch_bounds__(cluster_tuning::kThreads)
    cluster_gather_kernel(const float* from, std::int64_t stride, const std::int32_t* index,
                          std::int64_t count, float* to) {
  const std::int64_t row = blockIdx.x;
  const float* in = from + index[row < count ? row : count - 1] * stride;
  for (std::int64_t i = threadIdx.x; i < stride; i += cluster_tuning::kThreads) {
    to[row * stride + i] = in[i];
  }
}

template <class T>
void cluster_launchers<T>::prepare(CUstream_st* stream,
                                   const view<const T, 2, space::device>& points, metric compared,
                                   float* rows, std::int64_t stride, float* base, float* norm) {
  const std::int64_t count = points.extent[0];
  if (points.extent[1] != 0) check_device_pointer("clustering", "points", points.data);
  search_arrays arrays;
  arrays.stride = stride;
  arrays.dimension = points.extent[1];
  arrays.what = compared;
  launch(
      stream,
      {dim3(static_cast<unsigned>(cluster_tiles(count) * kClusterTile), 1, 1), dim3(32, 1, 1), 0},
      &search_query_kernel<T>, points.data, points.stride[0], points.stride[1], count, arrays,
      search_queries{rows, base, norm});
}

template <class T>
void cluster_launchers<T>::gather(CUstream_st* stream, const float* from, std::int64_t stride,
                                  const std::int32_t* index, std::int64_t count, float* to) {
  if (count == 0) return;
  launch(stream,
         {dim3(static_cast<unsigned>(cluster_tiles(count) * kClusterTile), 1, 1),
          dim3(cluster_tuning::kThreads, 1, 1), 0},
         &cluster_gather_kernel<0>, from, stride, index, count, to);
}

}  // namespace kernels::inline KERNELS_ABI::gpu
