// What the GPU benchmark must produce: nms on the CPU, compiled apart by the host compiler.
#pragma once

#include <kernels/math/box.hpp>

#include <cstdint>
#include <vector>

namespace bench {

struct nms_expected_result {
  std::vector<std::int32_t> kept, counts;
};

/// By kernels::nms(on_cpu()) on all cores.
nms_expected_result nms_expected(const std::vector<kernels::box<float>>& boxes,
                                 const std::vector<float>& scores,
                                 const std::vector<std::int32_t>& offsets, double iou_threshold);

}  // namespace bench
