// kernels::cuda: the launchers that preprocess.hpp declares.
#include <kernels/preprocess.cuh>

namespace kernels::inline KERNELS_ABI::gpu {

template void preprocess<float>(CUstream_st*, view<const std::uint8_t, 4, space::device>,
                                view<const preprocess_region, 1, space::device>,
                                view<float, 4, space::device>, const preprocess_options&);
template void preprocess<half>(CUstream_st*, view<const std::uint8_t, 4, space::device>,
                               view<const preprocess_region, 1, space::device>,
                               view<half, 4, space::device>, const preprocess_options&);

}  // namespace kernels::inline KERNELS_ABI::gpu
