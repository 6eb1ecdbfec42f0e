// mask_regions' CUDA kernels in the emulator, under several thread schedules.
#include "../mask_regions_cases.hpp"
#include "scratch.hpp"

#include <kernels/mask_regions.cuh>

namespace {

using namespace mask_regions_cases;

std::vector<std::int64_t> run(words& masks, std::int64_t width, const mask_regions_options& o) {
  constexpr auto kDevice = kernels::space::device;
  std::vector<std::int64_t> changed(static_cast<std::size_t>(masks.extent[0]), -1);
  const emulated::aligned_scratch scratch(
      kernels::mask_regions_workspace_bytes(kernels::on_gpu(), masks.as_view<kDevice>()));
  kernels::gpu::mask_regions<std::uint64_t>(
      nullptr, masks.as_view<kDevice>(), width, o,
      kernels::packed<kDevice>(changed.data(), {masks.extent[0]}), scratch.as_view());
  return changed;
}

}  // namespace

TEST_CASE("mask_regions emulated: equals a flood fill on every schedule") {
  for (const unsigned seed : {0U, 1U, 2U}) {
    const kernels::emulator::schedule schedule({.seed = seed});
    equals_flood(run);
  }
}
