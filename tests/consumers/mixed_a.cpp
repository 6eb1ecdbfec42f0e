// Must not link with mixed_b.cu: one is built without CUDA, the other with it.
#include <kernels/e2p_plan.hpp>

std::int64_t bytes_of(const kernels::e2p_plan& plan);

int main() {
  const kernels::e2p_plan plan({}, {64, 32});
  return static_cast<int>(bytes_of(plan));
}
