// kernels::cuda: the launchers that hdbscan.hpp declares.
#include <kernels/hdbscan.cuh>

namespace kernels::inline KERNELS_ABI::gpu {

template struct hdbscan_launchers<float>;
template struct hdbscan_launchers<half>;
template struct hdbscan_launchers<bfloat16>;

}  // namespace kernels::inline KERNELS_ABI::gpu
