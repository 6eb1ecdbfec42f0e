// iou_match on the GPU: a warp owns a few rows, its lanes hold 32 boxes of b at a time. What a row
// has found so far is the same in all lanes, so a pair is divided only if it can be better: of
// many boxes, few are. Limit: the arithmetic of the intersections.
#pragma once

#include <kernels/iou.cuh>
#include <kernels/iou_match_gpu.hpp>

namespace kernels::inline KERNELS_ABI::gpu {

struct iou_match_tuning {
  static constexpr int kWarps = 4;
  static constexpr int kRows = 4;  ///< of a warp
  static constexpr int kScanWarps = 32;
};

/// Can the overlap of a and b be greater than `limit`? For IoU with limit >= 0 without a division;
/// sometimes yes where it then is not, never no where it is.
template <class T, bool Plain>
__device__ __forceinline__ bool iou_may_exceed(const iou_options& options,
                                               const math::measured_box<T>& a,
                                               const math::measured_box<T>& b, T limit) {
  if constexpr (Plain) {
    const T one = options.convention == pixel_convention::inclusive ? T(1) : T(0);
    const T w = exact::add(exact::min(a.right, b.right) - exact::max(a.left, b.left), one);
    const T h = exact::add(exact::min(a.bottom, b.bottom) - exact::max(a.top, b.top), one);
    const T shared = exact::product(exact::max(w, T(0)), exact::max(h, T(0)));
    const T joined = exact::add(exact::add(a.area, b.area), -shared);
    // shared / joined > limit; a difference too small for T rounds to 0, hence <=
    return limit < T(0) || (shared > T(0) && exact::fma(limit, joined, -shared) <= T(0));
  } else {
    return true;
  }
}

/// The rows of a warp, measured; those beyond the end repeat the last one.
template <class T>
struct iou_warp_rows {
  std::int64_t first;
  math::measured_box<T> box[iou_match_tuning::kRows];

  __device__ __forceinline__ iou_warp_rows(const iou_boxes<T>& a, std::int64_t first_row,
                                           const iou_options& options)
      : first(first_row) {
    KERNELS_UNROLL
    for (int r = 0; r < iou_match_tuning::kRows; ++r) {
      box[r] = a.measured(first + r < a.count ? first + r : a.count - 1, options);
    }
  }
};

/// First row of this warp, and how far its next one is.
__device__ __forceinline__ std::int64_t iou_warp_first() {
  return (std::int64_t{blockIdx.x} * iou_match_tuning::kWarps + threadIdx.x / 32) *
         iou_match_tuning::kRows;
}
__device__ __forceinline__ std::int64_t iou_warp_step() {
  return std::int64_t{gridDim.x} * iou_match_tuning::kWarps * iou_match_tuning::kRows;
}

/// A one-dimensional output.
template <class T>
struct iou_column {
  T* data;
  std::int64_t stride;
};

template <class T, bool Plain>
__global__ void __launch_bounds__(32 * iou_match_tuning::kWarps)
    iou_best_match_kernel(iou_boxes<T> a, iou_boxes<T> b, iou_column<T> values,
                          iou_column<std::int32_t> indices, iou_options given, T threshold) {
  constexpr int kRows = iou_match_tuning::kRows;
  constexpr unsigned kAll = 0xffffffffU;
  const iou_options options = iou_kernel_options<Plain>(given);
  const T least = math::overlap_least<T>(options.kind);
  const auto lane = static_cast<std::int32_t>(threadIdx.x % 32);
  for (std::int64_t first = iou_warp_first(); first < a.count; first += iou_warp_step()) {
    const iou_warp_rows<T> rows(a, first, options);
    T best[kRows];
    std::int32_t index[kRows];
    KERNELS_UNROLL
    for (int r = 0; r < kRows; ++r) {
      best[r] = least;  // box 0, unless another one is better
      index[r] = 0;
    }
    for (std::int64_t j = 0; j < b.count; j += 32) {
      const bool exists = j + lane < b.count;
      const math::measured_box<T> mine = b.measured(exists ? j + lane : b.count - 1, options);
      KERNELS_UNROLL
      for (int r = 0; r < kRows; ++r) {
        const bool may = exists && iou_may_exceed<T, Plain>(options, rows.box[r], mine, best[r]);
        if (__any_sync(kAll, may ? 1 : 0) == 0) continue;
        const T value = may ? math::overlap_of(options, rows.box[r], mine) : least;
        T most = value;
        KERNELS_UNROLL
        for (int step = 16; step > 0; step /= 2) {
          most = exact::max(most, __shfl_xor_sync(kAll, most, step));
        }
        const unsigned has = __ballot_sync(kAll, exists && value == most ? 1 : 0);
        if (most > best[r]) {
          best[r] = most;
          index[r] = static_cast<std::int32_t>(j) + __ffs(static_cast<int>(has)) - 1;
        }
      }
    }
    if (lane == 0) {
      KERNELS_UNROLL
      for (int r = 0; r < kRows; ++r) {
        if (first + r >= a.count) continue;
        values.data[(first + r) * values.stride] = best[r];
        indices.data[(first + r) * indices.stride] =
            b.count > 0 && best[r] > threshold ? index[r] : -1;
      }
    }
  }
}

/// Where matches go; places from `capacity` on are not written.
template <class T>
struct iou_match_list {
  iou_column<std::int32_t> columns;
  iou_column<T> values;
  std::int64_t capacity;
};

/// Without Fill: row_offsets[i + 1] = matches of row i. With Fill: writes them from row_offsets[i]
/// on.
template <class T, bool Plain, bool Fill>
__global__ void __launch_bounds__(32 * iou_match_tuning::kWarps)
    iou_matches_kernel(iou_boxes<T> a, iou_boxes<T> b, iou_column<std::int64_t> row_offsets,
                       iou_match_list<T> list, iou_options given, T threshold) {
  constexpr int kRows = iou_match_tuning::kRows;
  constexpr unsigned kAll = 0xffffffffU;
  const iou_options options = iou_kernel_options<Plain>(given);
  const auto lane = static_cast<std::int32_t>(threadIdx.x % 32);
  for (std::int64_t first = iou_warp_first(); first < a.count; first += iou_warp_step()) {
    const iou_warp_rows<T> rows(a, first, options);
    std::int64_t place[kRows];
    KERNELS_UNROLL
    for (int r = 0; r < kRows; ++r) {
      place[r] =
          Fill && first + r < a.count ? row_offsets.data[(first + r) * row_offsets.stride] : 0;
    }
    for (std::int64_t j = 0; j < b.count; j += 32) {
      const bool exists = j + lane < b.count;
      const math::measured_box<T> mine = b.measured(exists ? j + lane : b.count - 1, options);
      KERNELS_UNROLL
      for (int r = 0; r < kRows; ++r) {
        const bool may = exists && iou_may_exceed<T, Plain>(options, rows.box[r], mine, threshold);
        if (__any_sync(kAll, may ? 1 : 0) == 0) continue;
        const T value = math::overlap_of(options, rows.box[r], mine);
        const bool matches = may && value > threshold && first + r < a.count;
        const unsigned all = __ballot_sync(kAll, matches ? 1 : 0);
        if (Fill && matches) {
          const std::int64_t to = place[r] + __popc(all & ((1U << lane) - 1U));
          if (to < list.capacity) {
            list.columns.data[to * list.columns.stride] = static_cast<std::int32_t>(j) + lane;
            list.values.data[to * list.values.stride] = value;
          }
        }
        place[r] += __popc(all);
      }
    }
    if (!Fill && lane == 0) {
      KERNELS_UNROLL
      for (int r = 0; r < kRows; ++r) {
        if (first + r < a.count) row_offsets.data[(first + r + 1) * row_offsets.stride] = place[r];
      }
    }
  }
}

/// Counts to places: row_offsets[0] = 0, each further entry the sum of all up to it. One block.
template <int = 0>
__global__ void __launch_bounds__(32 * iou_match_tuning::kScanWarps)
    iou_match_scan_kernel(iou_column<std::int64_t> row_offsets, std::int64_t rows) {
  constexpr int kWarps = iou_match_tuning::kScanWarps;
  constexpr unsigned kAll = 0xffffffffU;
  KERNELS_SHARED(std::int64_t, sums, kWarps);
  const unsigned lane = threadIdx.x % 32;
  const unsigned warp = threadIdx.x / 32;
  std::int64_t before = 0;  // all entries of earlier rounds
  if (threadIdx.x == 0) row_offsets.data[0] = 0;
  for (std::int64_t start = 0; start < rows; start += 32 * kWarps) {
    const std::int64_t i = start + threadIdx.x;
    std::int64_t sum = i < rows ? row_offsets.data[(i + 1) * row_offsets.stride] : 0;
    KERNELS_UNROLL
    for (unsigned step = 1; step < 32; step *= 2) {
      const std::int64_t left = __shfl_up_sync(kAll, sum, step);
      if (lane >= step) sum += left;
    }
    if (lane == 31) sums[warp] = sum;
    __syncthreads();
    std::int64_t all = 0;
    std::int64_t earlier = 0;
    for (unsigned w = 0; w < kWarps; ++w) {
      if (w == warp) earlier = all;
      all += sums[w];
    }
    if (i < rows) row_offsets.data[(i + 1) * row_offsets.stride] = before + earlier + sum;
    before += all;
    __syncthreads();  // sums may be written again
  }
}

/// One warp for kRows rows.
inline launch_shape iou_match_shape(std::int64_t rows) {
  constexpr std::int64_t kRows = iou_match_tuning::kWarps * iou_match_tuning::kRows;
  const std::int64_t blocks = (rows + kRows - 1) / kRows;
  return {dim3(static_cast<unsigned>(std::min(blocks, iou_tuning::kMostBlocks)), 1, 1),
          dim3(32 * iou_match_tuning::kWarps, 1, 1), 0};
}

template <class T>
void iou_match_launchers<T>::best(CUstream_st* stream, const boxes& a, const boxes& b,
                                  const view<T, 1, space::device>& values,
                                  const view<std::int32_t, 1, space::device>& indices,
                                  const iou_match_options& options) {
  if (a.extent[0] == 0) return;
  check_device_pointer("iou_best_match", "a", a.data);
  if (b.extent[0] > 0) check_device_pointer("iou_best_match", "b", b.data);
  check_device_pointer("iou_best_match", "values", values.data);
  check_device_pointer("iou_best_match", "indices", indices.data);
  const auto kernel = options.kind == overlap::iou ? &iou_best_match_kernel<T, true>
                                                   : &iou_best_match_kernel<T, false>;
  launch(stream, iou_match_shape(a.extent[0]), kernel, iou_boxes_of<T>(a), iou_boxes_of<T>(b),
         iou_column<T>{values.data, values.stride[0]},
         iou_column<std::int32_t>{indices.data, indices.stride[0]}, options.overlaps(),
         static_cast<T>(options.threshold));
}

template <class T>
void iou_match_launchers<T>::list(CUstream_st* stream, const boxes& a, const boxes& b,
                                  const view<std::int64_t, 1, space::device>& row_offsets,
                                  const view<std::int32_t, 1, space::device>& columns,
                                  const view<T, 1, space::device>& values,
                                  const iou_match_options& options) {
  check_device_pointer("iou_matches", "row_offsets", row_offsets.data);
  if (a.extent[0] > 0) check_device_pointer("iou_matches", "a", a.data);
  if (b.extent[0] > 0) check_device_pointer("iou_matches", "b", b.data);
  if (columns.extent[0] > 0) {
    check_device_pointer("iou_matches", "columns", columns.data);
    check_device_pointer("iou_matches", "values", values.data);
  }
  const bool plain = options.kind == overlap::iou;
  const T threshold = static_cast<T>(options.threshold);
  const iou_column<std::int64_t> offsets{row_offsets.data, row_offsets.stride[0]};
  const iou_match_list<T> list{
      {columns.data, columns.stride[0]}, {values.data, values.stride[0]}, columns.extent[0]};
  const auto run = [&](auto kernel) {
    if (a.extent[0] == 0) return;
    launch(stream, iou_match_shape(a.extent[0]), kernel, iou_boxes_of<T>(a), iou_boxes_of<T>(b),
           offsets, list, options.overlaps(), threshold);
  };
  run(plain ? &iou_matches_kernel<T, true, false> : &iou_matches_kernel<T, false, false>);
  launch(stream, {dim3(1, 1, 1), dim3(32 * iou_match_tuning::kScanWarps, 1, 1), 0},
         &iou_match_scan_kernel<0>, offsets, a.extent[0]);
  if (columns.extent[0] == 0) return;
  run(plain ? &iou_matches_kernel<T, true, true> : &iou_matches_kernel<T, false, true>);
}

}  // namespace kernels::inline KERNELS_ABI::gpu
