// kernels::cuda: the launcher that e2p.hpp declares.
#include <kernels/e2p.cuh>

namespace kernels::inline KERNELS_ABI::gpu {

template void e2p<std::uint8_t>(CUstream_st*, view<const std::uint8_t, 4, space::device>,
                                std::span<const view<std::uint8_t, 4, space::device>>,
                                const e2p_plan&, const e2p_options&);

}  // namespace kernels::inline KERNELS_ABI::gpu
