// preprocess and decode_yolo on the CPU for the GPU benchmark: see preprocess_expected.hpp.
#include "preprocess_expected.hpp"

#include <kernels/decode_yolo.hpp>
#include <kernels/preprocess.hpp>

namespace bench {

std::vector<kernels::preprocess_region> preprocess_whole(std::int64_t n, std::int64_t height,
                                                         std::int64_t width) {
  return kernels::whole_frames(n, {width, height});
}

std::vector<float> preprocess_expected(const std::vector<std::uint8_t>& frames, std::int64_t n,
                                       std::int64_t height, std::int64_t width, std::int64_t side) {
  std::vector<float> out(static_cast<std::size_t>(n * 3 * side * side));
  kernels::preprocess(kernels::on_cpu(), kernels::packed(frames.data(), {n, height, width, 3}),
                      preprocess_whole(n, height, width),
                      kernels::packed(out.data(), {n, 3, side, side}), {.swap_channels = true});
  return out;
}

decode_expected_result decode_expected(const std::vector<float>& head, std::int64_t classes,
                                       std::int64_t anchors, double threshold) {
  decode_expected_result r{std::vector<kernels::box<float>>(static_cast<std::size_t>(anchors)),
                           std::vector<float>(static_cast<std::size_t>(anchors))};
  std::vector<std::int32_t> labels(static_cast<std::size_t>(anchors));
  std::int32_t count = 0;
  kernels::decode_yolo(kernels::on_cpu(),
                       {.head = kernels::packed(head.data(), {1, 4 + classes, anchors}),
                        .boxes = kernels::packed(r.boxes.data(), {1, anchors}),
                        .scores = kernels::packed(r.scores.data(), {1, anchors}),
                        .classes = kernels::packed(labels.data(), {1, anchors}),
                        .counts = kernels::packed(&count, {1})},
                       {.score_threshold = threshold});
  r.boxes.resize(static_cast<std::size_t>(count));
  r.scores.resize(static_cast<std::size_t>(count));
  return r;
}

}  // namespace bench
