// normalize's CUDA kernel in the emulator, under several thread schedules.
#include "../normalize_cases.hpp"

#include <kernels/normalize.cuh>

namespace {

using namespace normalize_cases;
using kernels::space;

struct kernel_run {
  template <class In, class Out>
  void operator()(const kernels::view<const In, 2>& rows, const kernels::view<Out, 2>& out,
                  const kernels::view<row_state, 1>& states) const {
    kernels::gpu::normalize_launchers<In, Out>::run(nullptr, {rows.data, rows.extent, rows.stride},
                                                    {out.data, out.extent, out.stride},
                                                    {states.data, states.extent, states.stride});
  }
};

}  // namespace

TEST_CASE("normalize emulated: equals the definition on every schedule; rows where they stand") {
  for (const unsigned seed : {0U, 1U, 2U}) {
    const kernels::emulator::schedule schedule({.seed = seed});
    equals_definition(kernel_run{});
    in_place<float>(kernel_run{});
    in_place<kernels::half>(kernel_run{});
    in_place<bfloat16>(kernel_run{});
  }
}
