// kernels::cuda: the launchers that clusterings on the GPU begin with.
#include <kernels/cluster_tile.cuh>

namespace kernels::inline KERNELS_ABI::gpu {

template struct cluster_launchers<float>;
template struct cluster_launchers<half>;
template struct cluster_launchers<bfloat16>;

}  // namespace kernels::inline KERNELS_ABI::gpu
