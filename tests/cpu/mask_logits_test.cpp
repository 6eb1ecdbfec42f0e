// mask_logits on the CPU.
#include "../instruction_sets.hpp"
#include "../mask_logits_cases.hpp"

#include <kernels/mask_logits.hpp>

namespace {

using namespace mask_logits_cases;
using kernels::packed;

struct cpu_runner {
  kernels::on_cpu exec;
  void operator()(const logit_maps& maps, mask_image image, words* masks,
                  std::vector<float>* scores, const mask_logits_options& o) const {
    const auto n = maps.extent[0];
    const auto logits = maps.as_view();
    if (scores == nullptr) return kernels::mask_logits(exec, logits, image, masks->as_view(), o);
    const auto list = packed(scores->data(), {n});
    if (masks == nullptr) return kernels::mask_stability(exec, logits, image, list, o);
    kernels::mask_logits(exec, logits, image, masks->as_view(), list, o);
  }
};

}  // namespace

TEST_CASE("mask_logits cpu: the reference and the element, any instruction set and threads") {
  for (const auto isa : instruction_sets()) {
    CAPTURE(std::string(kernels::cpu::name(isa)));
    for (const int threads : {1, 3}) {
      const cpu_runner run{{.threads = threads, .isa = isa}};
      matches_reference(run);
      special_values(run);
    }
    const cpu_runner run{{.threads = 2, .isa = isa}};
    CHECK(matches(run, random_logits(2, 30, 40), {270, 300}, {}));
  }
}

TEST_CASE("mask_logits: refused arguments") {
  const logit_maps maps = random_logits(2, 4, 4);
  words masks(2, 9, 1, 0, 7);
  const auto call = [&](mask_image image, const mask_logits_options& o) {
    kernels::mask_logits(kernels::on_cpu(), maps.as_view(), image, masks.as_view(), o);
  };
  CHECK_THROWS_WITH_AS(call({9, 70}, {}), doctest::Contains("masks: wanted shape (2, 9, 2)"),
                       kernels::error);
  CHECK_THROWS_WITH_AS(call({-1, 9}, {}), doctest::Contains("image"), kernels::error);
  CHECK_THROWS_WITH_AS(call({9, 9}, {.threshold = std::nanf("")}), doctest::Contains("threshold"),
                       kernels::error);
  CHECK_THROWS_WITH_AS(call({9, 9}, {.stability_offset = -1}), doctest::Contains("offset"),
                       kernels::error);
  CHECK_THROWS_WITH_AS(call({9, 9}, {.region = {3, 0, 2, 4}}), doctest::Contains("region"),
                       kernels::error);
  const logit_maps empty(2, 0, 4);
  CHECK_THROWS_WITH_AS(
      kernels::mask_logits(kernels::on_cpu(), empty.as_view(), {9, 9}, masks.as_view()),
      doctest::Contains("at least one value"), kernels::error);
  CHECK(masks.data == std::vector<std::uint64_t>(18, 7));
}
