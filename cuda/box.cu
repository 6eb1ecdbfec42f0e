// kernels::cuda: the launchers that box.hpp declares.
#include <kernels/box.cuh>

namespace kernels::inline KERNELS_ABI::gpu {

template struct box_launchers<float>;
template struct box_launchers<double>;

}  // namespace kernels::inline KERNELS_ABI::gpu
