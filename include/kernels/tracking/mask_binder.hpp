// Which mask belongs to which track, where the application does not say.
#pragma once

#include <kernels/label_boxes.hpp>
#include <kernels/math/conditioned_assignment.hpp>
#include <kernels/tracking/types.hpp>

#include <algorithm>
#include <vector>

namespace kernels::inline KERNELS_ABI::tracking {

/// A track without a mask takes the unowned label of which at least 90 % lies in its box and which
/// fills most of it; tracks choose in the order they are offered, ties go to the lowest label.
class mask_binder {
 public:
  void begin(const mask_frame& masks) {
    map_ = masks.labels;
    owned_.assign(1, 1);
    boxes_.clear();
  }
  void own(std::int32_t label) {
    if (label <= 0 || label >= kMostLabels) return;
    if (static_cast<std::size_t>(label) >= owned_.size()) {
      owned_.resize(static_cast<std::size_t>(label) + 1, 0);
    }
    owned_[static_cast<std::size_t>(label)] = 1;
  }

  /// A track that may take one.
  void offer(const box<double>& b) {
    std::visit(
        [&](const auto& map) {
          boxes_.push_back(math::mask_box(b.left, b.top, b.right - b.left, b.bottom - b.top,
                                          static_cast<std::int32_t>(map.extent[0]),
                                          static_cast<std::int32_t>(map.extent[1])));
        },
        map_);
  }

  /// After all offers and before the first take().
  void count() {
    const auto boxes = static_cast<std::int64_t>(boxes_.size());
    if (boxes == 0) return;
    std::visit(
        [&](const auto& map) {
          labels_ = 1 + highest(map);
          counts_.resize(boxes_.size() * static_cast<std::size_t>(labels_));
          areas_.resize(static_cast<std::size_t>(labels_));
          label_boxes(
              {.threads = 1}, map, view<const box<std::int32_t>, 1>(packed(boxes_.data(), {boxes})),
              packed(counts_.data(), {boxes, labels_}), packed(areas_.data(), {labels_}), scratch_);
        },
        map_);
    if (owned_.size() < areas_.size()) owned_.resize(areas_.size(), 0);
  }

  /// The label that the k-th offered track takes; 0: none.
  std::int32_t take(std::size_t k) {
    std::int32_t best = 0;
    std::int32_t most = 0;
    for (std::size_t l = 1; l < areas_.size(); ++l) {
      const std::int32_t inside = counts_[k * areas_.size() + l];
      if (owned_[l] != 0 || inside <= most) continue;
      const double cover = exact::div(static_cast<double>(inside), static_cast<double>(areas_[l]));
      if (cover < 0.9) continue;
      best = static_cast<std::int32_t>(l);
      most = inside;
    }
    owned_[static_cast<std::size_t>(best)] = 1;
    return best;
  }

 private:
  static constexpr std::int32_t kMostLabels = 65536;

  template <class Label>
  static std::int64_t highest(const view<const Label, 2>& map) {
    if constexpr (sizeof(Label) == 1) return 255;
    std::int64_t most = 0;
    for (std::int64_t y = 0; y < map.extent[0]; ++y) {
      for (std::int64_t x = 0; x < map.extent[1]; ++x) {
        const std::int64_t label = map.data[y * map.stride[0] + x * map.stride[1]];
        most = label < kMostLabels ? std::max(most, label) : most;
      }
    }
    return most;
  }

  label_map map_;
  std::int64_t labels_ = 0;
  std::vector<std::uint8_t> owned_;
  std::vector<box<std::int32_t>> boxes_;
  std::vector<std::int32_t> counts_, areas_;
  label_boxes_scratch scratch_;
};

}  // namespace kernels::inline KERNELS_ABI::tracking
