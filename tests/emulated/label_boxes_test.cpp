// label_boxes' CUDA kernels in the emulator, under several thread schedules.
#include "../label_boxes_cases.hpp"

#include <kernels/label_boxes.cuh>

namespace {

using namespace label_boxes_cases;

const auto run = []<class Label>(const label_request<Label>& r, std::vector<std::int32_t>& counts,
                                 std::vector<std::int32_t>* areas) {
  using kernels::space;
  kernels::device_view<const Label, 2> map{r.map.data(), {r.height, r.width}, {r.row_stride, 1}};
  kernels::device_view<std::int32_t, 1> area_view{};
  if (areas != nullptr) area_view = kernels::packed<space::device>(areas->data(), {r.labels});
  kernels::gpu::label_boxes<Label>(
      nullptr, map, kernels::packed<space::device>(r.boxes.data(), {r.box_count()}),
      kernels::packed<space::device>(counts.data(), {r.box_count(), r.labels}), area_view);
};

}  // namespace

TEST_CASE("label_boxes emulated: equals a plain loop on every schedule") {
  for (const unsigned seed : {0U, 1U, 2U}) {
    const kernels::emulator::schedule schedule({.seed = seed});
    equals_plain_loop<std::uint8_t>(run);
  }
  equals_plain_loop<std::uint16_t>(run);
  equals_plain_loop<std::int32_t>(run);
}
TEST_CASE("label_boxes emulated: more labels than shared memory holds") { many_labels(run); }
TEST_CASE("label_boxes emulated: more boxes than a grid has rows") {
  for (const unsigned seed : {1U, 2U}) {
    const kernels::emulator::schedule schedule({.seed = seed});
    many_boxes(run);
  }
}
