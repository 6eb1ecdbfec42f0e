// box_fusion on the CPU.
#pragma once

#include <kernels/cpu/nms_sort.hpp>
#include <kernels/cpu/soft_nms.hpp>

namespace kernels::inline KERNELS_ABI {

struct box_fusion_options {
  double iou_threshold = 0.55;  ///< a box joins a cluster whose IoU with it is above this
  double score_threshold = 0;   ///< boxes with score > score_threshold take part; 0 or more
  std::int32_t models = 1;      ///< how many detectors gave boxes
  pixel_convention convention = pixel_convention::continuous;
};

/// Clusters by descending score.
template <class T>
struct box_fusion_result {
  std::vector<box<T>> boxes;
  std::vector<T> scores;
  std::vector<std::int32_t> classes;  ///< 0 if no classes were given
  std::vector<std::int32_t> members;  ///< how many boxes each is made of
  std::vector<std::int32_t> best;     ///< index of each cluster's best box
};

namespace cpu {

/// A growing cluster: sums weighted by the scores, in order of the boxes that joined.
template <class T>
struct fusion_cluster {
  T left = 0, top = 0, right = 0, bottom = 0, weight = 0;
  std::int32_t members = 0, best = 0, label = 0;
  box<T> fused{};

  void add(const box<T>& b, T score) {
    left = exact::fma(score, b.left, left);
    top = exact::fma(score, b.top, top);
    right = exact::fma(score, b.right, right);
    bottom = exact::fma(score, b.bottom, bottom);
    weight = exact::add(weight, score);
    ++members;
    fused = {exact::div(left, weight), exact::div(top, weight), exact::div(right, weight),
             exact::div(bottom, weight)};
  }
  [[nodiscard]] T score(std::int32_t models) const {
    const T mean = exact::div(weight, static_cast<T>(members));
    return exact::div(exact::mul(mean, static_cast<T>(std::min(members, models))),
                      static_cast<T>(models));
  }
};

template <class T>
box_fusion_result<T> box_fusion(const view<const box<T>, 1>& boxes, const view<const T, 1>& scores,
                                const box_fusion_options& options,
                                const view<const std::int32_t, 1>& classes) {
  using bits = std::conditional_t<sizeof(T) == 4, std::uint32_t, std::uint64_t>;
  const auto threshold = static_cast<T>(options.score_threshold);
  const auto at = [&](std::int32_t k) { return boxes.data[k * boxes.stride[0]]; };
  const auto score_at = [&](std::int32_t k) { return scores.data[k * scores.stride[0]]; };
  std::vector<nms_entry<bits>> order;
  std::vector<nms_entry<bits>> spare;
  for (std::int64_t i = 0; i < boxes.extent[0]; ++i) {
    const auto k = static_cast<std::int32_t>(i);
    if (!math::nms_takes_part(at(k), score_at(k), threshold)) continue;
    if (!(score_at(k) <= std::numeric_limits<T>::max())) continue;
    order.push_back({nms_descending_key(score_at(k)), k});
  }
  nms_sort(order, spare);
  std::vector<fusion_cluster<T>> clusters;
  for (const auto& entry : order) {
    const box<T> b = at(entry.index);
    const std::int32_t label =
        classes.data == nullptr ? 0 : classes.data[entry.index * classes.stride[0]];
    fusion_cluster<T>* nearest = nullptr;
    auto overlap = static_cast<T>(options.iou_threshold);
    for (auto& c : clusters) {
      if (c.label != label) continue;
      const T o = math::iou(c.fused, b, options.convention);
      if (o > overlap) {
        overlap = o;
        nearest = &c;
      }
    }
    if (nearest == nullptr) {
      nearest = &clusters.emplace_back();
      nearest->best = entry.index;
      nearest->label = label;
    }
    nearest->add(b, score_at(entry.index));
  }
  order.clear();
  for (std::size_t k = 0; k < clusters.size(); ++k) {
    order.push_back(
        {nms_descending_key(clusters[k].score(options.models)), static_cast<std::int32_t>(k)});
  }
  nms_sort(order, spare);
  box_fusion_result<T> result;
  for (const auto& entry : order) {
    const auto& c = clusters[static_cast<std::size_t>(entry.index)];
    result.boxes.push_back(c.fused);
    result.scores.push_back(c.score(options.models));
    result.classes.push_back(c.label);
    result.members.push_back(c.members);
    result.best.push_back(c.best);
  }
  return result;
}

}  // namespace cpu
}  // namespace kernels::inline KERNELS_ABI
