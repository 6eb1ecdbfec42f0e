// kernels::cuda: the launchers that iou_match.hpp declares.
#include <kernels/iou_match.cuh>

namespace kernels::inline KERNELS_ABI::gpu {

template struct iou_match_launchers<float>;
template struct iou_match_launchers<double>;

}  // namespace kernels::inline KERNELS_ABI::gpu
