// kernels::cuda: the launcher that mask_nms.hpp declares.
#include <kernels/mask_nms.cuh>

namespace kernels::inline KERNELS_ABI::gpu {

template void mask_nms(CUstream_st*, view<const std::uint64_t, 3, space::device>,
                       view<const float, 1, space::device>, view<std::int32_t, 1, space::device>,
                       view<std::int32_t, 1, space::device>, const mask_nms_options&,
                       view<std::byte, 1, space::device>);

}  // namespace kernels::inline KERNELS_ABI::gpu
