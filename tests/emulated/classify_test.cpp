// classify's CUDA kernel in the emulator, under several thread schedules.
#include "../classify_cases.hpp"
#include "scratch.hpp"

#include <kernels/classify.cuh>

namespace {

using kernels::space;
using kernels::view;
using namespace classify_cases;

template <class T, int Rank>
view<T, Rank, space::device> on_device(const view<T, Rank>& v) {
  return {v.data, v.extent, v.stride};
}

struct kernel_run {
  template <class T>
  void operator()(const view<const T, 2>& rows, const view<const T, 2>& classes,
                  const kernels::classify_outputs<>& out, const classify_params& params) const {
    using launchers = kernels::gpu::classify_launchers<T>;
    const emulated::aligned_scratch scratch(
        launchers::workspace_bytes(rows.extent[0], classes.extent[0], rows.extent[1]));
    launchers::run(
        nullptr, on_device(rows), on_device(classes),
        {on_device(out.classes), on_device(out.similarities), on_device(out.probabilities)}, params,
        scratch.as_view());
  }
};

}  // namespace

TEST_CASE("classify emulated: equals the definition on every schedule; ties") {
  for (const unsigned seed : {0U, 1U, 2U}) {
    const kernels::emulator::schedule schedule({.seed = seed});
    equals_definition<float>(kernel_run{}, 19, 31, 20, 5, 0.05F);
    equals_definition<float>(kernel_run{}, 9, 3, 16, 5, 0.01F);
    ties_and_prefix(kernel_run{});
    CHECK(known_hash(kernel_run{}) == kKnownHash);
  }
  equals_definition<float>(kernel_run{}, 3, 0, 16, 5, 1.0F);
  equals_definition<kernels::half>(kernel_run{}, 13, 33, 20, 4, 0.05F);
  equals_definition<kernels::bfloat16>(kernel_run{}, 13, 33, 20, 4, 0.05F);
}
