// kernels::cuda: the launchers that search.hpp declares.
#include <kernels/search.cuh>

namespace kernels::inline KERNELS_ABI::gpu {

template struct search_launchers<float>;
template struct search_launchers<half>;
template struct search_launchers<bfloat16>;

}  // namespace kernels::inline KERNELS_ABI::gpu
