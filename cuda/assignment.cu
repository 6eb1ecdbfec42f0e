// kernels::cuda: the launchers that assignment.hpp declares.
#include <kernels/assignment.cuh>

namespace kernels::inline KERNELS_ABI::gpu {

template struct assignment_launchers<float>;
template struct assignment_launchers<double>;

}  // namespace kernels::inline KERNELS_ABI::gpu
