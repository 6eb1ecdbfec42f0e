// nms on the CPU: random and clustered boxes of a 1920×1080 picture, beside OpenCV's NMSBoxes and
// the plain loop over all kept boxes. Goal: 20,000 boxes in at most 5 ms on one thread.
#include "harness.hpp"
#include "instruction_sets.hpp"

#include <kernels/math/iou.hpp>
#include <kernels/nms.hpp>
#include <kernels/soft_nms.hpp>

#if defined(KERNELS_BENCH_OPENCV)
#include "peers/opencv_nms.hpp"
#endif

#include <cstdlib>
#include <iostream>
#include <memory>
#include <random>

namespace {

constexpr float kThreshold = 0.5F;

struct scene {
  std::string name;
  std::vector<kernels::box<float>> boxes;
  std::vector<float> scores;
  std::int64_t kept = 0;
#if defined(KERNELS_BENCH_OPENCV)
  std::unique_ptr<bench::opencv_nms> opencv;
#endif

  [[nodiscard]] std::int64_t size() const { return static_cast<std::int64_t>(boxes.size()); }
  std::vector<std::int32_t> run(kernels::on_cpu exec) const {
    return kernels::nms<float>(exec, kernels::packed(boxes.data(), {size()}),
                               kernels::packed(scores.data(), {size()}),
                               {.iou_threshold = double{kThreshold}});
  }
};

/// Boxes of 20 to 200 pixels a side; clustered: twenty of them around each object, as a detector
/// gives them.
scene make(bool clustered, int n) {
  std::mt19937 random(static_cast<unsigned>(n));
  const auto uniform = [&](float low, float high) {
    return low + (high - low) * static_cast<float>(random() % 65536) / 65536.0F;
  };
  scene s;
  s.name = std::string(clustered ? "clustered" : "random") + ", " + std::to_string(n);
  float x = 0;
  float y = 0;
  float w = 0;
  float h = 0;
  for (int k = 0; k < n; ++k) {
    if (!clustered || k % 20 == 0) {
      x = uniform(0, 1920);
      y = uniform(0, 1080);
      w = uniform(20, 200);
      h = uniform(20, 200);
    }
    const float by = clustered ? 0.1F : 0.0F;
    const float cx = x + w * uniform(-by, by);
    const float cy = y + h * uniform(-by, by);
    const float hw = w * (0.5F + uniform(-by, by));
    const float hh = h * (0.5F + uniform(-by, by));
    s.boxes.push_back({cx - hw, cy - hh, cx + hw, cy + hh});
    s.scores.push_back(uniform(0.01F, 1));
  }
#if defined(KERNELS_BENCH_OPENCV)
  s.opencv = std::make_unique<bench::opencv_nms>(s.boxes, s.scores);
#endif
  return s;
}

/// The plain loop: every box in order against all kept ones.
std::vector<std::int32_t> plain(const scene& s) {
  std::vector<std::int32_t> order(s.boxes.size());
  for (std::size_t k = 0; k < order.size(); ++k) order[k] = static_cast<std::int32_t>(k);
  const auto score = [&](std::int32_t k) { return s.scores[static_cast<std::size_t>(k)]; };
  std::stable_sort(order.begin(), order.end(),
                   [&](std::int32_t a, std::int32_t b) { return score(a) > score(b); });
  std::vector<std::int32_t> kept;
  for (const auto k : order) {
    const auto& b = s.boxes[static_cast<std::size_t>(k)];
    bool gone = false;
    for (const auto j : kept) {
      gone = kernels::math::iou(s.boxes[static_cast<std::size_t>(j)], b,
                                kernels::pixel_convention::continuous) > kThreshold;
      if (gone) break;
    }
    if (!gone) kept.push_back(k);
  }
  return kept;
}

[[noreturn]] void fail(const std::string& what) {
  std::cerr << "bench_nms: " << what << "\n";
  std::exit(1);
}

void verify(scene& s) {
  const auto expected = plain(s);
  s.kept = static_cast<std::int64_t>(expected.size());
  for (const auto isa : bench::instruction_sets()) {
    const auto got = s.run({.threads = 1, .isa = isa});
    // a pair whose IoU is within an ulp of the threshold may be decided otherwise by a division
    if (std::abs(static_cast<std::int64_t>(got.size()) - s.kept) > 2) {
      fail(s.name + ": " + kernels::cpu::name(isa) + " keeps other boxes than the plain loop");
    }
  }
#if defined(KERNELS_BENCH_OPENCV)
  if (std::abs(static_cast<std::int64_t>(s.opencv->run(kThreshold).size()) - s.kept) > 4) {
    fail(s.name + ": OpenCV was given another problem");
  }
#endif
}

}  // namespace

int main(int argc, char** argv) {
  const bench::options chosen = bench::parse(argc, argv);
  bench::machine_facts facts;
#if defined(KERNELS_BENCH_OPENCV)
  facts.add("OpenCV", CV_VERSION);
#else
  facts.add("OpenCV", "not found");
#endif
  facts.add("command", chosen.command);

  std::vector<scene> scenes;
  for (const int n : {1000, 5000, 20000}) {
    for (const bool clustered : {false, true}) scenes.push_back(make(clustered, n));
  }
  // 64 frames of 20 to 400 boxes in one call
  std::vector<std::int32_t> offsets = {0};
  scene frames = make(true, 13440);
  for (int g = 0; g < 64; ++g) offsets.push_back(offsets.back() + 20 + 380 * g / 63);
  const auto boxes = static_cast<std::int64_t>(offsets.back());
  std::vector<std::int32_t> kept(static_cast<std::size_t>(boxes));
  std::vector<std::int32_t> counts(64);
  const auto batch = [&](int threads) {
    kernels::nms({.threads = threads},
                 kernels::nms_arguments<float>{
                     .boxes = kernels::packed(std::as_const(frames.boxes).data(), {boxes}),
                     .scores = kernels::packed(std::as_const(frames.scores).data(), {boxes}),
                     .kept = kernels::packed(kept.data(), {boxes}),
                     .counts = kernels::packed(counts.data(), {64}),
                     .offsets = kernels::packed(std::as_const(offsets).data(), {65})});
  };
  for (auto& s : scenes) {
    verify(s);
    for (const auto isa : bench::instruction_sets()) {
      bench::add("nms/" + s.name + "/" + kernels::cpu::name(isa),
                 [&s, isa] { benchmark::DoNotOptimize(s.run({.threads = 1, .isa = isa}).size()); });
    }
    bench::add("plain/" + s.name, [&s] { benchmark::DoNotOptimize(plain(s).size()); });
#if defined(KERNELS_BENCH_OPENCV)
    bench::add("opencv/" + s.name,
               [&s] { benchmark::DoNotOptimize(s.opencv->run(kThreshold).size()); });
#endif
  }
  for (const int threads : {1, 2}) {
    bench::add("batch/" + std::to_string(threads), [&batch, threads] { batch(threads); });
  }
  bench::add("soft", [&scenes] {
    const auto& s = scenes[1];
    benchmark::DoNotOptimize(kernels::soft_nms<float>(kernels::on_cpu(),
                                                      kernels::packed(s.boxes.data(), {s.size()}),
                                                      kernels::packed(s.scores.data(), {s.size()}))
                                 .kept.size());
  });

  const auto measured = bench::run(chosen, chosen.quick ? 3 : 7, chosen.quick ? 0.02 : 0.1);
  const auto milliseconds = [&](const std::string& name) {
    const auto t = measured.find(name);
    if (t == measured.end() || t->second.repetitions == 0) return std::string("–");
    return bench::fixed(1e3 * t->second.median, 3);
  };
  bench::table table({"nms, IoU > 0.5, float, one thread", "kept", "portable, ms", "AVX2, ms",
                      "AVX-512, ms", "spread", "plain loop, ms", "OpenCV, ms", "OpenCV / ours",
                      "goal"});
  for (const auto& s : scenes) {
    const std::string best =
        "nms/" + s.name + "/" + kernels::cpu::name(bench::instruction_sets().back());
    const auto ours = measured.find(best);
    if (ours == measured.end() || ours->second.repetitions == 0) continue;
    const auto peer = measured.find("opencv/" + s.name);
    const bool has_peer = peer != measured.end() && peer->second.repetitions > 0;
    table.add({s.name, std::to_string(s.kept), milliseconds("nms/" + s.name + "/portable"),
               milliseconds("nms/" + s.name + "/avx2"), milliseconds("nms/" + s.name + "/avx512"),
               bench::spread(ours->second), milliseconds("plain/" + s.name),
               milliseconds("opencv/" + s.name),
               has_peer ? bench::times(peer->second.median / ours->second.median) : "–",
               s.size() == 20000 ? "5 ms" : ""});
  }
  bench::table others({"in one call", "threads", "ms"});
  others.add({"64 frames, 20 to 400 boxes each", "1", milliseconds("batch/1")});
  others.add({"the same", "2", milliseconds("batch/2")});
  others.add({"soft_nms, gaussian, 1000 clustered boxes", "1", milliseconds("soft")});
  return bench::finish(chosen, measured, facts.text() + "\n" + table.text() + "\n" + others.text());
}
