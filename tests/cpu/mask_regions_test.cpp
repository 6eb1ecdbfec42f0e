// mask_regions on the CPU.
#include "../mask_regions_cases.hpp"

#include <kernels/mask_regions.hpp>

namespace {

using namespace mask_regions_cases;
using kernels::packed;

struct cpu_runner {
  kernels::on_cpu exec;
  std::vector<std::int64_t> operator()(words& masks, std::int64_t width,
                                       const mask_regions_options& o) const {
    std::vector<std::int64_t> changed(static_cast<std::size_t>(masks.extent[0]), -1);
    kernels::mask_regions(exec, masks.as_view(), width, o,
                          packed(changed.data(), {masks.extent[0]}));
    return changed;
  }
};

}  // namespace

TEST_CASE("mask_regions cpu: equals a flood fill, any number of threads") {
  for (const int threads : {1, 3}) equals_flood(cpu_runner{{.threads = threads}});
  const cpu_runner run{kernels::on_cpu()};
  CHECK(equals_flood(run, noise(1, 90, 300, 40), {.holes_below = 30, .islands_below = 30}));
}

TEST_CASE("mask_regions: of equal regions the first stays, and refused arguments") {
  words masks(1, 1, 1);
  masks.data = {0b110110};
  const auto exec = kernels::on_cpu();
  kernels::mask_regions(exec, masks.as_view(), 8, {.islands_below = 3});
  CHECK(masks.data[0] == 0b110);
  CHECK_THROWS_WITH_AS(kernels::mask_regions(exec, masks.as_view(), 65, {}),
                       doctest::Contains("width"), kernels::error);
  CHECK_THROWS_WITH_AS(kernels::mask_regions(exec, masks.as_view(), 8, {.holes_below = -1}),
                       doctest::Contains("holes_below"), kernels::error);
  std::vector<std::int64_t> changed(2);
  CHECK_THROWS_WITH_AS(
      kernels::mask_regions(exec, masks.as_view(), 8, {}, packed(changed.data(), {2})),
      doctest::Contains("changed"), kernels::error);
}
