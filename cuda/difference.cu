// kernels::cuda: the launchers that difference.hpp declares.
#include <kernels/difference.cuh>

namespace kernels::inline KERNELS_ABI::gpu {

template std::int64_t difference_workspace_bytes<std::uint8_t>(
    const view<const std::uint8_t, 4, space::device>&);
template void difference<std::uint8_t>(CUstream_st*, view<const std::uint8_t, 4, space::device>,
                                       view<const std::uint8_t, 4, space::device>,
                                       image_difference*, view<std::byte, 1, space::device>);

}  // namespace kernels::inline KERNELS_ABI::gpu
