// What the GPU benchmark of iou must produce: the CPU's results, compiled apart by the host
// compiler.
#pragma once

#include <kernels/core/view.hpp>
#include <kernels/math/iou.hpp>

#include <vector>

namespace bench {

using float_boxes = std::vector<kernels::box<float>>;

/// Row by row, on all cores.
std::vector<float> iou_expected(const float_boxes& a, const float_boxes& b,
                                const kernels::iou_options& options);

struct iou_matches_expected {
  std::vector<float> best_values;
  std::vector<std::int32_t> best_indices;
  std::vector<std::int64_t> row_offsets;
  std::vector<std::int32_t> columns;
  std::vector<float> values;
};
iou_matches_expected iou_matches_of(const float_boxes& a, const float_boxes& b,
                                    const kernels::iou_match_options& options);

}  // namespace bench
