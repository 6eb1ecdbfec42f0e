// assignment on the GPU: one block or one warp a problem, many problems a launch; the CPU's
// matching is compared before anything is timed.
#include "assignment_expected.hpp"
#include "gpu_timer.cuh"

#include <kernels/assignment.cuh>
#include <kernels/core/buffer.hpp>

#include <iostream>
#include <random>

namespace {

using kernels::memory;

constexpr float kLimit = 0.9F;

struct test_case {
  std::int32_t problems, n;
  double allowed;  ///< share of the pairs
  [[nodiscard]] std::string name() const {
    return std::to_string(problems) + " of " + std::to_string(n) + " × " + std::to_string(n) +
           ", " + bench::percent(allowed) + " allowed";
  }
};

template <class T>
kernels::buffer<T, memory::device> uploaded(const std::vector<T>& values) {
  const auto size = static_cast<std::int64_t>(values.size());
  kernels::buffer<T, memory::device> on_device(size);
  kernels::copy(kernels::packed(values.data(), {size}), on_device.as({size}));
  return on_device;
}

/// All problems of one case on the device.
class job {
 public:
  explicit job(const test_case& c) : case_(c) {
    std::mt19937 random(7);
    const std::int64_t size = std::int64_t{c.n} * c.n;
    std::vector<float> costs(static_cast<std::size_t>(c.problems * size));
    for (auto& x : costs) {
      const double u = static_cast<double>(random()) / 4294967296.0;
      x = u < c.allowed ? static_cast<float>(kLimit * u / c.allowed) : 1.0F;
    }
    expected_ = bench::assignment_expected(costs, c.n, kLimit);
    std::vector<std::int32_t> rows;
    std::vector<std::int64_t> offsets;
    for (std::int32_t g = 0; g <= c.problems; ++g) {
      rows.push_back(g * c.n);
      offsets.push_back(g * size);
    }
    costs_ = uploaded(costs);
    rows_ = uploaded(rows);
    offsets_ = uploaded(offsets);
    const std::int64_t all = std::int64_t{c.problems} * c.n;
    x_.resize(all);
    y_.resize(all);
    scratch_.resize(kernels::assignment_workspace_bytes<float>(kernels::on_gpu(), all, all));
  }

  void start(kernels::on_gpu exec) {
    const std::int64_t entries = case_.problems + 1;
    const auto rows = std::as_const(rows_).as({entries});
    kernels::assign(
        exec,
        kernels::ragged_costs<float, kernels::space::device>{
            std::as_const(costs_).as({costs_.size()}), std::as_const(offsets_).as({entries})},
        kernels::assignment_problems<kernels::space::device>{rows, rows}, x_.as({x_.size()}),
        y_.as({y_.size()}), {kLimit}, scratch_.as({scratch_.size()}));
  }

  void verify() {
    start(kernels::on_gpu());
    std::vector<std::int32_t> given(expected_.size());
    kernels::copy(std::as_const(x_).as({x_.size()}), kernels::packed(given.data(), {x_.size()}));
    kernels::check_cuda(cudaDeviceSynchronize(), "assign");
    if (given != expected_) throw kernels::error(case_.name() + ": not the CPU's matching");
  }

  test_case case_;

 private:
  std::vector<std::int32_t> expected_;
  kernels::buffer<float, memory::device> costs_;
  kernels::buffer<std::int32_t, memory::device> rows_, x_, y_;
  kernels::buffer<std::int64_t, memory::device> offsets_;
  kernels::buffer<std::byte, memory::device> scratch_;
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
  std::vector<job> jobs;
  for (const auto& c : {test_case{1000, 50, 0.1},
                        {1000, 50, 1.0},
                        {64, 300, 0.05},
                        {1, 1000, 0.01},
                        {1, 1000, 1.0}}) {
    jobs.emplace_back(c);
  }
  const bench::gpu_stream stream;
  const bench::gpu_timer timer;
  for (auto& j : jobs) {
    j.verify();
    bench::add(j.case_.name(), stream, timer, [&] { j.start(kernels::on_gpu(stream.get())); });
  }
  const auto measured = bench::run(chosen, chosen.quick ? 5 : 15, chosen.quick ? 0.02 : 0.1);
  bench::table table({"assignment on the GPU, float", "ms", "spread", "µs a problem"});
  for (const auto& j : jobs) {
    const auto& t = measured.at(j.case_.name());
    table.add({j.case_.name(), bench::fixed(1e3 * t.median, 3), bench::spread(t),
               bench::fixed(1e6 * t.median / j.case_.problems, 2)});
  }
  return bench::finish(chosen, measured, facts.text() + "\n" + table.text());
} catch (const std::exception& e) {
  std::cerr << "bench_assignment_gpu: " << e.what() << "\n";
  return 1;
}
