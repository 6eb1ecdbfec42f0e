// The rows of a matrix in device memory that take part in a clustering, and what the host and the
// kernels of cuda/kernels/cluster_tile.cuh agree on.
#pragma once

#include <kernels/core/buffer.hpp>
#include <kernels/math/metric.hpp>
#include <kernels/math/normalize.hpp>

#include <algorithm>
#include <vector>

namespace kernels::inline KERNELS_ABI {

namespace gpu {

/// Float32 rows on the device: of unit length unless euclidean, padded with zeros to a multiple of
/// sixteen elements; after the last one, up to a whole tile of rows, it is repeated.
struct cluster_rows {
  const float* data;
  std::int64_t count, stride;
  bool euclidean;
};

inline constexpr std::int64_t kClusterTile = 32;  ///< rows and columns of a block at a time
inline std::int64_t cluster_tiles(std::int64_t rows) {
  return (rows + kClusterTile - 1) / kClusterTile;
}
/// Slices of the columns, so that there are blocks for the whole chip: four a multiprocessor of a
/// large GPU.
inline std::int64_t cluster_slices(std::int64_t row_tiles, std::int64_t column_tiles) {
  constexpr std::int64_t kBlocks = 528;
  return std::clamp<std::int64_t>(kBlocks / std::max<std::int64_t>(row_tiles, 1), 1,
                                  std::clamp<std::int64_t>(column_tiles, 1, kBlocks));
}
/// Rows of which values with all others are kept at a time: a multiple of a tile; 64 MB unless a
/// tile's rows take more.
inline std::int64_t cluster_batch(std::int64_t rows) {
  const std::int64_t padded = std::max<std::int64_t>(cluster_tiles(rows), 1) * kClusterTile;
  const std::int64_t most = (std::int64_t{1} << 24) / padded / kClusterTile * kClusterTile;
  return std::clamp<std::int64_t>(most, kClusterTile, std::min<std::int64_t>(padded, 1024));
}

/// Defined in cuda/kernels/cluster_tile.cuh.
template <class T>
struct cluster_launchers {
  /// Whole tiles of rows as packed_rows makes them; norm is NaN for those that are not finite.
  static void prepare(CUstream_st* stream, const view<const T, 2, space::device>& points,
                      metric compared, float* rows, std::int64_t stride, float* base, float* norm);
  /// Whole tiles: row p of `to` is row index[p] of `from`.
  static void gather(CUstream_st* stream, const float* from, std::int64_t stride,
                     const std::int32_t* index, std::int64_t count, float* to);
};

}  // namespace gpu

namespace cluster {

/// Waits for what is queued.
inline void wait([[maybe_unused]] on_gpu exec, [[maybe_unused]] std::string_view operation) {
#if KERNELS_HAS_CUDA
  check_cuda(cudaStreamSynchronize(exec.stream), operation);
#endif
}

/// `from` must stay until the stream has been waited for.
template <class T, memory Memory>
void upload(on_gpu exec, const std::vector<T>& from, buffer<T, Memory>& to) {
  const std::int64_t size = std::ssize(from);
  to.resize(size);
  if (size > 0) copy(packed(from.data(), {size}), to.as({size}), exec);
}
template <class T, memory Memory>
std::vector<T> download(on_gpu exec, buffer<T, Memory>& from, std::int64_t size) {
  std::vector<T> to(static_cast<std::size_t>(size));
  if (size > 0) copy(from.as({size}), packed(to.data(), {size}), exec);
  wait(exec, "download");
  return to;
}

/// The finite rows of `points`, made ready, and the numbers they have in the matrix. Memory is
/// device memory, or host memory for kernels in an emulator.
template <class T, memory Memory>
class device_points {
 public:
  device_points(on_gpu exec, const view<const T, 2, space::device>& points, metric compared)
      : exec_(exec),
        stride_((points.extent[1] + math::kDotLanes - 1) / math::kDotLanes * math::kDotLanes),
        euclidean_(compared == metric::euclidean) {
    const std::int64_t n = points.extent[0];
    if (n == 0) return;
    const std::int64_t padded = gpu::cluster_tiles(n) * gpu::kClusterTile;
    rows_.resize(padded * stride_);
    buffer<float, Memory> base(padded), norm(padded);
    gpu::cluster_launchers<T>::prepare(exec.stream, points, compared, rows_.data(), stride_,
                                       base.data(), norm.data());
    const std::vector<float> norms = download(exec, norm, n);
    for (std::int64_t r = 0; r < n; ++r) {
      const float x = norms[static_cast<std::size_t>(r)];
      (x == x ? finite_ : rest_).push_back(static_cast<std::int32_t>(r));
    }
    if (rest_.empty() || finite_.empty()) return;
    buffer<float, Memory> finite;
    gather(finite_, finite);
    wait(exec, "clustering");
    rows_ = std::move(finite);
  }

  [[nodiscard]] std::int64_t count() const { return std::ssize(finite_); }
  /// Of the k-th finite row.
  [[nodiscard]] std::int32_t number(std::int64_t k) const {
    return finite_[static_cast<std::size_t>(k)];
  }
  [[nodiscard]] const std::vector<std::int32_t>& not_finite() const { return rest_; }
  [[nodiscard]] on_gpu exec() const { return exec_; }
  [[nodiscard]] gpu::cluster_rows rows() const {
    return {rows_.data(), count(), stride_, euclidean_};
  }
  /// A copy of some finite rows in that order, until the next call.
  gpu::cluster_rows in_order(const std::vector<std::int32_t>& order) {
    gather(order, ordered_);
    return {ordered_.data(), std::ssize(order), stride_, euclidean_};
  }

 private:
  void gather(const std::vector<std::int32_t>& order, buffer<float, Memory>& to) {
    const std::int64_t n = std::ssize(order);
    to.resize(gpu::cluster_tiles(n) * gpu::kClusterTile * stride_);
    upload(exec_, order, index_);
    gpu::cluster_launchers<T>::gather(exec_.stream, rows_.data(), stride_, index_.data(), n,
                                      to.data());
  }

  on_gpu exec_;
  std::int64_t stride_;
  bool euclidean_;
  buffer<float, Memory> rows_, ordered_;
  buffer<std::int32_t, Memory> index_;
  std::vector<std::int32_t> finite_, rest_;
};

/// Padded to whole tiles by repeating the last one.
template <class T>
void pad_to_tile(std::vector<T>& values) {
  if (values.empty()) return;
  const T last = values.back();
  const std::int64_t padded = gpu::cluster_tiles(std::ssize(values)) * gpu::kClusterTile;
  values.resize(static_cast<std::size_t>(padded), last);
}

}  // namespace cluster
}  // namespace kernels::inline KERNELS_ABI
