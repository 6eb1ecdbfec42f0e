// kernels::cuda: the launchers that classify.hpp declares.
#include <kernels/classify.cuh>

namespace kernels::inline KERNELS_ABI::gpu {

template struct classify_launchers<float>;
template struct classify_launchers<half>;
template struct classify_launchers<bfloat16>;

}  // namespace kernels::inline KERNELS_ABI::gpu
