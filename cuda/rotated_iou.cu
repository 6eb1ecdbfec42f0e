// kernels::cuda: the launchers that rotated_iou.hpp declares.
#include <kernels/rotated_iou.cuh>

namespace kernels::inline KERNELS_ABI::gpu {

template struct rotated_iou_launchers<float>;
template struct rotated_iou_launchers<double>;

}  // namespace kernels::inline KERNELS_ABI::gpu
