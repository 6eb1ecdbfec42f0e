// kernels::cuda: the launcher that mask_regions.hpp declares.
#include <kernels/mask_regions.cuh>

namespace kernels::inline KERNELS_ABI::gpu {

template void mask_regions(CUstream_st*, view<std::uint64_t, 3, space::device>, std::int64_t,
                           const mask_regions_options&, view<std::int64_t, 1, space::device>,
                           view<std::byte, 1, space::device>);

}  // namespace kernels::inline KERNELS_ABI::gpu
