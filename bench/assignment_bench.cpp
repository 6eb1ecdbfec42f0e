// assignment on the CPU, one thread, beside Jonker and Volgenant's algorithm on the padded matrix,
// as the usual packages do it. Both must find the same cost before anything is timed.
#include "harness.hpp"
#include "peers/jonker_volgenant.hpp"

#include <kernels/assignment.hpp>

#include <cmath>
#include <cstdio>
#include <memory>
#include <random>

namespace {

constexpr double kUnlimited = std::numeric_limits<double>::infinity();

struct problem {
  std::string what;
  std::int32_t n;
  double limit;
  std::string goal;
  std::vector<float> f32;
  std::vector<double> f64;
};

/// 1 − IoU of n boxes and of the same boxes moved a little, in random order, as many a square as in
/// a crowd: each overlaps some ten others.
problem boxes(std::int32_t n, const std::string& goal) {
  std::mt19937 random(static_cast<unsigned>(n));
  const auto unit = [&] { return static_cast<double>(random()) / 4294967296.0; };
  struct box {
    double x, y, w, h;
  };
  std::vector<box> a, b;
  const double side = 60 * std::sqrt(static_cast<double>(n));
  for (std::int32_t k = 0; k < n; ++k) {
    const double w = 40 + 60 * unit();
    a.push_back({side * unit(), side * unit(), w, 2 * w});
    b.push_back({a.back().x + 16 * unit() - 8, a.back().y + 16 * unit() - 8, w, 2 * w});
  }
  std::shuffle(b.begin(), b.end(), random);
  problem p{"1 − IoU, limit 0.9", n, 0.9, goal, {}, {}};
  for (const auto& s : a) {
    for (const auto& t : b) {
      const double w = std::min(s.x + s.w, t.x + t.w) - std::max(s.x, t.x);
      const double h = std::min(s.y + s.h, t.y + t.h) - std::max(s.y, t.y);
      const double shared = std::max(w, 0.0) * std::max(h, 0.0);
      p.f32.push_back(static_cast<float>(1 - shared / (s.w * s.h + t.w * t.h - shared)));
    }
  }
  p.f64.assign(p.f32.begin(), p.f32.end());
  return p;
}

problem uniform(std::int32_t n, const std::string& goal) {
  std::mt19937 random(3);
  problem p{"uniform, no limit", n, kUnlimited, goal, {}, {}};
  for (std::int64_t k = 0; k < std::int64_t{n} * n; ++k) {
    p.f32.push_back(static_cast<float>(random()) / 4294967296.0F);
  }
  p.f64.assign(p.f32.begin(), p.f32.end());
  return p;
}

/// Σ cost + limit · unmatched, or Σ cost.
double merit(const problem& p, const std::vector<std::int32_t>& x) {
  double sum = 0;
  for (std::size_t i = 0; i < x.size(); ++i) {
    sum += x[i] >= 0 ? p.f64[i * x.size() + static_cast<std::size_t>(x[i])]
                     : (p.limit < kUnlimited ? p.limit : 1e9);
  }
  return sum;
}

template <class T>
std::vector<std::int32_t> ours(kernels::assignment_solver<T>& solver, const problem& p,
                               const std::vector<T>& cost) {
  std::vector<std::int32_t> x(static_cast<std::size_t>(p.n)), y(x);
  solver.solve(kernels::packed(cost.data(), {p.n, p.n}), static_cast<T>(p.limit), x, y);
  return x;
}

std::vector<std::int32_t> peer(bench::jonker_volgenant& solver, const problem& p) {
  if (p.limit < kUnlimited) return solver.solve_limited(p.f64.data(), p.n, p.n, p.limit);
  return solver.solve(p.f64.data(), p.n);
}

}  // namespace

int main(int argc, char** argv) {
  const bench::options chosen = bench::parse(argc, argv);
  bench::machine_facts facts;
  facts.add("command", chosen.command);

  std::vector<problem> problems;
  problems.push_back(boxes(12, ""));
  problems.push_back(boxes(100, ""));
  problems.push_back(boxes(1000, "≤ 0.4 ms"));
  problems.push_back(boxes(2000, ""));
  problems.push_back(uniform(100, ""));
  problems.push_back(uniform(1000, "≤ 10 ms"));

  kernels::assignment_solver<float> f32;
  kernels::assignment_solver<double> f64;
  bench::jonker_volgenant jv;
  for (const auto& p : problems) {
    const double expected = merit(p, peer(jv, p));
    const double single = merit(p, ours(f32, p, p.f32));
    const double twice = merit(p, ours(f64, p, p.f64));
    if (std::abs(single - expected) > 1e-9 * p.n || std::abs(twice - expected) > 1e-9 * p.n) {
      std::fprintf(stderr, "assignment: %s, n = %d: cost %.12g and %.12g, the peer's %.12g\n",
                   p.what.c_str(), p.n, single, twice, expected);
      return 1;
    }
    const std::string name = p.what + "/" + std::to_string(p.n);
    std::vector<std::int32_t> x(static_cast<std::size_t>(p.n)), y(x);
    bench::add(name + "/f32", [&, x, y]() mutable {
      f32.solve(kernels::packed(p.f32.data(), {p.n, p.n}), static_cast<float>(p.limit), x, y);
      benchmark::DoNotOptimize(x.data());
    });
    bench::add(name + "/f64", [&, x, y]() mutable {
      f64.solve(kernels::packed(p.f64.data(), {p.n, p.n}), p.limit, x, y);
      benchmark::DoNotOptimize(x.data());
    });
    bench::add(name + "/peer", [&] { benchmark::DoNotOptimize(peer(jv, p).data()); });
  }

  const auto measured = bench::run(chosen, chosen.quick ? 3 : 11, chosen.quick ? 0.05 : 0.2);
  bench::table table({"assignment, n × n, one thread", "n", "float ms", "double ms", "spread",
                      "GB/s read, double", "goal", "padded LAPJV, double, ms",
                      "LAPJV / this, double"});
  for (const auto& p : problems) {
    const std::string name = p.what + "/" + std::to_string(p.n);
    const auto& a = measured.at(name + "/f32");
    const auto& b = measured.at(name + "/f64");
    const double lapjv = measured.at(name + "/peer").median;
    const int digits = p.n < 100 ? 5 : 3;
    table.add({p.what, std::to_string(p.n), bench::fixed(1e3 * a.median, digits),
               bench::fixed(1e3 * b.median, digits), bench::spread(b),
               bench::fixed(8e-9 * p.n * p.n / b.median, 1), p.goal,
               bench::fixed(1e3 * lapjv, digits), bench::times(lapjv / b.median)});
  }
  return bench::finish(chosen, measured, facts.text() + "\n" + table.text());
}
