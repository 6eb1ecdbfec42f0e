// kernels::cuda: the launchers that multi_tracker.hpp declares.
#include <kernels/multi_tracker.cuh>

namespace kernels::inline KERNELS_ABI::gpu {

template void tracker_prices<0>(CUstream_st*, const tracking::priced_batch&);
template void tracker_take_apart<0>(CUstream_st*, const tracking::priced_batch&);
template void tracker_copy_slots<0>(CUstream_st*, double*, std::int64_t, int, std::uint8_t*,
                                    const std::int32_t*, const std::int32_t*, std::int64_t);

}  // namespace kernels::inline KERNELS_ABI::gpu
