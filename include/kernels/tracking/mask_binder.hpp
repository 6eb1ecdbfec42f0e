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
    counted_ = 0;
    next_ = 0;
    if (boxes_.empty()) return;
    std::visit(
        [&](const auto& map) {
          const std::int64_t most = sizeof(*map.data) == 1 ? 256 : kMostLabels;
          areas_.resize(static_cast<std::size_t>(most));
          cpu::label_boxes({.threads = 1}, map, {}, {}, view<std::int32_t, 2>{nullptr, {0, most}},
                           packed(areas_.data(), {most}), scratch_);
        },
        map_);
    owned_.resize(std::max(owned_.size(), areas_.size()), 0);
  }

  /// The label that the k-th offered track takes; 0: none. k: 0, 1, 2, …
  std::int32_t take(std::size_t k) {
    if (k >= next_) count_from(k);
    std::size_t best = labels_.size();
    std::int32_t most = 0;
    const std::int32_t* counts = counts_.data() + (k - counted_) * labels_.size();
    for (std::size_t l = 0; l < labels_.size(); ++l) {
      const std::int32_t inside = counts[l];
      const auto label = static_cast<std::size_t>(labels_[l]);
      if (inside <= most || owned_[label] != 0) continue;
      const double cover =
          exact::div(static_cast<double>(inside), static_cast<double>(areas_[label]));
      if (cover < 0.9) continue;
      best = l;
      most = inside;
    }
    if (best == labels_.size()) return 0;
    owned_[static_cast<std::size_t>(labels_[best])] = 1;
    return labels_[best];
  }

 private:
  static constexpr std::int32_t kMostLabels = 65536;
  static constexpr std::size_t kMostCounts = std::size_t{1}
                                             << 22;  // 16 MiB; scratch_ is 3 times it

  /// Counts the labels that are free and on the map, in the boxes k … next_ − 1, as many as memory
  /// is meant for.
  void count_from(std::size_t k) {
    labels_.clear();
    slots_.assign(areas_.size(), -1);
    for (std::size_t l = 1; l < areas_.size(); ++l) {
      if (areas_[l] == 0 || owned_[l] != 0) continue;
      slots_[l] = static_cast<std::int32_t>(labels_.size());
      labels_.push_back(static_cast<std::int32_t>(l));
    }
    const std::size_t some = labels_.empty()
                                 ? boxes_.size() - k
                                 : std::min(boxes_.size() - k, kMostCounts / labels_.size());
    counted_ = k;
    next_ = k + some;
    if (labels_.empty()) return;
    counts_.resize(some * labels_.size());
    const auto n = static_cast<std::int64_t>(some);
    const auto m = static_cast<std::int64_t>(labels_.size());
    std::visit(
        [&](const auto& map) {
          cpu::label_boxes({.threads = 1}, map, slots_,
                           view<const box<std::int32_t>, 1>(packed(boxes_.data() + k, {n})),
                           packed(counts_.data(), {n, m}), {}, scratch_);
        },
        map_);
  }

  label_map map_;
  std::vector<std::uint8_t> owned_;
  std::vector<box<std::int32_t>> boxes_;
  std::size_t counted_ = 0, next_ = 0;  ///< counts_ is of the boxes from counted_ to next_ − 1
  std::vector<std::int32_t> labels_;    ///< that counts_ has, ascending
  std::vector<std::int32_t> slots_;     ///< of each label in labels_; −1: not in it
  std::vector<std::int32_t> counts_, areas_;
  label_boxes_scratch scratch_;
};

}  // namespace kernels::inline KERNELS_ABI::tracking
