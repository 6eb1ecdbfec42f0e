// hdbscan on the GPU: the passes of the spanning tree by kernels, and the front door, the same in
// C++ (compiled kernels from kernels::cuda) and in CUDA code (hdbscan.cuh, which brings the
// kernels).
#pragma once

#include <kernels/cluster/check.hpp>
#include <kernels/cluster/component_order.hpp>
#include <kernels/cluster/device_points.hpp>
#include <kernels/cluster/labels.hpp>

namespace kernels::inline KERNELS_ABI {

namespace gpu {

/// Of the points at positions, padded to whole tiles; components ascend.
struct cluster_order {
  const std::int32_t* index;
  const std::int32_t* component;
  const float* core;  ///< core distances
};

/// Defined in cuda/kernels/hdbscan.cuh; they allocate nothing.
template <class T>
struct hdbscan_launchers {
  /// The k smallest math::neighbour_bits of each row, in no order. `batch` rows at a time, a
  /// multiple of a tile; values: batch × the padded number of rows.
  static void nearest(CUstream_st* stream, const cluster_rows& rows, std::int64_t k,
                      std::int64_t batch, float* values, std::uint64_t* lists);
  /// Of each point the first edge to another component, math::kNoEdge if there is none. partial:
  /// lightest_parts(rows.count) × rows.count.
  static void lightest(CUstream_st* stream, const cluster_rows& rows, const cluster_order& order,
                       float alpha, math::edge_key* partial, math::edge_key* lightest);
};
inline std::int64_t lightest_parts(std::int64_t rows) {
  return 2 * cluster_slices(cluster_tiles(rows), cluster_tiles(rows));
}

}  // namespace gpu

namespace cluster {

/// The passes of cluster/spanning_tree.hpp on the GPU.
template <class T, memory Memory>
class device_spanning_passes {
 public:
  device_spanning_passes(device_points<T, Memory>& points, std::int64_t batch)
      : points_(points), exec_(points.exec()), batch_(batch) {}

  [[nodiscard]] std::int64_t count() const { return points_.count(); }

  neighbour_lists nearest(std::int64_t k) {
    const std::int64_t n = count();
    buffer<float, Memory> values(batch_ * gpu::cluster_tiles(n) * gpu::kClusterTile);
    buffer<std::uint64_t, Memory> keys(n * k);
    gpu::hdbscan_launchers<T>::nearest(exec_.stream, points_.rows(), k, batch_, values.data(),
                                       keys.data());
    neighbour_lists lists(n, k);
    copy(keys.as({n * k}), packed(lists.of(0), {n * k}), exec_);
    wait(exec_, "hdbscan");
    for (std::int64_t p = 0; p < n; ++p) lists.sort(p);
    return lists;
  }

  /// Borůvka's step: the lightest edge of every component.
  template <class Join>
  void join_components(const std::vector<float>& core, float alpha, union_find& sets,
                       const Join& join) {
    const std::int64_t n = count();
    component_order order(n, sets);
    const gpu::cluster_rows rows = points_.in_order(order.index);
    std::vector<float> ordered_core;
    for (const std::int32_t p : order.index) {
      ordered_core.push_back(core[static_cast<std::size_t>(p)]);
    }
    std::vector<std::int32_t> index = order.index, component = order.component;
    pad_to_tile(index);
    pad_to_tile(component);
    pad_to_tile(ordered_core);
    upload(exec_, index, index_);
    upload(exec_, component, component_);
    upload(exec_, ordered_core, core_);
    partial_.resize(gpu::lightest_parts(n) * n);
    lightest_.resize(n);
    gpu::hdbscan_launchers<T>::lightest(exec_.stream, rows,
                                        {index_.data(), component_.data(), core_.data()}, alpha,
                                        partial_.data(), lightest_.data());
    const std::vector<math::edge_key> of_point = download(exec_, lightest_, n);
    std::vector<math::edge_key> of_component(static_cast<std::size_t>(order.components),
                                             math::kNoEdge);
    for (std::size_t at = 0; at < of_point.size(); ++at) {
      auto& best = of_component[static_cast<std::size_t>(order.component[at])];
      best = std::min(best, of_point[at]);
    }
    for (const math::edge_key& edge : of_component) join(edge);
  }

 private:
  device_points<T, Memory>& points_;
  on_gpu exec_;
  std::int64_t batch_;
  buffer<std::int32_t, Memory> index_, component_;
  buffer<float, Memory> core_;
  buffer<math::edge_key, Memory> partial_, lightest_;
};

/// batch: rows of which distances to all others are kept at a time; 0: cluster_batch().
template <class T, memory Memory = memory::device>
spanning_result device_spanning_tree(on_gpu exec, const view<const T, 2, space::device>& points,
                                     metric compared, std::int64_t min_samples, float alpha,
                                     std::int64_t batch = 0) {
  device_points<T, Memory> finite(exec, points, compared);
  device_spanning_passes<T, Memory> passes(finite,
                                           batch > 0 ? batch : gpu::cluster_batch(finite.count()));
  return spanning_tree(passes, finite, points.extent[0], min_samples, alpha);
}

}  // namespace cluster

/// hdbscan() of points in device memory: the same result, to the bit, as on the CPU, in host
/// memory. The passes over all pairs run on the GPU, the trees are made on the host between them,
/// so this waits for the stream and allocates: it cannot be captured in a graph.
///
/// Cost: N² distances to find neighbours, and N² at most for every halving of the parts of the tree
/// that those do not prove; pairs inside one part are passed over. Device memory: two packed
/// float32 copies of the points, 8·k bytes a point with k = max(16, 2·min_samples), and 64 MB (from
/// half a million points on 128·N bytes).
/// Errors: as on the CPU; out_of_memory, cuda_error; kernels::error without CUDA.
template <class T>
hdbscan_result hdbscan([[maybe_unused]] on_gpu exec, const view<const T, 2, space::device>& points,
                       const hdbscan_params& params = {}) {
  static_assert(gpu_has_type<T, float, half, bfloat16>,
                "hdbscan on the GPU from a .cpp takes points of float, half or bfloat16");
  cluster::check("hdbscan", params);
  cluster::check_points("hdbscan", points, params.metric);
#if KERNELS_HAS_CUDA
  return cluster::clusters_of(
      cluster::device_spanning_tree(exec, points, params.metric, cluster::samples_of(params),
                                    params.alpha),
      points.extent[0], params);
#else
  refuse_without_cuda("hdbscan");
#endif
}

}  // namespace kernels::inline KERNELS_ABI
