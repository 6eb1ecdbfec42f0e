// normalize on the CPU, 100,000 rows of 512, in place, one thread, beside what FAISS does
// (fvec_renorm_L2) where it is installed, and beside a copy of the same bytes, which is the limit.
#include "harness.hpp"
#include "instruction_sets.hpp"

#include <kernels/normalize.hpp>

#if defined(KERNELS_BENCH_FAISS)
#include <faiss/utils/distances.h>
#include <omp.h>
#endif

#include <cmath>
#include <cstring>
#include <iostream>
#include <random>

namespace {

constexpr std::int64_t kRows = 100000;
constexpr std::int64_t kDimension = 512;
constexpr double kBytes = 8.0 * kRows * kDimension;  // read and written, float32

template <class T>
std::vector<T> random_rows() {
  std::mt19937 random(1);
  std::normal_distribution<float> normal;
  std::vector<float> some(65537);  // repeats, but at another element of each row
  for (float& v : some) v = normal(random);
  std::vector<T> rows(kRows * kDimension);
  for (std::size_t k = 0; k < rows.size(); ++k) {
    rows[k] = kernels::math::from_float32<T>(some[k % some.size()]);
  }
  return rows;
}

template <class T>
void normalize(kernels::on_cpu exec, std::vector<T>& rows) {
  const auto view = kernels::packed(rows.data(), {kRows, kDimension});
  kernels::normalize<T, T>(exec, view, view);
}

struct test_case {
  std::string what, name;
  double bytes;
};

}  // namespace

int main(int argc, char** argv) {
  const bench::options chosen = bench::parse(argc, argv);
  bench::machine_facts facts;
  facts.add("command", chosen.command);
  auto floats = random_rows<float>();
  auto halves = random_rows<kernels::half>();
  auto brains = random_rows<kernels::bfloat16>();
  std::vector<float> other(floats.size());

  normalize({1}, floats);
  for (std::int64_t r = 0; r < kRows; r += 997) {
    double squares = 0;
    for (std::int64_t k = 0; k < kDimension; ++k) {
      squares += std::pow(floats[static_cast<std::size_t>(r * kDimension + k)], 2);
    }
    if (std::abs(squares - 1) > 1e-6) {
      std::cerr << "bench_normalize: a row is not of unit length\n";
      return 1;
    }
  }

  std::vector<test_case> cases;
  const auto add = [&](const std::string& what, double bytes, const std::function<void()>& body) {
    cases.push_back({what, what, bytes});
    bench::add(what, body);
  };
  for (const auto isa : bench::instruction_sets()) {
    if (isa == kernels::instruction_set::portable && chosen.quick) continue;
    add(std::string("float32, ") + kernels::cpu::name(isa), kBytes, [&floats, isa] {
      normalize({1, isa}, floats);
    });
  }
  add("float32, two threads", kBytes, [&] { normalize({2}, floats); });
  add("float16", kBytes / 2, [&] { normalize({1}, halves); });
  add("bfloat16", kBytes / 2, [&] { normalize({1}, brains); });
#if defined(KERNELS_BENCH_FAISS)
  omp_set_num_threads(1);
  add("FAISS fvec_renorm_L2, float32", kBytes,
      [&] { faiss::fvec_renorm_L2(kDimension, kRows, floats.data()); });
#endif
  add("memcpy of the rows", kBytes,
      [&] { std::memcpy(other.data(), floats.data(), floats.size() * sizeof(float)); });

  const auto measured = bench::run(chosen, chosen.quick ? 3 : 11, chosen.quick ? 0.05 : 0.2);
  bench::table table(
      {"100,000 × 512, in place", "ms", "least ms", "spread", "GB/s", "FAISS / this"});
  const auto peer = measured.find("FAISS fvec_renorm_L2, float32");
  for (const auto& c : cases) {
    const auto& t = measured.at(c.name);
    table.add({c.what, bench::fixed(1e3 * t.median, 1), bench::fixed(1e3 * t.lowest, 1),
               bench::spread(t), bench::fixed(1e-9 * c.bytes / t.median, 1),
               peer == measured.end() ? "" : bench::times(peer->second.median / t.median)});
  }
  return bench::finish(chosen, measured, facts.text() + "\n" + table.text());
}
