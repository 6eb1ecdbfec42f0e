// multi_tracker on the GPU: one association step of 1000 cameras × 50 tracks in one sequence of
// launches (predict, boxes, prices, assignment), recorded as a graph; and whole updates. Both are
// compared with the CPU before anything is timed.
#include "gpu_timer.cuh"
#include "multi_tracker_expected.hpp"

#include <kernels/assignment.cuh>
#include <kernels/core/buffer.hpp>
#include <kernels/kalman.cuh>
#include <kernels/multi_tracker.cuh>

#include <iostream>
#include <utility>

namespace {

using kernels::memory;
using kernels::space;

constexpr std::int32_t kCameras = 1000;
constexpr std::int32_t kPeople = 50;
constexpr std::int32_t kTracks = kCameras * kPeople;
constexpr std::int64_t kPairs = std::int64_t{kTracks} * kPeople;
constexpr double kLimit = 0.9;

template <class T>
kernels::buffer<T, memory::device> uploaded(const std::vector<T>& values) {
  const auto size = static_cast<std::int64_t>(values.size());
  kernels::buffer<T, memory::device> on_device(size);
  kernels::copy(kernels::packed(values.data(), {size}), on_device.as({size}));
  return on_device;
}

class step {
 public:
  step() : scene_(bench::make_association_scene(kCameras, kPeople, kLimit)) {
    std::vector<std::int32_t> rows;
    std::vector<std::int64_t> offsets;
    for (std::int32_t g = 0; g <= kCameras; ++g) {
      rows.push_back(g * kPeople);
      offsets.push_back(std::int64_t{g} * kPeople * kPeople);
    }
    std::vector<double> measured;
    for (const auto& b : scene_.started) {
      const auto n = kernels::math::box_to(kernels::box_format::xyah, b);
      measured.insert(measured.end(), {n.a, n.b, n.c, n.d});
    }
    rows_ = uploaded(rows);
    offsets_ = uploaded(offsets);
    measured_ = uploaded(measured);
    seen_ = uploaded(scene_.seen);
    scores_ = uploaded(scene_.scores);
    classes_ = uploaded(std::vector<std::int32_t>(kTracks, 0));
    boxes_.resize(kTracks);
    prices_.resize(kPairs);
    match_.resize(kTracks);
    back_.resize(kTracks);
    scratch_.resize(
        kernels::assignment_workspace_bytes<double>(kernels::on_gpu(), kTracks, kTracks));
    state_.resize(kTracks);
    start();
  }

  void start() {
    kernels::kalman_initiate(kernels::on_gpu(), state_.view(), kernels::kalman_all,
                             std::as_const(measured_).as({kTracks, 4}));
  }

  void run(kernels::on_gpu exec) {
    kernels::kalman_predict(exec, state_.view(), kernels::kalman_all);
    kernels::kalman_boxes(exec, state_.view(), kernels::kalman_all, boxes_.as({kTracks}));
    kernels::tracking::priced_batch batch;
    batch.rules = {.price = kernels::math::pair_price::fused_distance, .limit = kLimit};
    batch.problems = kCameras;
    batch.row_offsets = batch.column_offsets = rows_.data();
    batch.offsets = offsets_.data();
    batch.row_boxes = boxes_.data();
    batch.row_classes = batch.column_classes = classes_.data();
    batch.column_boxes = seen_.data();
    batch.column_scores = scores_.data();
    batch.prices = prices_.data();
    batch.match = match_.data();
    kernels::gpu::tracker_prices<0>(exec.stream, batch);
    const auto rows = std::as_const(rows_).as({kCameras + 1});
    kernels::assign(
        exec,
        kernels::ragged_costs<double, space::device>{std::as_const(prices_).as({kPairs}),
                                                     std::as_const(offsets_).as({kCameras + 1})},
        kernels::assignment_problems<space::device>{rows, rows}, match_.as({kTracks}),
        back_.as({kTracks}), {kLimit}, scratch_.as({scratch_.size()}));
  }

  void verify() {
    run(kernels::on_gpu());
    std::vector<std::int32_t> given(kTracks);
    kernels::copy(std::as_const(match_).as({kTracks}), kernels::packed(given.data(), {kTracks}));
    kernels::check_cuda(cudaDeviceSynchronize(), "association step");
    if (given != scene_.match) throw kernels::error("the step does not give the CPU's matches");
  }

 private:
  bench::association_scene scene_;
  kernels::kalman_state<kernels::kalman_xyah, double, memory::device> state_;
  kernels::buffer<std::int32_t, memory::device> rows_, classes_, match_, back_;
  kernels::buffer<std::int64_t, memory::device> offsets_;
  kernels::buffer<double, memory::device> measured_, scores_, prices_;
  kernels::buffer<kernels::box<double>, memory::device> seen_, boxes_;
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

  step one;
  one.verify();
  const bench::gpu_stream stream;
  const bench::gpu_timer timer;
  const bench::gpu_graph graph(stream, [&] { one.run(kernels::on_gpu(stream.get())); });
  benchmark::RegisterBenchmark(
      "step",
      [&](benchmark::State& state) {
        one.start();  // tracks that are predicted for ever grow
        kernels::check_cuda(cudaDeviceSynchronize(), "start");
        for ([[maybe_unused]] auto _ : state) {
          state.SetIterationTime(timer.time(stream, [&] { graph.launch(); }));
        }
      })
      ->UseManualTime()
      ->Unit(benchmark::kMillisecond)
      ->Iterations(20);

  constexpr std::int32_t kFrames = 20;
  bench::whole_updates updates(kCameras, kPeople, kFrames);
  if (updates.run(true) != updates.run(false)) {
    throw kernels::error("whole updates do not give the CPU's tracks");
  }
  for (const bool on_gpu : {true, false}) {
    benchmark::RegisterBenchmark(on_gpu ? "updates/gpu" : "updates/cpu",
                                 [&updates, on_gpu](benchmark::State& state) {
                                   for ([[maybe_unused]] auto _ : state) updates.run(on_gpu);
                                 })
        ->UseRealTime()
        ->Unit(benchmark::kMillisecond);
  }

  const auto measured = bench::run(chosen, chosen.quick ? 3 : 9, chosen.quick ? 0.02 : 0.1);
  bench::table table(
      {"1000 cameras × 50 tracks, ByteTrack, double", "ms", "spread", "µs a camera"});
  const auto add = [&](const std::string& what, const std::string& name, double frames) {
    const auto& t = measured.at(name);
    table.add({what, bench::fixed(1e3 * t.median / frames, 3), bench::spread(t),
               bench::fixed(1e6 * t.median / frames / kCameras, 2)});
  };
  for (const auto& [name, t] : measured) {
    if (name.rfind("step", 0) == 0) {
      add("one association step: predict, boxes, prices, assignment (one graph)", name, 1);
    }
  }
  add("whole update, GPU", "updates/gpu", kFrames);
  add("whole update, CPU, all cores", "updates/cpu", kFrames);
  return bench::finish(chosen, measured, facts.text() + "\n" + table.text());
} catch (const std::exception& e) {
  std::cerr << "bench_multi_tracker_gpu: " << e.what() << "\n";
  return 1;
}
