// iou and iou_match on the CPU, one thread, beside the loop of cython_bbox: 1000 boxes of 20 to 200
// pixels in a full HD frame against 1000 others, and the small calls of trackers.
#include "harness.hpp"
#include "peers/cython_bbox.hpp"

#include <kernels/iou.hpp>
#include <kernels/iou_match.hpp>

#include <cmath>
#include <functional>
#include <iostream>
#include <random>

namespace {

using kernels::instruction_set;
using kernels::overlap;
using kernels::packed;

constexpr std::int64_t kBoxes = 1000;
constexpr std::int64_t kGroups = 1000;  ///< of 12 boxes by 12
constexpr std::int64_t kPairs = 1000000;

template <class T>
std::vector<kernels::box<T>> random_boxes(std::int64_t count, unsigned seed) {
  std::mt19937 random(seed);
  std::vector<kernels::box<T>> boxes;
  for (std::int64_t k = 0; k < count; ++k) {
    const auto x = static_cast<T>(random() % 19200) / 10;
    const auto y = static_cast<T>(random() % 10800) / 10;
    boxes.push_back({x, y, x + 20 + static_cast<T>(random() % 1800) / 10,
                     y + 20 + static_cast<T>(random() % 1800) / 10});
  }
  return boxes;
}

template <class T>
struct data {
  std::vector<kernels::box<T>> a = random_boxes<T>(kPairs, 1);
  std::vector<kernels::box<T>> b = random_boxes<T>(kPairs, 2);
  std::vector<T> matrix = std::vector<T>(kPairs);
  std::vector<T> values = std::vector<T>(kPairs);
  std::vector<std::int32_t> columns = std::vector<std::int32_t>(kPairs);
  std::vector<std::int64_t> row_offsets = std::vector<std::int64_t>(kBoxes + 1);
  std::vector<std::int32_t> offsets;
  std::vector<std::int64_t> out_offsets;

  data() {
    for (std::int64_t g = 0; g <= kGroups; ++g) {
      offsets.push_back(static_cast<std::int32_t>(12 * g));
      out_offsets.push_back(144 * g);
    }
  }
  auto side(const std::vector<kernels::box<T>>& boxes, std::int64_t count) const {
    return packed(boxes.data(), {count});
  }
  void pairwise(kernels::on_cpu exec, std::int64_t count, const kernels::iou_options& options) {
    kernels::pairwise_iou<T>(exec, side(a, count), side(b, count),
                             packed(matrix.data(), {count, count}), options);
  }
  void ragged(kernels::on_cpu exec) {
    kernels::pairwise_iou<T>(exec, side(a, 12 * kGroups), packed(offsets.data(), {kGroups + 1}),
                             side(b, 12 * kGroups), packed(offsets.data(), {kGroups + 1}),
                             packed(matrix.data(), {144 * kGroups}),
                             packed(out_offsets.data(), {kGroups + 1}));
  }
  void elementwise(kernels::on_cpu exec) {
    kernels::elementwise_iou<T>(exec, side(a, kPairs), side(b, kPairs),
                                packed(matrix.data(), {kPairs}));
  }
  void best(kernels::on_cpu exec) {
    kernels::iou_best_match<T>(exec, side(a, kBoxes), side(b, kBoxes),
                               packed(values.data(), {kBoxes}), packed(columns.data(), {kBoxes}));
  }
  std::int64_t matches(kernels::on_cpu exec) {
    return kernels::iou_matches<T>(
        exec, side(a, kBoxes), side(b, kBoxes), packed(row_offsets.data(), {kBoxes + 1}),
        packed(columns.data(), {kPairs}), packed(values.data(), {kPairs}), {.threshold = 0.3});
  }
  /// What the fused form is spared: the matrix, then a search of it.
  void best_of_matrix(kernels::on_cpu exec) {
    pairwise(exec, kBoxes, {});
    for (std::int64_t i = 0; i < kBoxes; ++i) {
      const T* row = matrix.data() + i * kBoxes;
      const T* most = std::max_element(row, row + kBoxes);
      values[static_cast<std::size_t>(i)] = *most;
      columns[static_cast<std::size_t>(i)] = *most > 0 ? static_cast<std::int32_t>(most - row) : -1;
    }
  }
};

data<float> floats;
data<double> doubles;
std::vector<double> peer_matrix;

void peer(std::int64_t count) {
  static std::vector<kernels::box<double>> a, b;
  a.assign(doubles.a.begin(), doubles.a.begin() + count);
  b.assign(doubles.b.begin(), doubles.b.begin() + count);
  bench::cython_bbox(a, b, peer_matrix);
}

void require(bool good, const char* what) {
  if (!good) throw kernels::error(std::string("wrong: ") + what);
}

void verify() {
  const kernels::on_cpu exec{.threads = 1};
  peer(kBoxes);
  doubles.pairwise(exec, kBoxes, {.convention = kernels::pixel_convention::inclusive});
  double worst = 0;
  for (std::size_t k = 0; k < peer_matrix.size(); ++k) {
    worst = std::fmax(worst, std::abs(peer_matrix[k] - doubles.matrix[k]));
  }
  require(worst < 1e-14, "iou differs from cython_bbox");
  floats.best_of_matrix(exec);
  const auto values = floats.values;
  const auto columns = floats.columns;
  floats.best(exec);
  require(std::equal(values.begin(), values.begin() + kBoxes, floats.values.begin()) &&
              std::equal(columns.begin(), columns.begin() + kBoxes, floats.columns.begin()),
          "best match differs from the matrix");
  const std::int64_t found = floats.matches(exec);
  const auto above = [](float value) { return value > 0.3F; };
  require(found == std::count_if(floats.matrix.begin(), floats.matrix.end(), above),
          "matches differ from the matrix");
}

struct test_case {
  std::string name;
  double pairs;
  double peer_pairs;  ///< of the peer's case "cython_bbox/N": 1000 or 12
  std::string limit;  ///< bytes written
  std::function<void()> body;
};

}  // namespace

int main(int argc, char** argv) try {
  const bench::options chosen = bench::parse(argc, argv);
  bench::machine_facts facts;
  facts.add("command", chosen.command);
  verify();

  const double all = static_cast<double>(kBoxes * kBoxes);
  std::vector<test_case> cases;
  for (const auto isa :
       {instruction_set::avx512, instruction_set::avx2, instruction_set::portable}) {
    if (!kernels::cpu::supported(isa)) continue;
    const kernels::on_cpu exec{.threads = 1, .isa = isa};
    const std::string with = std::string(", ") + kernels::cpu::name(isa);
    cases.push_back(
        {"iou 1000², float" + with, all, 1000, "4 MB", [=] { floats.pairwise(exec, kBoxes, {}); }});
    cases.push_back(
        {"best match 1000², float" + with, all, 1000, "8 kB", [=] { floats.best(exec); }});
    if (isa == instruction_set::portable) continue;
    cases.push_back({"iou 1000², double" + with, all, 1000, "8 MB",
                     [=] { doubles.pairwise(exec, kBoxes, {}); }});
    cases.push_back({"iou > 0.3 as lists, 1000², float" + with, all, 1000, "",
                     [=] { benchmark::DoNotOptimize(floats.matches(exec)); }});
  }
  const kernels::on_cpu exec{.threads = 1};
  cases.push_back(
      {"iou 1000², then a search", all, 1000, "4 MB", [=] { floats.best_of_matrix(exec); }});
  for (const auto& [kind, name] : {std::pair{overlap::giou, "giou"},
                                   {overlap::diou, "diou"},
                                   {overlap::ciou, "ciou"},
                                   {overlap::over_a, "over_a"}}) {
    cases.push_back({std::string(name) + " 1000², float", all, 1000, "4 MB",
                     [=, kind = kind] { floats.pairwise(exec, kBoxes, {.kind = kind}); }});
  }
  cases.push_back({"iou 12², double", 144, 12, "", [=] { doubles.pairwise(exec, 12, {}); }});
  cases.push_back(
      {"iou of 1000 groups of 12², float", 144.0 * kGroups, 12, "", [=] { floats.ragged(exec); }});
  cases.push_back({"iou of 1,000,000 pairs, float", static_cast<double>(kPairs), 1000, "36 MB",
                   [=] { floats.elementwise(exec); }});
  for (const std::int64_t count : {kBoxes, std::int64_t{12}}) {
    cases.push_back({"cython_bbox " + std::to_string(count) + "², double",
                     static_cast<double>(count * count), static_cast<double>(count), "",
                     [=] { peer(count); }});
  }
  for (const auto& c : cases) {
    benchmark::RegisterBenchmark(c.name.c_str(),
                                 [body = c.body](benchmark::State& state) {
                                   for (auto _ : state) {
                                     body();
                                     benchmark::ClobberMemory();
                                   }
                                 })
        ->UseRealTime()
        ->Unit(benchmark::kMicrosecond);
  }
  const auto measured = bench::run(chosen, chosen.quick ? 3 : 15, chosen.quick ? 0.02 : 0.1);
  bench::table table({"one thread", "µs", "lowest", "spread", "ps a pair", "read and written",
                      "cython_bbox, a pair / this"});
  for (const auto& c : cases) {
    const auto found = measured.find(c.name);
    if (found == measured.end() || found->second.repetitions == 0) continue;
    const auto& t = found->second;
    const auto peer_case =
        measured.find(c.peer_pairs == 12 ? "cython_bbox 12², double" : "cython_bbox 1000², double");
    const double of_peer =
        peer_case == measured.end() ? 0 : peer_case->second.median / (c.peer_pairs * c.peer_pairs);
    table.add({c.name, bench::fixed(1e6 * t.median, t.median < 1e-5 ? 2 : 1),
               bench::fixed(1e6 * t.lowest, t.lowest < 1e-5 ? 2 : 1), bench::spread(t),
               bench::fixed(1e12 * t.median / c.pairs, 0), c.limit,
               bench::times(of_peer / (t.median / c.pairs))});
  }
  return bench::finish(chosen, measured,
                       facts.text() + "\nGoal: iou 1000², float, in 100 µs.\n\n" + table.text());
} catch (const std::exception& e) {
  std::cerr << "bench_iou: " << e.what() << "\n";
  return 1;
}
