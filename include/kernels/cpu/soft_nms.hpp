// soft_nms on the CPU, and the checks that it shares with box_fusion.
#pragma once

#include <kernels/core/exec.hpp>
#include <kernels/core/view.hpp>
#include <kernels/math/soft_nms.hpp>

#include <vector>

namespace kernels::inline KERNELS_ABI {

template <class T>
struct soft_nms_result {
  std::vector<std::int32_t> kept;
  std::vector<T> scores;
};

namespace cpu {

/// Refuses boxes, scores and classes (or none) that do not belong together.
template <class T>
void check_candidates(std::string_view operation, const view<const box<T>, 1>& boxes,
                      const view<const T, 1>& scores, const view<const std::int32_t, 1>& classes) {
  const std::int64_t n = boxes.extent[0];
  if (n < 0 || n > std::numeric_limits<std::int32_t>::max()) {
    refuse(operation, "boxes", "0 to 2^31 - 1 boxes", std::to_string(n));
  }
  const auto check = [&](std::string_view argument, const auto& v) {
    if (v.extent[0] != n) {
      refuse(operation, argument, std::to_string(n) + " elements", shape_text(v.extent));
    }
    if (n > 0 && v.data == nullptr) {
      refuse(operation, argument, "a pointer to " + std::to_string(n) + " elements", "null");
    }
  };
  check("boxes", boxes);
  check("scores", scores);
  if (classes.data != nullptr || classes.extent[0] != 0) check("classes", classes);
}

template <class T>
soft_nms_result<T> soft_nms(const view<const box<T>, 1>& boxes, const view<const T, 1>& scores,
                            const soft_nms_options& options,
                            const view<const std::int32_t, 1>& classes) {
  struct candidate {
    box<T> where;
    T score, area;
    std::int32_t index, label;
  };
  const auto threshold = static_cast<T>(options.score_threshold);
  const auto sigma = static_cast<T>(options.sigma);
  const auto iou_threshold = static_cast<T>(options.iou_threshold);
  std::vector<candidate> open;  // in ascending order of the index
  for (std::int64_t k = 0; k < boxes.extent[0]; ++k) {
    const box<T>& b = boxes.data[k * boxes.stride[0]];
    const T score = scores.data[k * scores.stride[0]];
    if (!math::nms_takes_part(b, score, threshold)) continue;
    open.push_back({b, score, math::box_area(b, options.convention), static_cast<std::int32_t>(k),
                    classes.data == nullptr ? 0 : classes.data[k * classes.stride[0]]});
  }
  soft_nms_result<T> result;
  while (!open.empty()) {
    if (options.max_kept > 0 && static_cast<std::int64_t>(result.kept.size()) == options.max_kept) {
      break;
    }
    std::size_t best = 0;
    for (std::size_t k = 1; k < open.size(); ++k) {
      if (open[k].score > open[best].score) best = k;
    }
    const candidate chosen = open[best];
    result.kept.push_back(chosen.index);
    result.scores.push_back(chosen.score);
    std::size_t left = 0;
    for (std::size_t k = 0; k < open.size(); ++k) {
      if (k == best) continue;
      candidate c = open[k];
      if (c.label == chosen.label) {
        const T shared = math::intersection(chosen.where, c.where, options.convention);
        if (shared > T(0)) {  // otherwise the factor is 1
          c.score = math::soft_nms_lower(c.score, math::iou_of_areas(shared, chosen.area, c.area),
                                         options.decay, sigma, iou_threshold);
          if (!(c.score > threshold)) continue;
        }
      }
      open[left++] = c;
    }
    open.resize(left);
  }
  return result;
}

}  // namespace cpu
}  // namespace kernels::inline KERNELS_ABI
