// kernels::cuda: the launchers that mask.hpp declares.
#include <kernels/mask.cuh>

namespace kernels::inline KERNELS_ABI::gpu {

template void pack_masks(CUstream_st*, view<const std::uint8_t, 3, space::device>,
                         view<std::uint64_t, 3, space::device>);
template void unpack_masks(CUstream_st*, view<const std::uint64_t, 3, space::device>,
                           view<std::uint8_t, 3, space::device>, std::uint8_t);
template void mask_areas(CUstream_st*, view<const std::uint64_t, 3, space::device>,
                         view<std::int64_t, 1, space::device>);
template void mask_boxes(CUstream_st*, view<const std::uint64_t, 3, space::device>,
                         view<box<std::int32_t>, 1, space::device>);
template void mask_iou(CUstream_st*, view<const std::uint64_t, 3, space::device>,
                       view<const std::uint64_t, 3, space::device>, view<float, 2, space::device>,
                       view<std::byte, 1, space::device>);
template void mask_iou(CUstream_st*, view<const std::uint64_t, 3, space::device>,
                       view<const std::uint64_t, 3, space::device>, view<double, 2, space::device>,
                       view<std::byte, 1, space::device>);

}  // namespace kernels::inline KERNELS_ABI::gpu
