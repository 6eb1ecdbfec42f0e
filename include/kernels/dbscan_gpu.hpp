// dbscan and threshold_components on the GPU: the passes over all pairs by kernels, and the front
// doors, the same in C++ (compiled kernels from kernels::cuda) and in CUDA code (dbscan.cuh, which
// brings the kernels).
#pragma once

#include <kernels/cluster/component_order.hpp>
#include <kernels/cluster/dbscan.hpp>
#include <kernels/cluster/device_points.hpp>

namespace kernels::inline KERNELS_ABI {

namespace gpu {

/// No component.
inline constexpr std::int32_t kNoComponent = 0x7fffffff;

/// Defined in cuda/kernels/dbscan.cuh; they allocate nothing.
template <class T>
struct dbscan_launchers {
  /// How many neighbours each row has, and up to `room` of them, whichever. bound: of a
  /// math::pair_test. batch and values as for hdbscan_launchers::nearest().
  static void neighbours(CUstream_st* stream, const cluster_rows& rows, float bound,
                         std::int64_t room, std::int64_t batch, float* values, std::int32_t* counts,
                         std::int32_t* lists);
  /// Of each row the lowest component of a neighbour in another component, if it is below what
  /// `lowest` holds. component: ascending, padded to whole tiles.
  static void adjacent(CUstream_st* stream, const cluster_rows& rows, float bound,
                       const std::int32_t* component, std::int32_t* lowest);
};

}  // namespace gpu

namespace cluster {

/// The groups of points of which pairs are neighbours that pass the test. Each point's neighbours
/// are counted and, up to `room` or as many as make a core point, listed. Listed pairs of core
/// points are joined; then, until nothing changes, each component with the lowest that a pair of
/// core points connects it to, which at least halves those that are connected.
template <class T, memory Memory>
density_groups device_groups(device_points<T, Memory>& points, const math::pair_test& test,
                             std::int64_t min_samples, std::int64_t batch, std::int64_t room) {
  const std::int64_t n = points.count();
  const on_gpu exec = points.exec();
  density_groups groups(n, min_samples);
  if (n == 0 || min_samples > n) return groups;
  room = std::min<std::int64_t>(std::max<std::int64_t>(room, groups.wanted()), n);
  {
    buffer<float, Memory> values(batch * gpu::cluster_tiles(n) * gpu::kClusterTile);
    buffer<std::int32_t, Memory> counts(n), lists(n * room);
    gpu::dbscan_launchers<T>::neighbours(exec.stream, points.rows(), test.bound, room, batch,
                                         values.data(), counts.data(), lists.data());
    const std::vector<std::int32_t> count = download(exec, counts, n);
    const std::vector<std::int32_t> list = download(exec, lists, n * room);
    for (std::int32_t p = 0; p < n; ++p) {
      groups.set_neighbours(p, count[static_cast<std::size_t>(p)], list.data() + p * room);
    }
    for (std::int32_t p = 0; p < n; ++p) {
      const std::int64_t listed = std::min<std::int64_t>(count[static_cast<std::size_t>(p)], room);
      for (std::int64_t k = 0; groups.core(p) && k < listed; ++k) {
        const std::int32_t other = list[static_cast<std::size_t>(p * room + k)];
        if (groups.core(other)) groups.join(p, other);
      }
    }
  }
  buffer<std::int32_t, Memory> component, lowest;
  for (bool changed = true; changed;) {
    changed = false;
    const component_order order(n, groups.sets(), [&](std::int32_t p) { return groups.core(p); });
    if (order.components < 2) break;
    const gpu::cluster_rows rows = points.in_order(order.index);
    std::vector<std::int32_t> padded = order.component;
    pad_to_tile(padded);
    upload(exec, padded, component);
    const std::vector<std::int32_t> nothing(order.index.size(), gpu::kNoComponent);
    upload(exec, nothing, lowest);
    gpu::dbscan_launchers<T>::adjacent(exec.stream, rows, test.bound, component.data(),
                                       lowest.data());
    std::vector<std::int32_t> first(static_cast<std::size_t>(order.components), -1);
    for (std::size_t at = order.index.size(); at-- > 0;) {
      first[static_cast<std::size_t>(order.component[at])] = order.index[at];
    }
    const std::vector<std::int32_t> found = download(exec, lowest, rows.count);
    for (std::size_t at = 0; at < found.size(); ++at) {
      if (found[at] == gpu::kNoComponent) continue;
      groups.join(order.index[at], first[static_cast<std::size_t>(found[at])]);
      changed = true;
    }
  }
  return groups;
}

/// Rows that are listed even if fewer make a core point.
inline constexpr std::int64_t kLeastListed = 16;

/// dbscan() and threshold_components() by kernels. batch: rows of which values with all others are
/// kept at a time; 0: cluster_batch().
template <class T, memory Memory = memory::device>
dbscan_result device_dbscan(on_gpu exec, const view<const T, 2, space::device>& points,
                            const dbscan_params& params, std::int64_t batch = 0,
                            std::int64_t room = kLeastListed) {
  const math::pair_test test = check_dbscan("dbscan", points, params);
  device_points<T, Memory> finite(exec, points, params.metric);
  if (batch == 0) batch = gpu::cluster_batch(finite.count());
  return dbscan_of(device_groups(finite, test, params.min_samples, batch, room), finite,
                   points.extent[0]);
}
template <class T, memory Memory = memory::device>
threshold_components_result device_components(on_gpu exec,
                                              const view<const T, 2, space::device>& points,
                                              const threshold_components_params& params,
                                              std::int64_t batch = 0,
                                              std::int64_t room = kLeastListed) {
  const math::pair_test test = check_threshold_components("threshold_components", points, params);
  device_points<T, Memory> finite(exec, points, params.metric);
  if (batch == 0) batch = gpu::cluster_batch(finite.count());
  return components_of(device_groups(finite, test, 1, batch, room), finite, points.extent[0]);
}

}  // namespace cluster

/// dbscan() of points in device memory: the same result as on the CPU, in host memory. Labels are
/// made on the host between the passes, so this waits for the stream and allocates: it cannot be
/// captured in a graph.
///
/// Cost: N² distances, and again between core points of different components until none are
/// neighbours: once if the neighbours that are listed join everything, log2(N) times at worst.
/// Device memory: two packed float32 copies of the points, 4·max(16, min_samples) bytes a point,
/// and 64 MB (from half a million points on 128·N bytes).
/// Errors: as on the CPU; out_of_memory, cuda_error; kernels::error without CUDA.
template <class T>
dbscan_result dbscan([[maybe_unused]] on_gpu exec, const view<const T, 2, space::device>& points,
                     const dbscan_params& params = {}) {
  static_assert(gpu_has_type<T, float, half, bfloat16>,
                "dbscan on the GPU from a .cpp takes points of float, half or bfloat16");
#if KERNELS_HAS_CUDA
  return cluster::device_dbscan<T>(exec, points, params);
#else
  static_cast<void>(cluster::check_dbscan("dbscan", points, params));
  refuse_without_cuda("dbscan");
#endif
}

/// threshold_components() of points in device memory, as dbscan() above.
template <class T>
threshold_components_result threshold_components([[maybe_unused]] on_gpu exec,
                                                 const view<const T, 2, space::device>& points,
                                                 const threshold_components_params& params = {}) {
  static_assert(gpu_has_type<T, float, half, bfloat16>,
                "threshold_components on the GPU from a .cpp takes points of float, half or "
                "bfloat16");
#if KERNELS_HAS_CUDA
  return cluster::device_components<T>(exec, points, params);
#else
  static_cast<void>(cluster::check_threshold_components("threshold_components", points, params));
  refuse_without_cuda("threshold_components");
#endif
}

}  // namespace kernels::inline KERNELS_ABI
