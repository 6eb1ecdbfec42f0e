// mask_nms on the CPU: the best mask that is left stays, and removes others, many at a time.
#pragma once

#include <kernels/cpu/mask.hpp>
#include <kernels/math/mask_nms.hpp>

namespace kernels::inline KERNELS_ABI::cpu {

inline void mask_nms(on_cpu exec, const view<const std::uint64_t, 3>& masks,
                     const view<const float, 1>& scores, const view<std::int32_t, 1>& kept,
                     const view<std::int32_t, 1>& count, const mask_nms_options& options) {
  const auto& loops = choose_mask_loops(exec.isa);
  const auto facts = mask_facts_of(exec, masks);
  const auto score = [&](std::int32_t n) { return scores.data[n * scores.stride[0]]; };
  std::vector<std::int32_t> left;  // places still to be decided, best first
  for (std::int32_t n = 0; n < masks.extent[0]; ++n) {
    if (score(n) > options.score_threshold) left.push_back(n);
  }
  std::sort(left.begin(), left.end(), [&](std::int32_t a, std::int32_t b) {
    return math::mask_before(score(a), a, score(b), b);
  });

  constexpr std::int64_t kPiece = 16;  // pairs that are worth a thread
  std::vector<std::uint8_t> removed;
  std::int64_t found = 0;
  while (!left.empty()) {
    const std::int32_t best = left.front();
    kept.data[found++ * kept.stride[0]] = best;
    left.erase(left.begin());
    removed.assign(left.size(), 0);
    const auto size = static_cast<std::int64_t>(left.size());
    const auto& best_facts = facts[static_cast<std::size_t>(best)];
    parallel_for(exec, (size + kPiece - 1) / kPiece, [&](std::int64_t piece) {
      for (std::int64_t k = piece * kPiece; k < std::min(size, (piece + 1) * kPiece); ++k) {
        const std::int32_t other = left[static_cast<std::size_t>(k)];
        const auto& other_facts = facts[static_cast<std::size_t>(other)];
        if (!math::mask_may_exceed(best_facts, other_facts, options.iou_threshold)) continue;
        const std::int64_t shared = mask_shared(loops, masks[best], masks[other], best_facts,
                                                other_facts, 0, masks.extent[1]);
        removed[static_cast<std::size_t>(k)] =
            math::mask_iou<double>(shared, best_facts.area, other_facts.area) >
            options.iou_threshold;
      }
    });
    std::size_t stay = 0;
    for (std::size_t k = 0; k < left.size(); ++k) {
      if (removed[k] == 0) left[stay++] = left[k];
    }
    left.resize(stay);
  }
  *count.data = static_cast<std::int32_t>(found);
  for (; found < kept.extent[0]; ++found) kept.data[found * kept.stride[0]] = -1;
}

}  // namespace kernels::inline KERNELS_ABI::cpu
