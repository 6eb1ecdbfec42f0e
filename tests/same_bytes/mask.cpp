// label_boxes and the masks.
#include "same_bytes.hpp"

#include <kernels/label_boxes.hpp>
#include <kernels/mask.hpp>
#include <kernels/mask_logits.hpp>
#include <kernels/mask_nms.hpp>
#include <kernels/mask_regions.hpp>
#include <kernels/mask_rle.hpp>

#include <cstdio>

namespace {

using kernels::instruction_set;
using kernels::packed;

constexpr std::int64_t kMasks = 7;
constexpr std::int64_t kHeight = 150;
constexpr std::int64_t kWidth = 333;
constexpr std::int64_t kWords = kernels::mask_words(kWidth);

/// One of everything, on one instruction set.
void add(same_bytes::hash& hash, kernels::on_cpu exec) {
  same_bytes::random random;
  std::vector<float> logits(kMasks * 31 * 57);
  for (auto& x : logits) x = static_cast<float>(random.unit() * 7 - 3);
  std::vector<std::uint64_t> words(kMasks * kHeight * kWords);
  const auto masks = packed(words.data(), {kMasks, kHeight, kWords});
  std::vector<float> scores(kMasks);
  kernels::mask_logits(exec, packed(logits.data(), {kMasks, 31, 57}), {kHeight, kWidth}, masks,
                       packed(scores.data(), {kMasks}),
                       {.threshold = 0.125F, .region = {0.3, 1.7, 55.1, 30.9}});
  hash.add(words);
  hash.add(scores);
  kernels::mask_regions(exec, masks, kWidth, {.holes_below = 20, .islands_below = 30});
  hash.add(words);
  std::vector<double> iou(kMasks * kMasks);
  kernels::mask_iou(exec, masks, masks, packed(iou.data(), {kMasks, kMasks}));
  hash.add(iou);
  hash.add(kernels::mask_nms(exec, masks, packed(scores.data(), {kMasks}), {.iou_threshold = 0.2}));
  for (std::int64_t n = 0; n < kMasks; ++n) hash.add(kernels::encode_rle(masks[n], kWidth));

  std::vector<std::uint16_t> map(kHeight * kWidth);
  for (std::size_t k = 0; k < map.size(); ++k)
    map[k] = static_cast<std::uint16_t>(words[k % words.size()] & 7);
  std::vector<kernels::box<std::int32_t>> boxes(kMasks);
  kernels::mask_boxes(exec, masks, packed(boxes.data(), {kMasks}));
  std::vector<std::int32_t> counts(kMasks * 8);
  std::vector<std::int32_t> areas(8);
  kernels::label_boxes(exec, packed(map.data(), {kHeight, kWidth}), packed(boxes.data(), {kMasks}),
                       packed(counts.data(), {kMasks, 8}), packed(areas.data(), {8}));
  hash.add(counts);
  hash.add(areas);
}

void run() {
  for (const auto isa :
       {instruction_set::portable, instruction_set::avx2, instruction_set::avx512}) {
    if (!kernels::cpu::supported(isa)) {
      std::printf("masks %-22s skipped: not on this processor\n", kernels::cpu::name(isa));
      continue;
    }
    for (const int threads : {1, 3}) {
      same_bytes::hash hash;
      add(hash, {.threads = threads, .isa = isa});
      char what[64];
      std::snprintf(what, sizeof what, "masks %s, %d threads", kernels::cpu::name(isa), threads);
      same_bytes::expect(what, 0x3cbde54570cd85e3, hash.value());
    }
  }
}

const same_bytes::operation registered("masks", run);

}  // namespace
