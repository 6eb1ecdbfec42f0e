// conditioned_assignment's checks, the same in C++ and in CUDA code.
#pragma once

#include <kernels/assignment_gpu.hpp>
#include <kernels/label_boxes_gpu.hpp>
#include <kernels/math/conditioned_assignment.hpp>

namespace kernels::inline KERNELS_ABI {

/// Refuses what conditioned_assign() documents as errors, except for what lies in memory.
template <class T, class Label, space Space>
void check_conditioned_assignment(const view<const T, 2, Space>& cost,
                                  const view<const T, 2, Space>& detections,
                                  const view<const Label, 2, Space>& map,
                                  const view<const std::int32_t, 1, Space>& masks,
                                  const view<const T, 1, Space>& confidences,
                                  const conditioned_assignment_parameters<T>& parameters) {
  static_assert(is_label<Label>, "a label map holds uint8_t, uint16_t or int32_t");
  constexpr auto kName = "conditioned_assign";
  check_assignment_costs(cost);
  check_assignment_limit(parameters.limit);
  const auto check_shape = [](std::string_view argument, const auto& v, const auto& wanted) {
    if (v.extent != wanted) refuse(kName, argument, shape_text(wanted), shape_text(v.extent));
    if (v.data == nullptr && v.size() > 0) refuse(kName, argument, "a pointer", "null");
  };
  check_shape("detections", detections, std::array<std::int64_t, 2>{cost.extent[1], 4});
  check_shape("masks", masks, std::array<std::int64_t, 1>{cost.extent[0]});
  check_shape("confidences", confidences, std::array<std::int64_t, 1>{cost.extent[0]});
  check_label_boxes(map, view<const box<std::int32_t>, 1, Space>{}, view<std::int32_t, 2, Space>{},
                    view<std::int32_t, 1, Space>{});
  constexpr std::int64_t kMost = 1 << 29;
  if (map.extent[0] > kMost || map.extent[1] > kMost) {
    refuse(kName, "map", "sides of at most 2^29", shape_text(map.extent));
  }
  if (parameters.labels < 0) {
    refuse(kName, "labels", "0 or more", std::to_string(parameters.labels));
  }
}

}  // namespace kernels::inline KERNELS_ABI
