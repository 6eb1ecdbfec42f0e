// rotated_iou on the CPU: oriented boxes against others, where most pairs are far apart and where
// all overlap, beside OpenCV's rotatedRectangleIntersection, on one thread.
#include "harness.hpp"
#include "instruction_sets.hpp"

#include <kernels/rotated_iou.hpp>

#if defined(KERNELS_BENCH_OPENCV)
#include "peers/opencv_rotated.hpp"
#endif

#include <cmath>
#include <cstdlib>
#include <iostream>
#include <random>

namespace {

constexpr std::int64_t kBoxes = 300;

using boxes = std::vector<kernels::rotated_box<float>>;

struct scene {
  std::string name;
  boxes a, b;
  std::vector<float> matrix = std::vector<float>(kBoxes * kBoxes);

  void run(kernels::on_cpu exec) {
    kernels::rotated_pairwise_iou<float>(exec, kernels::packed(std::as_const(a).data(), {kBoxes}),
                                         kernels::packed(std::as_const(b).data(), {kBoxes}),
                                         kernels::packed(matrix.data(), {kBoxes, kBoxes}));
  }
};

/// Centres within a square of `side` pixels.
boxes random_boxes(unsigned seed, unsigned side) {
  std::mt19937 random(seed);
  boxes all;
  for (std::int64_t k = 0; k < kBoxes; ++k) {
    const auto number = [&](unsigned end) {
      return static_cast<float>(random() % (16 * end)) / 16;
    };
    all.push_back(
        {number(side), number(side), 20 + number(100), 20 + number(60), number(180) - 90});
  }
  return all;
}

[[noreturn]] void fail(const std::string& what) {
  std::cerr << "bench_rotated_iou: " << what << "\n";
  std::exit(1);
}

/// Area of a convex polygon inside a half-plane after half-plane: the definition.
double clipped_iou(const kernels::rotated_box<float>& a, const kernels::rotated_box<float>& b) {
  struct point {
    double x, y;
  };
  const auto corners = [](const kernels::rotated_box<float>& r) {
    const double t = double{r.angle} * std::acos(-1.0) / 180;
    std::vector<point> c;
    for (const auto [u, v] : {point{-1, -1}, {1, -1}, {1, 1}, {-1, 1}}) {
      const double x = u * double{r.width} / 2;
      const double y = v * double{r.height} / 2;
      c.push_back({double{r.cx} + x * std::cos(t) - y * std::sin(t),
                   double{r.cy} + x * std::sin(t) + y * std::cos(t)});
    }
    return c;
  };
  std::vector<point> polygon = corners(a);
  const std::vector<point> edges = corners(b);
  for (std::size_t e = 0; e < 4; ++e) {
    const point p = edges[e];
    const point q = edges[(e + 1) % 4];
    const auto side = [&](point r) {
      return (q.x - p.x) * (r.y - p.y) - (q.y - p.y) * (r.x - p.x);
    };
    std::vector<point> kept;
    for (std::size_t k = 0; k < polygon.size(); ++k) {
      const point r = polygon[k];
      const point s = polygon[(k + 1) % polygon.size()];
      const double of_r = side(r);
      const double of_s = side(s);
      if (of_r >= 0) kept.push_back(r);
      if ((of_r >= 0) != (of_s >= 0)) {
        const double t = of_r / (of_r - of_s);
        kept.push_back({r.x + t * (s.x - r.x), r.y + t * (s.y - r.y)});
      }
    }
    polygon = kept;
  }
  double shared = 0;
  for (std::size_t k = 0; k < polygon.size(); ++k) {
    const point r = polygon[k];
    const point s = polygon[(k + 1) % polygon.size()];
    shared += (r.x * s.y - s.x * r.y) / 2;
  }
  return shared /
         (double{a.width} * double{a.height} + double{b.width} * double{b.height} - shared);
}

/// Returns the number of pairs that overlap.
int verify(scene& s) {
  int overlapping = 0;
  for (const auto isa : bench::instruction_sets()) {
    s.run({.threads = 1, .isa = isa});
    overlapping = 0;
    for (std::size_t k = 0; k < s.matrix.size(); ++k) {
      const double expected = clipped_iou(s.a[k / kBoxes], s.b[k % kBoxes]);
      if (!(std::abs(expected - double{s.matrix[k]}) < 1e-6)) {
        fail(s.name + ": " + kernels::cpu::name(isa) + " differs from clipped polygons");
      }
      overlapping += expected > 0 ? 1 : 0;
    }
  }
  return overlapping;
}

#if defined(KERNELS_BENCH_OPENCV)
/// Its corners are of float and may be lost where edges nearly coincide: that is counted as well.
void verify_peer(const scene& s, const std::vector<cv::RotatedRect>& a,
                 const std::vector<cv::RotatedRect>& b) {
  int other = 0;
  for (std::size_t k = 0; k < s.matrix.size(); ++k) {
    const float given = bench::opencv_rotated_iou(a[k / kBoxes], b[k % kBoxes]);
    other += std::abs(given - s.matrix[k]) < 1e-3F ? 0 : 1;
  }
  if (other > static_cast<int>(s.matrix.size() / 1000)) {
    fail(s.name + ": OpenCV was given another problem");
  }
}
#endif

}  // namespace

int main(int argc, char** argv) {
  const bench::options chosen = bench::parse(argc, argv);
  bench::machine_facts facts;
#if defined(KERNELS_BENCH_OPENCV)
  facts.add("OpenCV", CV_VERSION);
  cv::setNumThreads(1);
#else
  facts.add("OpenCV", "not found");
#endif
  facts.add("command", chosen.command);

  scene scenes[] = {{"a frame of 2000 × 2000 pixels", random_boxes(1, 2000), random_boxes(2, 2000)},
                    {"all within 40 × 40 pixels", random_boxes(3, 40), random_boxes(4, 40)}};
  int overlapping[2] = {};
  for (int k = 0; k < 2; ++k) {
    scene& s = scenes[k];
    overlapping[k] = verify(s);
    for (const auto isa : bench::instruction_sets()) {
      if (isa == kernels::instruction_set::avx512) continue;  // the same code as AVX2
      bench::add(s.name + kernels::cpu::name(isa),
                 [&s, isa] { s.run({.threads = 1, .isa = isa}); });
    }
#if defined(KERNELS_BENCH_OPENCV)
    const auto a = bench::opencv_boxes(s.a);
    const auto b = bench::opencv_boxes(s.b);
    verify_peer(s, a, b);
    bench::add(s.name + "opencv", [a, b] {
      float sum = 0;
      for (const auto& x : a) {
        for (const auto& y : b) sum += bench::opencv_rotated_iou(x, y);
      }
      benchmark::DoNotOptimize(sum);
    });
#endif
  }

  const auto measured = bench::run(chosen, chosen.quick ? 3 : 7, chosen.quick ? 0.02 : 0.1);
  const auto nanoseconds = [&](const std::string& name) {
    const auto t = measured.find(name);
    if (t == measured.end() || t->second.repetitions == 0) return 0.0;
    return 1e9 * t->second.median / static_cast<double>(kBoxes * kBoxes);
  };
  bench::table table({"rotated_iou, 300 × 300, float, one thread", "pairs that overlap",
                      "portable, ns a pair", "AVX2 and FMA, ns a pair", "OpenCV, ns a pair",
                      "OpenCV / ours"});
  for (int k = 0; k < 2; ++k) {
    const double slow = nanoseconds(scenes[k].name + "portable");
    const double fast = nanoseconds(scenes[k].name + "avx2");
    const double peer = nanoseconds(scenes[k].name + "opencv");
    const double ours = fast > 0 ? fast : slow;
    if (ours == 0) continue;
    table.add({scenes[k].name, std::to_string(overlapping[k]), bench::fixed(slow, 1),
               fast > 0 ? bench::fixed(fast, 1) : "–", peer > 0 ? bench::fixed(peer, 1) : "–",
               peer > 0 ? bench::times(peer / ours) : "–"});
  }
  return bench::finish(chosen, measured, facts.text() + "\n" + table.text());
}
