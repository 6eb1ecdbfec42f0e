#include "suppress.hpp"

#include <kernels/nms.hpp>

namespace kernels::examples {

detections suppress(const detections& found, double overlap) {
  std::vector<box<double>> boxes;
  std::vector<double> scores;
  std::vector<std::int32_t> classes;
  for (const auto& d : found) {
    boxes.push_back(d.box);
    scores.push_back(d.score);
    classes.push_back(d.class_id);
  }
  const std::int64_t count[] = {static_cast<std::int64_t>(found.size())};
  const auto kept =
      nms(on_cpu{.threads = 1}, packed(boxes.data(), count), packed(scores.data(), count),
          {.iou_threshold = overlap}, packed(classes.data(), count));
  detections best;
  for (const auto index : kept) best.push_back(found[static_cast<std::size_t>(index)]);
  return best;
}

}  // namespace kernels::examples
