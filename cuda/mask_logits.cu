// kernels::cuda: the launcher that mask_logits.hpp declares.
#include <kernels/mask_logits.cuh>

namespace kernels::inline KERNELS_ABI::gpu {

template void mask_logits(CUstream_st*, view<const float, 3, space::device>, mask_image,
                          view<std::uint64_t, 3, space::device>, view<float, 1, space::device>,
                          const mask_logits_options&, view<std::byte, 1, space::device>);

}  // namespace kernels::inline KERNELS_ABI::gpu
