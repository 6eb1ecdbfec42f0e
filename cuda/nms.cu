// kernels::cuda: the launchers that nms.hpp declares.
#include <kernels/nms.cuh>

namespace kernels::inline KERNELS_ABI::gpu {

template std::int64_t nms_workspace_bytes<float>(const nms_arguments<float, space::device>&,
                                                 const nms_options&);
template std::int64_t nms_workspace_bytes<double>(const nms_arguments<double, space::device>&,
                                                  const nms_options&);
template void nms<float>(CUstream_st*, const nms_arguments<float, space::device>&,
                         const nms_options&, view<std::byte, 1, space::device>);
template void nms<double>(CUstream_st*, const nms_arguments<double, space::device>&,
                          const nms_options&, view<std::byte, 1, space::device>);

}  // namespace kernels::inline KERNELS_ABI::gpu
