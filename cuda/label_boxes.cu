// kernels::cuda: the launchers that label_boxes.hpp declares.
#include <kernels/label_boxes.cuh>

namespace kernels::inline KERNELS_ABI::gpu {

template void label_boxes<std::uint8_t>(CUstream_st*, view<const std::uint8_t, 2, space::device>,
                                        view<const box<std::int32_t>, 1, space::device>,
                                        view<std::int32_t, 2, space::device>,
                                        view<std::int32_t, 1, space::device>);
template void label_boxes<std::uint16_t>(CUstream_st*, view<const std::uint16_t, 2, space::device>,
                                         view<const box<std::int32_t>, 1, space::device>,
                                         view<std::int32_t, 2, space::device>,
                                         view<std::int32_t, 1, space::device>);
template void label_boxes<std::int32_t>(CUstream_st*, view<const std::int32_t, 2, space::device>,
                                        view<const box<std::int32_t>, 1, space::device>,
                                        view<std::int32_t, 2, space::device>,
                                        view<std::int32_t, 1, space::device>);

}  // namespace kernels::inline KERNELS_ABI::gpu
