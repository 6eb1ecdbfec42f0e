// mask_logits on a GPU, through the front door.
#include "../mask_logits_cases.hpp"
#include "mask_memory.hpp"

#include <kernels/mask_logits.hpp>

namespace {

using namespace mask_logits_cases;
using mask_memory::on_device;

void run(const logit_maps& maps, mask_image image, words* masks, std::vector<float>* scores,
         const mask_logits_options& options) {
  const kernels::on_gpu exec;
  const std::int64_t n = maps.extent[0];
  const on_device<float> logits(maps);
  on_device<std::uint64_t> mask_memory(masks != nullptr ? *masks : words(0, 0, 0));
  on_device<float> score_memory(scores != nullptr ? *scores : std::vector<float>());
  kernels::buffer<std::byte, kernels::memory::device> memory(
      kernels::mask_logits_workspace_bytes(exec, n));
  const auto scratch = memory.as({memory.size()});
  if (scores == nullptr) {
    kernels::mask_logits(exec, logits.as_const(), image, mask_memory.as_view(), options);
  } else if (masks == nullptr) {
    kernels::mask_stability(exec, logits.as_const(), image, score_memory.list(), options, scratch);
  } else {
    kernels::mask_logits(exec, logits.as_const(), image, mask_memory.as_view(), score_memory.list(),
                         options, scratch);
  }
  if (masks != nullptr) mask_memory.download(masks->data);
  if (scores != nullptr) score_memory.download(*scores);
}

}  // namespace

TEST_CASE("mask_logits gpu: the reference and the element") {
  matches_reference(run);
  special_values(run);
}
