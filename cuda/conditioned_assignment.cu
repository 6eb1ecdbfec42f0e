// kernels::cuda: the launchers that conditioned_assignment.hpp declares. Those of assignment and
// label_boxes that they call are instantiated here, too.
#include <kernels/conditioned_assignment.cuh>

namespace kernels::inline KERNELS_ABI::gpu {

template struct conditioned_launchers<float, std::uint8_t>;
template struct conditioned_launchers<float, std::uint16_t>;
template struct conditioned_launchers<float, std::int32_t>;
template struct conditioned_launchers<double, std::uint8_t>;
template struct conditioned_launchers<double, std::uint16_t>;
template struct conditioned_launchers<double, std::int32_t>;

}  // namespace kernels::inline KERNELS_ABI::gpu
