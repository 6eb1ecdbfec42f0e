// label_boxes on the CPU: a 1080p label map of 20 blobs, and of noise, beside a plain loop over
// each box's pixels. The original conditioned assignment (Python) asks this question 20 × 20 times.
#include "harness.hpp"

#include <kernels/label_boxes.hpp>

#include <cstdio>
#include <cstdlib>
#include <functional>
#include <random>

namespace {

constexpr std::int64_t kHeight = 1080;
constexpr std::int64_t kWidth = 1920;
constexpr std::int64_t kLabels = 21;
constexpr std::int64_t kBoxes = 20;

struct scene {
  std::vector<std::uint8_t> map = std::vector<std::uint8_t>(kHeight * kWidth);
  std::vector<kernels::box<std::int32_t>> boxes;
};

/// People-sized ellipses, later ones in front, and boxes a little off.
scene blobs() {
  scene s;
  std::mt19937 random(3);
  const auto between = [&](int a, int b) {
    return a + static_cast<int>(random() % static_cast<unsigned>(b - a));
  };
  for (int k = 0; k < kBoxes; ++k) {
    const int w = between(60, 240);
    const int h = between(160, 600);
    const int x = between(0, 1920 - w);
    const int y = between(0, 1080 - h);
    for (int j = 0; j < h; ++j) {
      for (int i = 0; i < w; ++i) {
        const double u = 2.0 * i / w - 1;
        const double v = 2.0 * j / h - 1;
        if (u * u + v * v < 1)
          s.map[static_cast<std::size_t>((y + j) * 1920 + x + i)] =
              static_cast<std::uint8_t>(k + 1);
      }
    }
    s.boxes.push_back({x + between(-9, 9), y + between(-9, 9), x + w, y + h + between(-9, 9)});
  }
  return s;
}

scene noise() {
  scene s = blobs();
  std::mt19937 random(4);
  for (auto& x : s.map) x = static_cast<std::uint8_t>(random() % kLabels);
  return s;
}

void plain(const scene& s, std::vector<std::int32_t>& counts, std::vector<std::int32_t>& areas) {
  std::fill(counts.begin(), counts.end(), 0);
  std::fill(areas.begin(), areas.end(), 0);
  for (const auto x : s.map) ++areas[x];
  for (std::size_t k = 0; k < s.boxes.size(); ++k) {
    const auto b = kernels::math::clip_to_map(s.boxes[k], kHeight, kWidth);
    for (std::int64_t y = b.top; y < b.bottom; ++y) {
      for (std::int64_t x = b.left; x < b.right; ++x) {
        ++counts[k * kLabels + s.map[static_cast<std::size_t>(y * kWidth + x)]];
      }
    }
  }
}

struct answers {
  std::vector<std::int32_t> counts = std::vector<std::int32_t>(kBoxes * kLabels);
  std::vector<std::int32_t> areas = std::vector<std::int32_t>(kLabels);
};

void ours(kernels::on_cpu exec, const scene& s, answers& a, kernels::label_boxes_scratch& scratch) {
  kernels::label_boxes(exec, kernels::packed(s.map.data(), {kHeight, kWidth}),
                       kernels::packed(s.boxes.data(), {kBoxes}),
                       kernels::packed(a.counts.data(), {kBoxes, kLabels}),
                       kernels::packed(a.areas.data(), {kLabels}), scratch);
}

void add(const std::string& name, const std::function<void()>& body) {
  benchmark::RegisterBenchmark(name.c_str(),
                               [body](benchmark::State& state) {
                                 for (auto _ : state) body();
                               })
      ->UseRealTime()
      ->Unit(benchmark::kMillisecond);
}

}  // namespace

int main(int argc, char** argv) {
  using kernels::instruction_set;
  const bench::options chosen = bench::parse(argc, argv);
  bench::machine_facts facts;
  facts.add("command", chosen.command);
  const std::pair<const char*, scene> scenes[] = {{"20 blobs", blobs()}, {"noise", noise()}};
  answers given;
  answers expected;
  kernels::label_boxes_scratch scratch;
  struct test_case {
    std::string what, isa, name, peer;
  };
  std::vector<test_case> cases;
  for (const auto& [what, s] : scenes) {
    const std::string peer = std::string(what) + "/plain";
    add(peer, [&, &s = s] { plain(s, expected.counts, expected.areas); });
    for (const auto isa :
         {instruction_set::portable, instruction_set::avx2, instruction_set::avx512}) {
      if (!kernels::cpu::supported(isa)) continue;
      const kernels::on_cpu exec{.threads = 1, .isa = isa};
      plain(s, expected.counts, expected.areas);
      ours(exec, s, given, scratch);
      if (given.counts != expected.counts || given.areas != expected.areas) {
        std::fprintf(stderr, "label_boxes: %s: wrong counts\n", what);
        return EXIT_FAILURE;
      }
      const std::string name = std::string(what) + "/" + kernels::cpu::name(isa);
      add(name, [&, exec, &s = s] { ours(exec, s, given, scratch); });
      cases.push_back({what, kernels::cpu::name(isa), name, peer});
    }
  }
  const auto measured = bench::run(chosen, chosen.quick ? 3 : 11, chosen.quick ? 0.05 : 0.2);
  bench::table table({"label_boxes, 1080p uint8, 20 boxes, 21 labels, one thread", "ms", "spread",
                      "GB/s of map", "plain loop / this"});
  for (const auto& c : cases) {
    const auto& t = measured.at(c.name);
    table.add({c.what + ", " + c.isa, bench::fixed(1e3 * t.median, 3), bench::spread(t),
               bench::fixed(1e-9 * kHeight * kWidth / t.median, 1),
               bench::times(measured.at(c.peer).median / t.median)});
  }
  return bench::finish(chosen, measured, facts.text() + "\n" + table.text());
}
