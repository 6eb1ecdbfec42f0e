// What the GPU benchmark must produce: e2p on the CPU, compiled apart by the host compiler.
#pragma once

#include <kernels/e2p_plan.hpp>

namespace bench {

/// One frame by kernels::e2p(on_cpu()) on all cores: the packed views, one after the other.
std::vector<std::uint8_t> e2p_expected(const kernels::view<const std::uint8_t, 4>& frame,
                                       const kernels::e2p_plan& plan,
                                       kernels::interpolation filter);

}  // namespace bench
