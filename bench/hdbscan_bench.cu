// hdbscan on the GPU: 10,000 and 55,000 × 512 points already in device memory, from the call to the
// labels on the host. Labels and the weights of the spanning tree are compared with the CPU's
// before anything is timed.
#include "gpu_timer.cuh"
#include "hdbscan_expected.hpp"
#include "people.hpp"

#include <kernels/core/buffer.hpp>
#include <kernels/hdbscan.cuh>

#include <algorithm>
#include <iostream>
#include <memory>
#include <utility>

namespace {

using kernels::memory;

class suite {
 public:
  explicit suite(std::int64_t count)
      : count_(count), values_(bench::people(count, 50, 0)), points_(count * kRow) {
    kernels::copy(kernels::packed(std::as_const(values_).data(), {points_.size()}),
                  points_.as({points_.size()}));
    kernels::check_cuda(cudaDeviceSynchronize(), "upload");
  }

  [[nodiscard]] kernels::hdbscan_result run(const bench::gpu_stream& stream) const {
    return kernels::hdbscan<float>(kernels::on_gpu(stream.get()), points_.as({count_, kRow}));
  }

  void verify(const bench::gpu_stream& stream) const {
    const auto expected = bench::hdbscan_expected(values_);
    const auto found = run(stream);
    bool equal = std::equal(found.labels.begin(), found.labels.end(), expected.labels.begin(),
                            expected.labels.end()) &&
                 found.spanning_tree.size() == expected.weights.size();
    for (std::size_t k = 0; equal && k < expected.weights.size(); ++k) {
      equal = found.spanning_tree[k].weight == expected.weights[k];
    }
    if (!equal) throw kernels::error(name() + ": the GPU finds other clusters than the CPU");
  }

  [[nodiscard]] std::string name() const { return std::to_string(count_) + " × 512"; }
  [[nodiscard]] std::int64_t count() const { return count_; }

 private:
  static constexpr std::int64_t kRow = bench::kPeopleDimension;
  std::int64_t count_;
  std::vector<float> values_;
  kernels::buffer<float, memory::device> points_;
};

}  // namespace

int main(int argc, char** argv) try {
  const bench::options chosen = bench::parse(argc, argv);
  if (kernels::gpu_count() == 0) {
    std::cout << "skipped: no GPU\n";
    return 77;
  }
  bench::machine_facts facts;
  bench::add_gpu_facts(facts);
  facts.add("command", chosen.command);
  const bench::gpu_stream stream;
  std::vector<std::unique_ptr<suite>> suites;
  for (const std::int64_t count : {10000, 55000}) {
    if (chosen.quick && count > 10000) continue;
    suites.push_back(std::make_unique<suite>(count));
    const suite& s = *suites.back();
    s.verify(stream);
    bench::add(s.name(), [&s, &stream] { benchmark::DoNotOptimize(s.run(stream).clusters()); });
  }
  const auto measured = bench::run(chosen, chosen.quick ? 3 : 7, 0.05);
  bench::table table({"HDBSCAN on the GPU, cosine, min_cluster_size 5", "ms", "spread",
                      "two passes of all pairs in that time, TFLOP/s", "goal"});
  for (const auto& s : suites) {
    const auto& t = measured.at(s->name());
    const double pairs = static_cast<double>(s->count()) * static_cast<double>(s->count());
    table.add({s->name(), bench::fixed(1e3 * t.median, 1), bench::spread(t),
               bench::fixed(2e-12 * 2 * pairs * bench::kPeopleDimension / t.median, 1),
               s->count() == 55000 ? "≤ 2000 ms" : "–"});
  }
  return bench::finish(chosen, measured, facts.text() + "\n" + table.text());
} catch (const std::exception& e) {
  std::cerr << "bench_hdbscan_gpu: " << e.what() << "\n";
  return 1;
}
