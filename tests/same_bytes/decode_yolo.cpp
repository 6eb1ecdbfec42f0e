// decode_yolo and letterbox.
#include "same_bytes.hpp"

#include <kernels/decode_yolo.hpp>

#include <cstdio>
#include <utility>

namespace {

using kernels::instruction_set;

void run() {
  same_bytes::random random;
  constexpr std::int64_t kAnchors = 1111;
  constexpr std::int64_t kClasses = 11;
  std::vector<float> head(2 * (4 + kClasses) * kAnchors);
  for (auto& x : head) x = static_cast<float>(random.next() % 64000) / 97.0F;
  const std::vector<kernels::letterbox> letterboxes = {
      kernels::make_letterbox({1919, 1081}, {640, 640}),
      kernels::make_letterbox({333, 777}, {640, 640})};
  for (const auto isa :
       {instruction_set::portable, instruction_set::avx2, instruction_set::avx512}) {
    if (!kernels::cpu::supported(isa)) {
      std::printf("decode_yolo %-24s skipped: not on this processor\n", kernels::cpu::name(isa));
      continue;
    }
    constexpr std::int64_t kRoom = 800;
    std::vector<kernels::box<float>> boxes(2 * kRoom);
    std::vector<float> scores(2 * kRoom);
    std::vector<std::int32_t> classes(2 * kRoom);
    std::vector<std::int32_t> anchors(2 * kRoom);
    std::vector<std::int32_t> counts(2);
    kernels::decode_yolo(
        {.threads = 2, .isa = isa},
        {.head = kernels::packed(std::as_const(head).data(), {2, 4 + kClasses, kAnchors}),
         .boxes = kernels::packed(boxes.data(), {2, kRoom}),
         .scores = kernels::packed(scores.data(), {2, kRoom}),
         .classes = kernels::packed(classes.data(), {2, kRoom}),
         .counts = kernels::packed(counts.data(), {2}),
         .letterboxes = kernels::packed(letterboxes.data(), {2}),
         .anchors = kernels::packed(anchors.data(), {2, kRoom})},
        {.score_threshold = 610, .clip = false});
    same_bytes::hash hash;
    hash.add(boxes);
    hash.add(scores);
    hash.add(classes);
    hash.add(anchors);
    hash.add(counts);
    char what[64];
    std::snprintf(what, sizeof what, "decode_yolo %s", kernels::cpu::name(isa));
    same_bytes::expect(what, 0x4e7314e93d1acb42, hash.value());
  }
}

const same_bytes::operation registered("decode_yolo", run);

}  // namespace
