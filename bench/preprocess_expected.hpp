// What the GPU benchmark must produce: preprocess and decode_yolo on the CPU, compiled apart by the
// host compiler.
#pragma once

#include <kernels/math/decode_yolo.hpp>
#include <kernels/math/preprocess.hpp>

#include <vector>

namespace bench {

/// Frames (n, height, width, 3), letterboxed to (n, 3, side, side), channels swapped.
std::vector<float> preprocess_expected(const std::vector<std::uint8_t>& frames, std::int64_t n,
                                       std::int64_t height, std::int64_t width, std::int64_t side);
/// The whole of each frame.
std::vector<kernels::preprocess_region> preprocess_whole(std::int64_t n, std::int64_t height,
                                                         std::int64_t width);
/// Detections of a head (4 + classes, anchors), without a letterbox.
struct decode_expected_result {
  std::vector<kernels::box<float>> boxes;
  std::vector<float> scores;
};
decode_expected_result decode_expected(const std::vector<float>& head, std::int64_t classes,
                                       std::int64_t anchors, double threshold);

}  // namespace bench
