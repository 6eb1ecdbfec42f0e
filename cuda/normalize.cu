// kernels::cuda: the launchers that normalize.hpp declares.
#include <kernels/normalize.cuh>

namespace kernels::inline KERNELS_ABI::gpu {

template struct normalize_launchers<float, float>;
template struct normalize_launchers<float, half>;
template struct normalize_launchers<float, bfloat16>;
template struct normalize_launchers<half, float>;
template struct normalize_launchers<half, half>;
template struct normalize_launchers<half, bfloat16>;
template struct normalize_launchers<bfloat16, float>;
template struct normalize_launchers<bfloat16, half>;
template struct normalize_launchers<bfloat16, bfloat16>;

}  // namespace kernels::inline KERNELS_ABI::gpu
