// Masks on the CPU for the GPU benchmark: see mask_expected.hpp.
#include "mask_expected.hpp"

#include <kernels/label_boxes.hpp>
#include <kernels/mask.hpp>
#include <kernels/mask_logits.hpp>
#include <kernels/mask_regions.hpp>

#include <random>

namespace bench {

mask_work make_mask_work() {
  using kernels::packed;
  constexpr auto kMasks = mask_work::kMasks;
  constexpr auto kHeight = mask_work::kHeight;
  constexpr auto kWidth = mask_work::kWidth;
  constexpr auto kWords = mask_work::kWords;
  const auto size = [](std::int64_t n) { return static_cast<std::size_t>(n); };
  const kernels::on_cpu exec;
  mask_work w;
  std::mt19937 random(2);
  w.logits.resize(size(kMasks * mask_work::kSide * mask_work::kSide));
  for (auto& x : w.logits) x = static_cast<float>(random() % 2000) / 100 - 9;
  w.map.resize(size(kHeight * kWidth));
  w.counts.resize(size(mask_work::kBoxes * mask_work::kLabels));
  w.areas.resize(size(mask_work::kLabels));
  for (std::int32_t k = 0; k < mask_work::kBoxes; ++k) {
    const std::int32_t x = 90 * k;
    const auto y = static_cast<std::int32_t>(random() % 500);
    w.boxes.push_back({x, y, x + 120, y + 400});
    for (std::int64_t j = y; j < y + 400; ++j) {
      std::fill_n(w.map.begin() + j * kWidth + x, 100, static_cast<std::uint8_t>(k + 1));
    }
  }
  w.masks.resize(size(kMasks * kHeight * kWords));
  w.scores.resize(size(kMasks));
  w.iou.resize(size(kMasks * kMasks));
  const auto masks = packed(w.masks.data(), {kMasks, kHeight, kWords});
  kernels::mask_logits(exec, packed(w.logits.data(), {kMasks, mask_work::kSide, mask_work::kSide}),
                       {kHeight, kWidth}, masks, packed(w.scores.data(), {kMasks}));
  kernels::mask_iou(exec, masks, masks, packed(w.iou.data(), {kMasks, kMasks}));
  w.cleaned = w.masks;
  kernels::mask_regions(exec, packed(w.cleaned.data(), {kMasks, kHeight, kWords}), kWidth,
                        {.holes_below = mask_work::kSmall, .islands_below = mask_work::kSmall});
  kernels::label_boxes(exec, packed(w.map.data(), {kHeight, kWidth}),
                       packed(w.boxes.data(), {mask_work::kBoxes}),
                       packed(w.counts.data(), {mask_work::kBoxes, mask_work::kLabels}),
                       packed(w.areas.data(), {mask_work::kLabels}));
  return w;
}

}  // namespace bench
