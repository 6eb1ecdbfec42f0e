// nms.
#include "same_bytes.hpp"

#include <kernels/nms.hpp>

#include <cstdio>
#include <utility>

namespace {

using kernels::instruction_set;

template <class T>
void run(const char* name, std::uint64_t expected) {
  same_bytes::random random;
  const auto next = [&](std::uint64_t range) {
    return static_cast<T>(random.next() % (64 * range)) / T(61);
  };
  constexpr int kBoxes = 3000;
  std::vector<kernels::box<T>> boxes;
  std::vector<T> scores;
  std::vector<std::int32_t> classes;
  for (int k = 0; k < kBoxes; ++k) {
    const T x = next(900);
    const T y = next(500);
    boxes.push_back({x, y, x + next(120), y + next(120)});
    scores.push_back(static_cast<T>(random.next() % 997) / T(997));
    classes.push_back(static_cast<std::int32_t>(random.next() % 5));
  }
  const std::vector<std::int32_t> offsets = {0, 40, 40, 1800, kBoxes};
  for (const auto isa :
       {instruction_set::portable, instruction_set::avx2, instruction_set::avx512}) {
    if (!kernels::cpu::supported(isa)) {
      std::printf("%s %-24s skipped: not on this processor\n", name, kernels::cpu::name(isa));
      continue;
    }
    for (const int threads : {1, 3}) {
      same_bytes::hash hash;
      for (const double threshold : {0.1, 0.45, 0.7}) {
        for (const bool by_class : {false, true}) {
          std::vector<std::int32_t> kept(kBoxes);
          std::vector<std::int32_t> counts(4);
          kernels::nms_arguments<T> a{
              .boxes = kernels::packed(std::as_const(boxes).data(), {kBoxes}),
              .scores = kernels::packed(std::as_const(scores).data(), {kBoxes}),
              .kept = kernels::packed(kept.data(), {kBoxes}),
              .counts = kernels::packed(counts.data(), {4}),
              .offsets = kernels::packed(offsets.data(), {5})};
          if (by_class) a.classes = kernels::packed(std::as_const(classes).data(), {kBoxes});
          kernels::nms({.threads = threads, .isa = isa}, a,
                       {.iou_threshold = threshold,
                        .convention = by_class ? kernels::pixel_convention::inclusive
                                               : kernels::pixel_convention::continuous});
          hash.add(kept);
          hash.add(counts);
        }
      }
      char what[64];
      std::snprintf(what, sizeof what, "%s %s, %d threads", name, kernels::cpu::name(isa), threads);
      same_bytes::expect(what, expected, hash.value());
    }
  }
}

const same_bytes::operation registered("nms", [] {
  run<float>("nms f32", 0x0d9877f176950196);
  run<double>("nms f64", 0x0d9877f176950196);
});

}  // namespace
