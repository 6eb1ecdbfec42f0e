// Which mask belongs to which track, where the application does not say.
#pragma once

#include <kernels/label_boxes.hpp>
#include <kernels/tracking/types.hpp>

#include <algorithm>
#include <vector>

namespace kernels::inline KERNELS_ABI::tracking {

/// The whole pixels of a box, as mask-conditioned assignment counts them: the corner towards zero
/// and into the map, the size towards zero; moving the corner moves the box.
inline box<std::int32_t> whole_pixels(const box<double>& b, std::int64_t width,
                                      std::int64_t height) {
  const auto start = [](double x) {
    return exact::max<std::int64_t>(0, static_cast<std::int64_t>(x));
  };
  const auto end = [](std::int64_t from, double size, std::int64_t most) {
    return std::max(from, std::min(from + static_cast<std::int64_t>(size), most));
  };
  const std::int64_t left = std::min(start(b.left), width);
  const std::int64_t top = std::min(start(b.top), height);
  return {static_cast<std::int32_t>(left), static_cast<std::int32_t>(top),
          static_cast<std::int32_t>(end(left, b.right - b.left, width)),
          static_cast<std::int32_t>(end(top, b.bottom - b.top, height))};
}

/// A track without a mask takes the unowned label of which at least 90 % lies in its box and which
/// fills most of it; tracks choose in the order they are offered, ties go to the lowest label.
class mask_binder {
 public:
  void begin(const mask_frame& masks) {
    masks_ = &masks;
    std::fill(owned_.begin(), owned_.end(), 0);
    owned_.resize(kLabels, 0);
    owned_[0] = 1;
    boxes_.clear();
  }
  void own(std::int32_t label) {
    if (label > 0 && label < kLabels) owned_[static_cast<std::size_t>(label)] = 1;
  }

  /// A track that may take one.
  void offer(const box<double>& b) {
    boxes_.push_back(whole_pixels(b, masks_->labels.extent[1], masks_->labels.extent[0]));
  }

  /// After all offers: the label of each, 0 for none, by take(k).
  void count() {
    const auto boxes = static_cast<std::int64_t>(boxes_.size());
    counts_.resize(boxes_.size() * kLabels);
    areas_.resize(kLabels);
    if (boxes == 0) return;
    label_boxes({.threads = 1}, masks_->labels,
                view<const box<std::int32_t>, 1>(packed(boxes_.data(), {boxes})),
                packed(counts_.data(), {boxes, kLabels}), packed(areas_.data(), {kLabels}),
                scratch_);
  }
  std::int32_t take(std::size_t k) {
    const auto& b = boxes_[k];
    const double area = static_cast<double>(std::int64_t{b.right - b.left} * (b.bottom - b.top));
    std::int32_t best = 0;
    std::int32_t most = 0;
    for (std::int32_t label = 1; label < kLabels; ++label) {
      const auto l = static_cast<std::size_t>(label);
      const std::int32_t inside = counts_[k * kLabels + l];
      if (owned_[l] != 0 || inside <= most) continue;
      if (exact::div(inside, static_cast<double>(areas_[l])) < 0.9) continue;
      best = label;
      most = inside;
    }
    if (area > 0 && best != 0) owned_[static_cast<std::size_t>(best)] = 1;
    return best;
  }

 private:
  static constexpr std::int64_t kLabels = 256;
  const mask_frame* masks_ = nullptr;
  std::vector<std::uint8_t> owned_;
  std::vector<box<std::int32_t>> boxes_;
  std::vector<std::int32_t> counts_, areas_;
  label_boxes_scratch scratch_;
};

}  // namespace kernels::inline KERNELS_ABI::tracking
