// cosine on the CPU, one thread, beside a matrix product of Eigen (on rows already of unit length)
// and the ceiling of the processor's fmas, both measured in the same run.
#include "ceilings.hpp"
#include "harness.hpp"
#include "instruction_sets.hpp"

#include <kernels/cosine.hpp>
#include <kernels/normalize.hpp>

#if defined(KERNELS_BENCH_EIGEN)
#include "peers/eigen_product.hpp"
#endif

#include <algorithm>
#include <cmath>
#include <iostream>
#include <random>
#include <utility>

namespace {

using kernels::packed;

constexpr std::int64_t kDimension = 512;
constexpr std::int64_t kRows = 2048;

std::vector<float> random_rows(std::int64_t rows, unsigned seed) {
  std::mt19937 random(seed);
  std::normal_distribution<float> normal;
  std::vector<float> values(static_cast<std::size_t>(rows * kDimension));
  for (float& v : values) v = normal(random);
  return values;
}

template <class T>
std::vector<T> narrowed(const std::vector<float>& values) {
  std::vector<T> all;
  for (const float v : values) all.push_back(kernels::math::from_float32<T>(v));
  return all;
}

struct test_case {
  std::string what;
  double pairs;
};

}  // namespace

int main(int argc, char** argv) {
  const bench::options chosen = bench::parse(argc, argv);
  bench::machine_facts facts;
  facts.add("command", chosen.command);
  const auto a = random_rows(kRows, 1);
  const auto b = random_rows(kRows, 2);
  const auto half_a = narrowed<kernels::half>(a);
  const auto half_b = narrowed<kernels::half>(b);
  std::vector<std::int8_t> integers;
  for (const float v : a) {
    integers.push_back(
        static_cast<std::int8_t>(std::lround(std::fmin(std::fmax(30 * v, -127.0F), 127.0F))));
  }
  const std::vector<float> scales(kRows, 1.0F / 30);
  std::vector<float> out(kRows * kRows);
  std::vector<float> unit_a(a.size()), unit_b(b.size());
  kernels::normalize<float, float>({1}, packed(a.data(), {kRows, kDimension}),
                                   packed(unit_a.data(), {kRows, kDimension}));
  kernels::normalize<float, float>({1}, packed(b.data(), {kRows, kDimension}),
                                   packed(unit_b.data(), {kRows, kDimension}));

  const auto floats = [&](kernels::on_cpu exec, std::int64_t rows) {
    kernels::cosine<float>(exec, packed(a.data(), {rows, kDimension}),
                           packed(b.data(), {kRows, kDimension}),
                           packed(out.data(), {rows, kRows}));
  };
  floats({1}, 64);
  for (std::int64_t k = 0; k < 64 * kRows; k += 997) {
    double sum = 0;
    for (std::int64_t d = 0; d < kDimension; ++d) {
      sum += static_cast<double>(unit_a[static_cast<std::size_t>(k / kRows * kDimension + d)]) *
             unit_b[static_cast<std::size_t>(k % kRows * kDimension + d)];
    }
    if (std::abs(sum - out[static_cast<std::size_t>(k)]) > 1e-6) {
      std::cerr << "bench_cosine: a value is wrong\n";
      return 1;
    }
  }

  std::vector<test_case> cases;
  const auto add = [&](const std::string& what, std::int64_t rows, std::function<void()> body) {
    cases.push_back({what, static_cast<double>(rows) * kRows});
    bench::add(what, std::move(body));
  };
  for (const auto isa : bench::instruction_sets()) {
    if (isa == kernels::instruction_set::portable) continue;
    add(std::string("float32, ") + kernels::cpu::name(isa), kRows, [&floats, isa] {
      floats({1, isa}, kRows);
    });
  }
  add("float32, two threads", kRows, [&] { floats({2}, kRows); });
  add("float32, 16 rows", 16, [&] { floats({1}, 16); });
  add("float16", kRows, [&] {
    kernels::cosine<kernels::half>({1}, packed(half_a.data(), {kRows, kDimension}),
                                   packed(half_b.data(), {kRows, kDimension}),
                                   packed(out.data(), {kRows, kRows}));
  });
  const auto bounded = [&](int threads) {
    kernels::cosine<float>({threads}, packed(std::as_const(a).data(), {kRows, kDimension}),
                           packed(std::as_const(b).data(), {kRows, kDimension}),
                           packed(out.data(), {kRows, kRows}),
                           {.precision = kernels::cosine_precision::bfloat16});
  };
  floats({1}, kRows);
  const std::vector<float> exact = out;
  bounded(1);
  double off = 0;
  for (std::size_t k = 0; k < out.size(); ++k) {
    off = std::max(off, std::abs(double{out[k]} - double{exact[k]}));
  }
  if (!(off <= kernels::cosine_bfloat16_bound(kDimension))) {
    std::cerr << "bench_cosine: bfloat16 precision is off by " << off << "\n";
    return 1;
  }
  facts.add("bfloat16 precision",
            "of these random rows off by up to " + bench::fixed(1e4 * off, 2) + "·10⁻⁴; bound " +
                bench::fixed(1e4 * kernels::cosine_bfloat16_bound(kDimension), 0) + "·10⁻⁴");
  add("float32, bfloat16 precision", kRows, [&] { bounded(1); });
  add("float32, bfloat16 precision, two threads", kRows, [&] { bounded(2); });
  add("int8", kRows, [&] {
    const kernels::int8_rows<> rows{packed(std::as_const(integers).data(), {kRows, kDimension}),
                                    packed(scales.data(), {kRows})};
    kernels::cosine({1}, rows, rows, packed(out.data(), {kRows, kRows}));
  });
#if defined(KERNELS_BENCH_EIGEN)
  add("Eigen product", kRows, [&] {
    bench::eigen_product(unit_a.data(), kRows, unit_b.data(), kRows, kDimension, out.data());
  });
#endif
  const bench::fma_ceiling one_thread;
  const bool limited = bench::fma_ceiling::exists();
  if (limited) bench::add(one_thread.name(), one_thread);

  const auto measured = bench::run(chosen, chosen.quick ? 3 : 11, chosen.quick ? 0.05 : 0.2);
  const auto rate = [&](const std::string& name, double operations) {
    const auto found = measured.find(name);
    return found == measured.end() ? 0.0 : 1e-9 * operations / found->second.lowest;
  };
  const double ceiling = limited ? 1e-9 * one_thread.rate(measured) : 0;
  bench::table table({"× 2048 rows of 512", "ms", "least ms", "spread", "GFLOP/s (least)",
                      "of the ceiling", "Eigen's time / this"});
  const double peer = rate("Eigen product", 2.0 * kRows * kRows * kDimension);
  for (const auto& c : cases) {
    const auto& t = measured.at(c.what);
    const double mine = rate(c.what, 2.0 * c.pairs * kDimension);
    table.add({c.what, bench::fixed(1e3 * t.median, 1), bench::fixed(1e3 * t.lowest, 1),
               bench::spread(t), bench::fixed(mine, 0),
               ceiling == 0 ? "" : bench::percent(mine / ceiling),
               peer == 0 ? "" : bench::times(mine / peer)});
  }
  return bench::finish(chosen, measured,
                       facts.text() + "\nThe fma ceiling, one thread: " + bench::fixed(ceiling, 0) +
                           " GFLOP/s. Limit: fmas.\n\n" + table.text());
}
