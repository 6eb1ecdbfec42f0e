// mask_nms on the CPU.
#include "../instruction_sets.hpp"
#include "../mask_nms_cases.hpp"

#include <kernels/mask_nms.hpp>

namespace {

using namespace mask_nms_cases;
using kernels::packed;

}  // namespace

TEST_CASE("mask_nms cpu: the textbook, any instruction set and number of threads") {
  for (const auto isa : instruction_sets()) {
    for (const int threads : {1, 3}) {
      const auto run = [&](const words& m, const std::vector<float>& s,
                           const kernels::mask_nms_options& options) {
        std::vector<std::int32_t> kept(s.size() + 1, 77);
        const auto n = static_cast<std::int64_t>(s.size());
        kernels::mask_nms({.threads = threads, .isa = isa}, m.as_view(), packed(s.data(), {n}),
                          packed(kept.data(), {n}), packed(kept.data() + n, {1}), options);
        return kept;
      };
      equals_plain(run);
      equality_stays(run);
    }
  }
}

TEST_CASE("mask_nms: the short form, and refused arguments") {
  const words m = plain_pack(discs(9, 20, 70));
  auto s = scores(9);
  const auto exec = kernels::on_cpu();
  const auto expected = plain(discs(9, 20, 70), s, {});
  const auto given = kernels::mask_nms(exec, m.as_view(), packed(s.data(), {9}));
  CHECK(std::equal(given.begin(), given.end(), expected.begin()));
  CHECK(static_cast<std::int32_t>(given.size()) == expected.back());
  CHECK_THROWS_WITH_AS(kernels::mask_nms(exec, m.as_view(), packed(s.data(), {8})),
                       doctest::Contains("scores: wanted 9"), kernels::error);
  CHECK_THROWS_WITH_AS(
      kernels::mask_nms(exec, m.as_view(), packed(s.data(), {9}), {.iou_threshold = 1.5}),
      doctest::Contains("iou_threshold"), kernels::error);
}
