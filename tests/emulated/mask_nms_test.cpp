// mask_nms' CUDA kernels in the emulator, under several thread schedules.
#include "../mask_nms_cases.hpp"
#include "scratch.hpp"

#include <kernels/mask_nms.cuh>

namespace {

using namespace mask_nms_cases;

std::vector<std::int32_t> run(const words& m, const std::vector<float>& s,
                              const kernels::mask_nms_options& options) {
  constexpr auto kDevice = kernels::space::device;
  std::vector<std::int32_t> kept(s.size() + 1, 77);
  const auto n = static_cast<std::int64_t>(s.size());
  const emulated::aligned_scratch scratch(kernels::mask_nms_workspace_bytes(kernels::on_gpu(), n));
  kernels::gpu::mask_nms<std::uint64_t>(
      nullptr, m.as_view<kDevice>(), kernels::packed<kDevice>(s.data(), {n}),
      kernels::packed<kDevice>(kept.data(), {n}), kernels::packed<kDevice>(kept.data() + n, {1}),
      options, scratch.as_view());
  return kept;
}

}  // namespace

TEST_CASE("mask_nms emulated: the textbook on every schedule") {
  for (const unsigned seed : {0U, 1U, 2U}) {
    const kernels::emulator::schedule schedule({.seed = seed});
    equals_plain(run, seed == 0 ? 150 : 20);
    equality_stays(run);
  }
}
