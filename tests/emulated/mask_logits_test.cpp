// mask_logits' CUDA kernels in the emulator, under several thread schedules.
#include "../mask_logits_cases.hpp"
#include "scratch.hpp"

#include <kernels/mask_logits.cuh>

namespace {

using namespace mask_logits_cases;

void run(const logit_maps& maps, mask_image image, words* masks, std::vector<float>* scores,
         const mask_logits_options& options) {
  constexpr auto kDevice = kernels::space::device;
  const std::int64_t n = maps.extent[0];
  const emulated::aligned_scratch scratch(
      kernels::mask_logits_workspace_bytes(kernels::on_gpu(), n));
  kernels::device_view<std::uint64_t, 3> mask_view{};
  kernels::device_view<float, 1> score_view{};
  if (masks != nullptr) mask_view = masks->as_view<kDevice>();
  if (scores != nullptr) score_view = kernels::packed<kDevice>(scores->data(), {n});
  kernels::gpu::mask_logits<float>(nullptr, maps.as_view<kDevice>(), image, mask_view, score_view,
                                   options, scratch.as_view());
}

}  // namespace

TEST_CASE("mask_logits emulated: the reference and the element on every schedule") {
  for (const unsigned seed : {0U, 1U, 2U}) {
    const kernels::emulator::schedule schedule({.seed = seed});
    matches_reference(run);
    special_values(run);
  }
}
