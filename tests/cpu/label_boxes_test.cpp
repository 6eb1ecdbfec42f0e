// label_boxes on the CPU.
#include "../instruction_sets.hpp"
#include "../label_boxes_cases.hpp"

#include <kernels/label_boxes.hpp>

namespace {

using namespace label_boxes_cases;

/// Answers a request; areas may be null. scratch: one, or none.
template <class Label, class... Scratch>
void answer(kernels::on_cpu exec, const label_request<Label>& r, std::vector<std::int32_t>& counts,
            std::vector<std::int32_t>* areas, Scratch&... scratch) {
  const kernels::view<const Label, 2> map{r.map.data(), {r.height, r.width}, {r.row_stride, 1}};
  kernels::view<std::int32_t, 1> area_view{};
  if (areas != nullptr) area_view = kernels::packed(areas->data(), {r.labels});
  kernels::label_boxes(exec, map, kernels::packed(r.boxes.data(), {r.box_count()}),
                       kernels::packed(counts.data(), {r.box_count(), r.labels}), area_view,
                       scratch...);
}

struct cpu_runner {
  kernels::on_cpu exec;
  template <class Label>
  void operator()(const label_request<Label>& r, std::vector<std::int32_t>& counts,
                  std::vector<std::int32_t>* areas) const {
    answer(exec, r, counts, areas);
  }
};

}  // namespace

TEST_CASE("label_boxes cpu: equals a plain loop, any instruction set and number of threads") {
  for (const auto isa : instruction_sets()) {
    CAPTURE(std::string(kernels::cpu::name(isa)));
    for (const int threads : {1, 3}) {
      const cpu_runner run{{.threads = threads, .isa = isa}};
      equals_plain_loop<std::uint8_t>(run, threads == 1 ? 1 : 7);
      equals_plain_loop<std::uint16_t>(run);
      equals_plain_loop<std::int32_t>(run);
    }
    many_boxes(cpu_runner{{.threads = 1, .isa = isa}});
    many_labels(cpu_runner{{.threads = 1, .isa = isa}});
  }
}

TEST_CASE("label_boxes cpu: scratch is reused between calls of different sizes") {
  kernels::label_boxes_scratch scratch;
  const auto run = [&](const auto& r, auto& counts, std::vector<std::int32_t>* areas) {
    answer({.threads = 1}, r, counts, areas, scratch);
  };
  equals_plain_loop<std::uint8_t>(run);
}

TEST_CASE("label_boxes cpu: scratch is bounded, whatever labels × boxes are") {
  for (const int threads : {1, 3}) {
    kernels::label_boxes_scratch scratch;
    const auto run = [&](const auto& r, auto& counts, std::vector<std::int32_t>* areas) {
      answer({.threads = threads}, r, counts, areas, scratch);
    };
    CHECK(equals_plain_loop<std::uint16_t>(
        run, random_request<std::uint16_t>(400, 20, 60000, threads == 1 ? 200 : 70, 3)));
    std::size_t numbers = 0;
    for (const auto& piece : scratch.pieces) {
      numbers += piece.counts.capacity() + piece.areas.capacity() + piece.histogram.capacity();
    }
    CHECK(numbers <= (std::size_t{1} << 24));
  }
}

TEST_CASE("label_boxes: refused arguments") {
  std::vector<std::uint8_t> pixels(20);
  std::vector<std::int32_t> counts(6, 5);
  const std::vector<int_box> boxes(2, int_box{0, 0, 4, 4});
  const auto map = kernels::packed(static_cast<const std::uint8_t*>(pixels.data()), {4, 5});
  const auto list = kernels::packed(boxes.data(), {2});
  const auto call = [&](auto m, auto b, auto c, kernels::view<std::int32_t, 1> a = {}) {
    kernels::label_boxes(kernels::on_cpu(), m, b, c, a);
  };
  const auto out = [&](std::int64_t b, std::int64_t l) {
    return kernels::packed(counts.data(), {b, l});
  };
  CHECK_THROWS_WITH_AS(call(map, list, out(3, 2)), doctest::Contains("counts: wanted a row for"),
                       kernels::error);
  CHECK_THROWS_WITH_AS(call(map, list, out(2, 3), kernels::packed(counts.data(), {2})),
                       doctest::Contains("areas: wanted"), kernels::error);
  auto null = map;
  null.data = nullptr;
  CHECK_THROWS_WITH_AS(call(null, list, out(2, 3)), doctest::Contains("labels: "), kernels::error);
  auto overlapping = map;
  overlapping.stride[0] = 3;
  CHECK_THROWS_AS(call(overlapping, list, out(2, 3)), kernels::error);
  auto no_boxes = list;
  no_boxes.data = nullptr;
  CHECK_THROWS_AS(call(map, no_boxes, out(2, 3)), kernels::error);
  CHECK(counts == std::vector<std::int32_t>(6, 5));
#if !KERNELS_HAS_CUDA
  const kernels::device_view<const std::uint8_t, 2> on_device{};
  CHECK_THROWS_WITH_AS(kernels::label_boxes(kernels::on_gpu(), on_device, {}, {}),
                       doctest::Contains("kernels::cuda"), kernels::error);
#endif
}
