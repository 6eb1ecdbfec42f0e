// soft_nms, box_fusion, and the exponential.
#include "same_bytes.hpp"

#include <kernels/box_fusion.hpp>
#include <kernels/soft_nms.hpp>

#include <utility>

namespace {

template <class T>
void run(const char* name, std::uint64_t expected) {
  same_bytes::random random;
  same_bytes::hash hash;
  for (int k = 0; k < 20000; ++k) {
    const T y =
        kernels::math::exponential(static_cast<T>(random.next() % 200000) / T(997) - T(110));
    hash.add(&y, sizeof y);
  }
  constexpr int kBoxes = 500;
  std::vector<kernels::box<T>> boxes;
  std::vector<T> scores;
  const auto next = [&](std::uint64_t range) {
    return static_cast<T>(random.next() % (64 * range)) / T(61);
  };
  for (int k = 0; k < kBoxes; ++k) {
    const T x = next(200);
    const T y = next(200);
    boxes.push_back({x, y, x + next(90), y + next(90)});
    scores.push_back(static_cast<T>(random.next() % 997) / T(997));
  }
  const auto b = kernels::packed(std::as_const(boxes).data(), {kBoxes});
  const auto s = kernels::packed(std::as_const(scores).data(), {kBoxes});
  for (const auto decay : {kernels::soft_nms_decay::gaussian, kernels::soft_nms_decay::linear}) {
    const auto r =
        kernels::soft_nms<T>(kernels::on_cpu(), b, s, {.decay = decay, .score_threshold = 0.05});
    hash.add(r.kept);
    hash.add(r.scores);
  }
  const auto f = kernels::box_fusion<T>(kernels::on_cpu(), b, s, {.models = 3});
  hash.add(f.boxes);
  hash.add(f.scores);
  same_bytes::expect(name, expected, hash.value());
}

const same_bytes::operation registered("soft_nms", [] {
  run<float>("soft_nms f32", 0x1d739863098d1f99);
  run<double>("soft_nms f64", 0x5984beed369a927a);
});

}  // namespace
