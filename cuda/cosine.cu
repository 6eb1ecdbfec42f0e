// kernels::cuda: the launchers that cosine.hpp declares.
#include <kernels/cosine.cuh>
#include <kernels/cosine_int8.cuh>

namespace kernels::inline KERNELS_ABI::gpu {

template struct cosine_launchers<float>;
template struct cosine_launchers<half>;
template struct cosine_launchers<bfloat16>;
template struct cosine_int8_launchers<0>;

}  // namespace kernels::inline KERNELS_ABI::gpu
