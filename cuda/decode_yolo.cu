// kernels::cuda: the launchers that decode_yolo.hpp declares.
#include <kernels/decode_yolo.cuh>

namespace kernels::inline KERNELS_ABI::gpu {

template std::int64_t decode_yolo_workspace_bytes<float>(
    const decode_yolo_arguments<float, space::device>&);
template void decode_yolo<float>(CUstream_st*, const decode_yolo_arguments<float, space::device>&,
                                 const decode_yolo_options&, view<std::byte, 1, space::device>);

}  // namespace kernels::inline KERNELS_ABI::gpu
