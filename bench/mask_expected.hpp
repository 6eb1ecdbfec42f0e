// What the GPU benchmark of masks works on, and what it must produce: made on the CPU, compiled
// apart by the host compiler.
#pragma once

#include <kernels/math/box.hpp>

#include <vector>

namespace bench {

/// 32 maps of 256² logits to 1080p; a label map of 20 labels and boxes around them.
struct mask_work {
  static constexpr std::int64_t kMasks = 32, kSide = 256, kHeight = 1080, kWidth = 1920,
                                kWords = 30, kLabels = 21, kBoxes = 20;
  static constexpr std::int64_t kSmall = 100;  ///< limit of holes and islands
  std::vector<float> logits;
  std::vector<std::uint8_t> map;
  std::vector<kernels::box<std::int32_t>> boxes;
  // by the CPU
  std::vector<std::uint64_t> masks, cleaned;
  std::vector<float> scores, iou;
  std::vector<std::int32_t> counts, areas;
};
mask_work make_mask_work();

}  // namespace bench
