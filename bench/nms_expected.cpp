// nms on the CPU for the GPU benchmark: see nms_expected.hpp.
#include "nms_expected.hpp"

#include <kernels/nms.hpp>

namespace bench {

nms_expected_result nms_expected(const std::vector<kernels::box<float>>& boxes,
                                 const std::vector<float>& scores,
                                 const std::vector<std::int32_t>& offsets, double iou_threshold) {
  const auto n = static_cast<std::int64_t>(boxes.size());
  const auto groups = static_cast<std::int64_t>(offsets.size()) - 1;
  nms_expected_result r{std::vector<std::int32_t>(boxes.size()),
                        std::vector<std::int32_t>(offsets.size() - 1)};
  kernels::nms(
      kernels::on_cpu(),
      kernels::nms_arguments<float>{.boxes = kernels::packed(boxes.data(), {n}),
                                    .scores = kernels::packed(scores.data(), {n}),
                                    .kept = kernels::packed(r.kept.data(), {n}),
                                    .counts = kernels::packed(r.counts.data(), {groups}),
                                    .offsets = kernels::packed(offsets.data(), {groups + 1})},
      {.iou_threshold = iou_threshold});
  return r;
}

}  // namespace bench
