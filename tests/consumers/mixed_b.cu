// See mixed_a.cpp.
#include <kernels/e2p.cuh>

std::int64_t bytes_of(const kernels::e2p_plan& plan) { return plan.bytes(); }
