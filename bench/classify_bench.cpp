// classify on the CPU, one thread: 10,000 rows and 1203 classes of 512, the best five, beside the
// plain loops a C++ program would have (similarities by cosine.hpp, std::exp, std::partial_sort).
#include "harness.hpp"
#include "instruction_sets.hpp"

#include <kernels/classify.hpp>

#include <algorithm>
#include <cmath>
#include <iostream>
#include <numeric>
#include <random>

namespace {

using kernels::packed;

constexpr std::int64_t kDimension = 512;
constexpr std::int64_t kRows = 10000;
constexpr std::int64_t kClasses = 1203;
constexpr std::int64_t kTop = 5;
constexpr float kTemperature = 0.01F;

std::vector<float> random_rows(std::int64_t rows, unsigned seed) {
  std::mt19937 random(seed);
  std::normal_distribution<float> normal;
  std::vector<float> values(static_cast<std::size_t>(rows * kDimension));
  for (float& v : values) v = normal(random);
  return values;
}

struct answers {
  std::vector<std::int32_t> classes = std::vector<std::int32_t>(kRows * kTop);
  std::vector<float> probabilities = std::vector<float>(kRows * kTop);
};

/// What a program without this function does.
void plain(const std::vector<float>& rows, const std::vector<float>& classes, answers& out) {
  std::vector<float> matrix(kRows * kClasses);
  kernels::cosine<float>({1}, packed(rows.data(), {kRows, kDimension}),
                         packed(classes.data(), {kClasses, kDimension}),
                         packed(matrix.data(), {kRows, kClasses}));
  std::vector<std::int32_t> order(kClasses);
  for (std::int64_t i = 0; i < kRows; ++i) {
    const float* s = matrix.data() + i * kClasses;
    std::iota(order.begin(), order.end(), 0);
    std::partial_sort(order.begin(), order.begin() + kTop, order.end(),
                      [s](std::int32_t x, std::int32_t y) { return s[x] > s[y]; });
    float sum = 0;
    for (std::int64_t c = 0; c < kClasses; ++c)
      sum += std::exp((s[c] - s[order[0]]) / kTemperature);
    for (std::int64_t k = 0; k < kTop; ++k) {
      const auto at = static_cast<std::size_t>(i * kTop + k);
      out.classes[at] = order[static_cast<std::size_t>(k)];
      out.probabilities[at] = std::exp((s[out.classes[at]] - s[order[0]]) / kTemperature) / sum;
    }
  }
}

}  // namespace

int main(int argc, char** argv) {
  const bench::options chosen = bench::parse(argc, argv);
  bench::machine_facts facts;
  facts.add("command", chosen.command);
  const auto rows = random_rows(kRows, 1);
  const auto classes = random_rows(kClasses, 2);
  answers ours, theirs;
  const auto classify = [&](kernels::on_cpu exec) {
    kernels::classify<float>(exec, packed(rows.data(), {kRows, kDimension}),
                             packed(classes.data(), {kClasses, kDimension}),
                             {.classes = packed(ours.classes.data(), {kRows, kTop}),
                              .probabilities = packed(ours.probabilities.data(), {kRows, kTop})},
                             {.temperature = kTemperature});
  };
  classify({1});
  plain(rows, classes, theirs);
  for (std::size_t k = 0; k < ours.classes.size(); ++k) {
    if (ours.classes[k] != theirs.classes[k] ||
        std::abs(ours.probabilities[k] - theirs.probabilities[k]) > 1e-4) {
      std::cerr << "bench_classify: other classes than the plain loops\n";
      return 1;
    }
  }

  std::vector<std::string> names;
  const auto add = [&](const std::string& name, const std::function<void()>& body) {
    names.push_back(name);
    bench::add(name, body);
  };
  for (const auto isa : bench::instruction_sets()) {
    if (isa == kernels::instruction_set::portable) continue;
    add(kernels::cpu::name(isa), [&classify, isa] { classify({1, isa}); });
  }
  add("two threads", [&] { classify({2}); });
  add("plain loops", [&] { plain(rows, classes, theirs); });
  const auto measured = bench::run(chosen, chosen.quick ? 3 : 11, chosen.quick ? 0.05 : 0.2);
  bench::table table({"10,000 rows, 1203 classes of 512, best 5", "ms", "least ms", "spread",
                      "GFLOP/s (least)", "plain loops / this"});
  const double peer = measured.at("plain loops").lowest;
  for (const auto& name : names) {
    const auto& t = measured.at(name);
    table.add({name, bench::fixed(1e3 * t.median, 0), bench::fixed(1e3 * t.lowest, 0),
               bench::spread(t), bench::fixed(2e-9 * kRows * kClasses * kDimension / t.lowest, 0),
               bench::times(peer / t.lowest)});
  }
  return bench::finish(chosen, measured, facts.text() + "\n" + table.text());
}
