// label_boxes on a GPU, through the front door.
#include "../label_boxes_cases.hpp"

#include <kernels/core/buffer.hpp>
#include <kernels/label_boxes.hpp>

namespace {

using namespace label_boxes_cases;

template <class T>
kernels::buffer<T, kernels::memory::device> uploaded(const std::vector<T>& values) {
  const auto size = static_cast<std::int64_t>(values.size());
  kernels::buffer<T, kernels::memory::device> memory(size);
  kernels::copy(kernels::packed(values.data(), {size}), memory.as({size}));
  return memory;
}
template <class T>
void download(const kernels::buffer<T, kernels::memory::device>& memory, std::vector<T>& values) {
  const auto size = static_cast<std::int64_t>(values.size());
  kernels::copy(memory.as({size}), kernels::packed(values.data(), {size}));
  kernels::check_cuda(cudaDeviceSynchronize(), "label_boxes");
}

const auto run = []<class Label>(const label_request<Label>& r, std::vector<std::int32_t>& counts,
                                 std::vector<std::int32_t>* areas) {
  const auto map = uploaded(r.map);
  const auto boxes = uploaded(r.boxes);
  auto on_device = uploaded(counts);
  kernels::buffer<std::int32_t, kernels::memory::device> area_memory(areas != nullptr ? r.labels
                                                                                      : 0);
  kernels::label_boxes(
      kernels::on_gpu(),
      kernels::device_view<const Label, 2>{map.data(), {r.height, r.width}, {r.row_stride, 1}},
      boxes.as({r.box_count()}), on_device.as({r.box_count(), r.labels}),
      area_memory.as({area_memory.size()}));
  download(on_device, counts);
  if (areas != nullptr) download(area_memory, *areas);
};

}  // namespace

TEST_CASE("label_boxes gpu: equals a plain loop") {
  equals_plain_loop<std::uint8_t>(run, 9);
  equals_plain_loop<std::uint16_t>(run);
  equals_plain_loop<std::int32_t>(run);
}
TEST_CASE("label_boxes gpu: more labels than shared memory holds") { many_labels(run); }
TEST_CASE("label_boxes gpu: more boxes than a grid has rows") { many_boxes(run); }
