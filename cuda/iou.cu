// kernels::cuda: the launchers that iou.hpp declares.
#include <kernels/iou.cuh>

namespace kernels::inline KERNELS_ABI::gpu {

template struct iou_launchers<float>;
template struct iou_launchers<double>;

}  // namespace kernels::inline KERNELS_ABI::gpu
