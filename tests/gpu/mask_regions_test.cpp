// mask_regions on a GPU, through the front door.
#include "../mask_regions_cases.hpp"
#include "mask_memory.hpp"

#include <kernels/mask_regions.hpp>

TEST_CASE("mask_regions gpu: equals a flood fill") {
  using namespace mask_regions_cases;
  using mask_memory::on_device;
  const auto run = [](words& masks, std::int64_t width, const mask_regions_options& o) {
    std::vector<std::int64_t> changed(static_cast<std::size_t>(masks.extent[0]), -1);
    on_device<std::uint64_t> memory(masks);
    on_device<std::int64_t> counts(changed);
    kernels::buffer<std::byte, kernels::memory::device> scratch(
        kernels::mask_regions_workspace_bytes(kernels::on_gpu(), memory.as_view()));
    kernels::mask_regions(kernels::on_gpu(), memory.as_view(), width, o, counts.list(),
                          scratch.as({scratch.size()}));
    memory.download(masks.data);
    counts.download(changed);
    return changed;
  };
  equals_flood(run);
  CHECK(equals_flood(run, noise(11, 200, 500, 40), {.holes_below = 30, .islands_below = 30}));
}
