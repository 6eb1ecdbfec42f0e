// mask_logits on the CPU: for each row of the image, two rows of logits are blended, and the pixels
// of the row are compared as they are made; the upsampled values are never stored.
#pragma once

#include <kernels/core/view.hpp>
#include <kernels/cpu/mask_logits_rows.hpp>
#include <kernels/cpu/parallel.hpp>

#include <vector>

namespace kernels::inline KERNELS_ABI::cpu {

/// Where the columns of the image lie in the logits, padded to whole words of the mask with copies
/// of the last column; and which bits of a row are pixels.
struct mask_logits_columns {
  std::vector<std::int32_t> low;
  std::vector<float> weight;
  std::vector<std::uint64_t> inside;

  explicit mask_logits_columns(const std::vector<math::logit_tap>& taps) {
    const auto width = static_cast<std::int64_t>(taps.size());
    for (const auto& tap : taps) {
      low.push_back(tap.low);
      weight.push_back(tap.weight);
    }
    low.resize(static_cast<std::size_t>(mask_words(width) * kMaskBits), low.back());
    weight.resize(low.size(), weight.back());
    for (std::int64_t x = 0; x < width; x += kMaskBits) {
      inside.push_back(math::low_bits(std::min(width - x, kMaskBits)));
    }
  }
};

/// masks.data and scores.data may be null: not wanted. The image is not empty.
inline void mask_logits(on_cpu exec, const view<const float, 3>& logits, std::int64_t height,
                        std::int64_t width, const view<std::uint64_t, 3>& masks,
                        const view<float, 1>& scores, const mask_logits_options& options) {
  const auto& loops = choose_mask_logits_loops(exec.isa);
  const auto& region = options.region;
  std::vector<math::logit_tap> rows(static_cast<std::size_t>(height));
  loops.locate(math::make_logit_axis(region.top, region.bottom, height, logits.extent[1]), height,
               rows.data());
  std::vector<math::logit_tap> taps(static_cast<std::size_t>(width));
  loops.locate(math::make_logit_axis(region.left, region.right, width, logits.extent[2]), width,
               taps.data());
  const mask_logits_columns columns(taps);
  const mask_thresholds thresholds{options.threshold,
                                   exact::add(options.threshold, options.stability_offset),
                                   exact::add(options.threshold, -options.stability_offset)};
  const bool count = scores.data != nullptr;
  const auto words = mask_words(width);
  constexpr std::int64_t kRows = 64;
  const std::int64_t pieces = (height + kRows - 1) / kRows;
  std::vector<mask_levels> levels(static_cast<std::size_t>(logits.extent[0] * pieces));
  parallel_for(exec, logits.extent[0] * pieces, [&](std::int64_t piece) {
    const std::int64_t n = piece / pieces;
    const std::int64_t first = piece % pieces * kRows;
    std::vector<float> blended(static_cast<std::size_t>(logits.extent[2] + kLogitPadding));
    mask_levels sum;
    for (std::int64_t y = first; y < std::min(height, first + kRows); ++y) {
      const auto& tap = rows[static_cast<std::size_t>(y)];
      const float* map = logits.data + n * logits.stride[0];
      loops.blend(map + tap.low * logits.stride[1], map + tap.high * logits.stride[1], tap.weight,
                  logits.extent[2], blended.data());
      std::fill(blended.end() - kLogitPadding, blended.end(),
                blended[static_cast<std::size_t>(logits.extent[2] - 1)]);
      std::uint64_t* out =
          masks.data == nullptr ? nullptr : masks.data + n * masks.stride[0] + y * masks.stride[1];
      (count ? loops.threshold_and_count : loops.threshold)(
          blended.data(), columns.low.data(), columns.weight.data(), words, thresholds,
          columns.inside.data(), out, &sum);
    }
    levels[static_cast<std::size_t>(piece)] = sum;
  });
  if (!count) return;
  for (std::int64_t n = 0; n < logits.extent[0]; ++n) {
    mask_levels sum;
    for (std::int64_t k = 0; k < pieces; ++k) {
      sum.above += levels[static_cast<std::size_t>(n * pieces + k)].above;
      sum.below += levels[static_cast<std::size_t>(n * pieces + k)].below;
    }
    scores.data[n * scores.stride[0]] = math::mask_stability(sum.above, sum.below);
  }
}

}  // namespace kernels::inline KERNELS_ABI::cpu
