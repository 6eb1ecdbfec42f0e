// kernels::cuda: the launchers that dbscan.hpp declares.
#include <kernels/dbscan.cuh>

namespace kernels::inline KERNELS_ABI::gpu {

template struct dbscan_launchers<float>;
template struct dbscan_launchers<half>;
template struct dbscan_launchers<bfloat16>;

}  // namespace kernels::inline KERNELS_ABI::gpu
