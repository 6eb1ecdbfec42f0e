// conditioned_assignment on the CPU, one thread, at 1080p, beside the original's way: passes over
// the label map for every pair. The costs of both must be equal before anything is timed.
#include "harness.hpp"
#include "peers/jonker_volgenant.hpp"
#include "peers/mask_conditions.hpp"

#include <kernels/conditioned_assignment.hpp>

#include <cstdio>
#include <functional>
#include <random>

namespace {

constexpr std::int32_t kHeight = 1080;
constexpr std::int32_t kWidth = 1920;
constexpr double kLimit = 0.9;

/// n people, of whom each has a mask (an ellipse) and a box around it, and costs that leave each
/// track several detections to choose from.
struct scene {
  std::int32_t n;
  std::vector<std::uint8_t> map;
  std::vector<double> cost, boxes, confidences;
  std::vector<std::int32_t> masks;

  explicit scene(std::int32_t people)
      : n(people), map(static_cast<std::size_t>(kHeight) * kWidth), confidences(size(), 0.9) {
    std::mt19937 random(5);
    const auto unit = [&] { return static_cast<double>(random()) / 4294967296.0; };
    for (std::int32_t k = 0; k < n; ++k) {
      const double w = 60 + 60 * unit();
      const double h = 2.5 * w;
      const double x = (kWidth - w) * unit();
      const double y = (kHeight - h) * unit();
      boxes.insert(boxes.end(), {x, y, w, h});
      masks.push_back(k + 1);
      for (auto v = static_cast<std::int32_t>(y); v < static_cast<std::int32_t>(y + h); ++v) {
        for (auto u = static_cast<std::int32_t>(x); u < static_cast<std::int32_t>(x + w); ++u) {
          const double dx = 2 * (u - x) / w - 1;
          const double dy = 2 * (v - y) / h - 1;
          if (dx * dx + dy * dy > 1) continue;
          map[static_cast<std::size_t>(v * kWidth + u)] = static_cast<std::uint8_t>(k + 1);
        }
      }
    }
    for (std::int32_t i = 0; i < n * n; ++i) cost.push_back(0.5 + unit());
  }
  [[nodiscard]] std::size_t size() const { return static_cast<std::size_t>(n); }
  [[nodiscard]] bench::mask_conditions peer() const {
    return {kHeight,      kWidth,       map.data(),        n, n, cost.data(),
            boxes.data(), masks.data(), confidences.data()};
  }
};

void add(const std::string& name, const std::function<void()>& body, int iterations = 0) {
  auto* b = benchmark::RegisterBenchmark(name.c_str(),
                                         [body](benchmark::State& state) {
                                           for (auto _ : state) body();
                                         })
                ->UseRealTime()
                ->Unit(benchmark::kMillisecond);
  if (iterations > 0) b->Iterations(iterations);
}

}  // namespace

int main(int argc, char** argv) {
  const bench::options chosen = bench::parse(argc, argv);
  bench::machine_facts facts;
  facts.add("command", chosen.command);
  const std::vector<scene> scenes{scene(20), scene(50)};
  kernels::conditioned_assignment_solver<double> solver;
  bench::jonker_volgenant jv;
  for (const auto& s : scenes) {
    std::vector<std::int32_t> x(s.size()), y(s.size());
    auto run = [&solver, &s, x, y]() mutable {
      solver.solve(
          kernels::packed(s.cost.data(), {s.n, s.n}), kernels::packed(s.boxes.data(), {s.n, 4}),
          kernels::packed(s.map.data(), {kHeight, kWidth}), kernels::packed(s.masks.data(), {s.n}),
          kernels::packed(s.confidences.data(), {s.n}), {.limit = kLimit}, x, y);
      benchmark::DoNotOptimize(x.data());
    };
    run();
    const auto expected = s.peer().adjusted(kLimit);
    for (std::size_t k = 0; k < expected.size(); ++k) {
      if (s.cost[k] <= kLimit && solver.adjusted()[k] != expected[k]) {
        std::fprintf(stderr, "conditioned_assignment: %d people: another cost than the peer's\n",
                     s.n);
        return 1;
      }
    }
    const std::string name = "conditioned_assignment/" + std::to_string(s.n);
    add(name, run);
    add(
        name + "/peer",
        [&] {
          const auto cost = s.peer().adjusted(kLimit);
          benchmark::DoNotOptimize(jv.solve_limited(cost.data(), s.n, s.n, kLimit).data());
        },
        1);
  }
  const auto measured = bench::run(chosen, chosen.quick ? 3 : 7, chosen.quick ? 0.05 : 0.2);
  bench::table table({"conditioned_assignment, 1080p, 8-bit labels, one thread", "ms", "spread",
                      "goal", "GB/s of labels", "map passes a pair (C++), ms", "peer / this"});
  for (const auto& s : scenes) {
    const std::string name = "conditioned_assignment/" + std::to_string(s.n);
    const auto& t = measured.at(name);
    const double peer = measured.at(name + "/peer").median;
    table.add({std::to_string(s.n) + " × " + std::to_string(s.n), bench::fixed(1e3 * t.median, 3),
               bench::spread(t), s.n == 20 ? "≤ 2 ms" : "",
               bench::fixed(1e-9 * kHeight * kWidth / t.median, 1), bench::fixed(1e3 * peer, 1),
               bench::times(peer / t.median)});
  }
  return bench::finish(chosen, measured, facts.text() + "\n" + table.text());
}
