// single_linkage on the GPU: the spanning tree of hdbscan_gpu.hpp without core distances.
#pragma once

#include <kernels/hdbscan_gpu.hpp>

namespace kernels::inline KERNELS_ABI {

namespace cluster {
template <class T, memory Memory = memory::device>
std::vector<cluster_merge> device_single_linkage(on_gpu exec,
                                                 const view<const T, 2, space::device>& points,
                                                 const single_linkage_params& params) {
  return single_linkage_of(
      device_spanning_tree<T, Memory>(exec, points, params.metric, 0, 1.0F).edges,
      points.extent[0]);
}
}  // namespace cluster

/// single_linkage() of points in device memory: the same merges as on the CPU, in host memory.
/// Waits, allocates and costs what hdbscan() does there. Errors: as on the CPU; out_of_memory,
/// cuda_error; kernels::error without CUDA.
template <class T>
std::vector<cluster_merge> single_linkage([[maybe_unused]] on_gpu exec,
                                          const view<const T, 2, space::device>& points,
                                          const single_linkage_params& params = {}) {
  static_assert(gpu_has_type<T, float, half, bfloat16>,
                "single_linkage on the GPU from a .cpp takes points of float, half or bfloat16");
  cluster::check_points("single_linkage", points, params.metric);
#if KERNELS_HAS_CUDA
  return cluster::device_single_linkage<T>(exec, points, params);
#else
  refuse_without_cuda("single_linkage");
#endif
}

}  // namespace kernels::inline KERNELS_ABI
