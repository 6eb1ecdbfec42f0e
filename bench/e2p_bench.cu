// e2p on the GPU: 7680x3840 RGB frames into eight views at 90°, in batches of 1 and 8, with the
// bytes of the unique-sector model and the share of the copy bandwidth measured in the same run.
// One frame of every case is compared with the CPU's bytes before anything is timed.
// Model of the bytes, and how to read the table: docs/benchmarks.md.
#include "e2p_expected.hpp"
#include "gpu_timer.cuh"
#include "traffic.hpp"

#include <kernels/e2p.cuh>

#include <iostream>
#include <memory>
#include <random>

namespace {

using kernels::interpolation;
using kernels::memory;

constexpr kernels::image_size kSource{7680, 3840};
constexpr std::int64_t kFrameBytes = kSource.width * kSource.height * 3;
constexpr int kViews = 8;
constexpr int kFrames = 16;  ///< inputs and outputs in turn, far more than any L2 holds
constexpr int kLargest = 8;  ///< frames of a batch
constexpr std::int64_t kSector = 32;
constexpr std::int64_t kCopyBytes = std::int64_t{1} << 30;

/// A size of the views: its plan and its bytes.
struct geometry {
  std::int64_t width, height;
  kernels::e2p_plan plan;
  std::int64_t output_bytes;  ///< of one frame
  std::int64_t bytes[2];      ///< of one frame, source sectors and output: bilinear, nearest

  geometry(std::int64_t w, std::int64_t h)
      : width(w),
        height(h),
        plan(kernels::ring(kViews, {.width = w, .height = h, .hfov = 90}), kSource),
        output_bytes(kViews * w * h * 3),
        bytes{bench::count_traffic(plan, 3, interpolation::bilinear, kSector).frame(),
              bench::count_traffic(plan, 3, interpolation::nearest, kSector).frame()} {}

  [[nodiscard]] std::string name() const {
    return std::to_string(width) + "x" + std::to_string(height);
  }
};

std::vector<geometry> all_sizes() {
  std::vector<geometry> sizes;
  for (const auto& [w, h] : {std::pair{1920, 1920}, {1024, 1024}, {1920, 1080}}) {
    sizes.emplace_back(w, h);
  }
  return sizes;
}

/// The byte model alone, which needs no GPU.
std::string model_report() {
  bench::table table({"8 views, 90°", "output Mpixel", "source MB", "output MB", "MB a frame",
                      "nearest, MB a frame"});
  const auto megabytes = [](std::int64_t bytes) {
    return bench::fixed(1e-6 * static_cast<double>(bytes), 1);
  };
  for (const auto& g : all_sizes()) {
    table.add({g.name(), megabytes(kViews * g.width * g.height),
               megabytes(g.bytes[0] - g.output_bytes), megabytes(g.output_bytes),
               megabytes(g.bytes[0]), megabytes(g.bytes[1])});
  }
  return table.text();
}

/// How the work of one measurement is started.
enum class start { calls, graph };

/// One case: kFrames frames, `batch` in a call.
struct gpu_case {
  std::size_t size;
  interpolation filter;
  int batch;
  start how;

  [[nodiscard]] std::string name(const geometry& g) const {
    return "e2p_gpu/" + g.name() + "/" + filter_name() + "/batch " + std::to_string(batch) +
           (how == start::graph ? "/graph" : "");
  }
  [[nodiscard]] const char* filter_name() const {
    return filter == interpolation::bilinear ? "bilinear" : "nearest";
  }
};

class suite {
 public:
  suite() {
    frames_.resize(kFrames * kFrameBytes);
    outputs_.resize(kLargest * sizes_.front().output_bytes);
    kernels::buffer<std::uint8_t, memory::pinned> noise(kFrameBytes);
    std::mt19937_64 random(1);
    for (int n = 0; n < kFrames; ++n) {
      for (std::int64_t k = 0; k < kFrameBytes; k += 8) {
        const std::uint64_t eight = random();
        std::memcpy(noise.data() + k, &eight, 8);
      }
      kernels::check_cuda(cudaMemcpy(frames_.data() + n * kFrameBytes, noise.data(), kFrameBytes,
                                     cudaMemcpyDefault),
                          "upload");
    }
    for (std::size_t s = 0; s < sizes_.size(); ++s) {
      for (const auto filter : {interpolation::bilinear, interpolation::nearest}) {
        cases_.push_back({s, filter, 1, start::calls});
        cases_.push_back({s, filter, 1, start::graph});
        cases_.push_back({s, filter, kLargest, start::calls});
      }
    }
  }

  /// The last frame of a batch equals the CPU's bytes; so does a frame alone.
  void verify() {
    std::vector<std::uint8_t> frame(kFrameBytes);
    for (const auto& g : sizes_) {
      for (const auto filter : {interpolation::bilinear, interpolation::nearest}) {
        for (const int count : {1, kLargest}) {
          const int last = count - 1;
          kernels::check_cuda(
              cudaMemset(outputs_.data(), 0xA5, static_cast<std::size_t>(outputs_.size())),
              "poison");
          sample(g, filter, 0, count, 0);
          stream_.wait();
          kernels::check_cuda(cudaMemcpy(frame.data(), frames_.data() + last * kFrameBytes,
                                         kFrameBytes, cudaMemcpyDefault),
                              "download");
          const auto expected = bench::e2p_expected(
              kernels::image<kernels::space::host>(std::as_const(frame).data(), kSource.height,
                                                   kSource.width, 3),
              g.plan, filter);
          compare(g, expected, outputs_.data() + last * g.output_bytes);
        }
      }
    }
  }

  void register_all() {
    for (const auto& c : cases_) add(c);
    benchmark::RegisterBenchmark(
        "copy",
        [this](benchmark::State& state) {
          measure(state, [this] {
            kernels::check_cuda(
                cudaMemcpyAsync(frames_.data() + (kFrames - 1) * kFrameBytes - kCopyBytes / 2,
                                frames_.data(), kCopyBytes / 2, cudaMemcpyDeviceToDevice,
                                stream_.get()),
                "copy");
          });
        })
        ->UseManualTime()
        ->Unit(benchmark::kMillisecond);
  }

  [[nodiscard]] std::string report(const bench::timings& measured) const {
    std::string text = "### 7680x3840 RGB u8 → eight views, 90°, on the GPU\n\n";
    const auto copy = measured.find("copy");
    const bool has_copy = copy != measured.end() && copy->second.repetitions > 0;
    const double bandwidth = has_copy ? static_cast<double>(kCopyBytes) / copy->second.median : 0;
    if (has_copy) {
      text += "Copy on the device: " + bench::fixed(1e-9 * bandwidth, 0) +
              " GB/s read and written (" + bench::spread(copy->second) +
              "). Floor: the bytes of the model at that rate.\n\n";
    }
    bench::table table({"views", "filter", "batch", "µs a frame", "spread", "Mpixel/s",
                        "MB a frame", "GB/s", "of copy", "floor, µs", "time / floor"});
    for (const auto& c : cases_) {
      const geometry& g = sizes_[c.size];
      const auto found = measured.find(c.name(g));
      if (found == measured.end() || found->second.repetitions == 0) continue;
      const double seconds = found->second.median / kFrames;
      const auto bytes = static_cast<double>(g.bytes[c.filter == interpolation::nearest ? 1 : 0]);
      table.add({g.name(), c.filter_name(),
                 std::to_string(c.batch) + (c.how == start::graph ? ", graph" : ""),
                 bench::fixed(1e6 * seconds, 1), bench::spread(found->second),
                 bench::fixed(1e-6 * static_cast<double>(kViews * g.width * g.height) / seconds, 0),
                 bench::fixed(1e-6 * bytes, 1), bench::fixed(1e-9 * bytes / seconds, 0),
                 has_copy ? bench::percent(bytes / seconds / bandwidth) : "",
                 has_copy ? bench::fixed(1e6 * bytes / bandwidth, 1) : "",
                 has_copy ? bench::times(seconds * bandwidth / bytes) : ""});
    }
    return text + table.text();
  }

 private:
  /// Queues one call: frames first … first+count−1 into the outputs from slot on.
  void sample(const geometry& g, interpolation filter, int first, int count, int slot) {
    std::vector<kernels::device_view<std::uint8_t, 4>> views;
    for (int v = 0; v < kViews; ++v) {
      const std::int64_t one = g.output_bytes / kViews;
      views.push_back({outputs_.data() + slot * g.output_bytes + v * one,
                       {count, g.height, g.width, 3},
                       {g.output_bytes, g.width * 3, 3, 1}});
    }
    const std::uint8_t* from = frames_.data() + first * kFrameBytes;
    kernels::gpu::e2p<std::uint8_t>(
        stream_.get(),
        kernels::packed<kernels::space::device>(from, {count, kSource.height, kSource.width, 3}),
        views, g.plan, {.filter = filter});
  }

  void compare(const geometry& g, const std::vector<std::uint8_t>& expected,
               const std::uint8_t* on_device) {
    std::vector<std::uint8_t> got(expected.size());
    kernels::check_cuda(cudaMemcpy(got.data(), on_device, got.size(), cudaMemcpyDefault),
                        "download");
    const auto [a, b] = std::mismatch(got.begin(), got.end(), expected.begin());
    if (a == got.end()) return;
    throw kernels::error(g.name() + ": byte " + std::to_string(a - got.begin()) + " is " +
                         std::to_string(*a) + ", the CPU's is " + std::to_string(*b));
  }

  /// Times `work` by events, once untimed.
  void measure(benchmark::State& state, const std::function<void()>& work) {
    try {
      timer_.time(stream_, work);
      for ([[maybe_unused]] auto _ : state) state.SetIterationTime(timer_.time(stream_, work));
    } catch (const kernels::error& e) {
      state.SkipWithError(e.what());
    }
  }

  void add(const gpu_case& c) {
    const std::string name = c.name(sizes_[c.size]);
    benchmark::RegisterBenchmark(
        name.c_str(),
        [this, c](benchmark::State& state) {
          const geometry& g = sizes_[c.size];
          const auto calls = [&, this] {
            for (int n = 0; n < kFrames; n += c.batch) {
              sample(g, c.filter, n, c.batch, n % kLargest);
            }
          };
          std::unique_ptr<bench::gpu_graph> graph;
          try {
            if (c.how == start::graph) graph = std::make_unique<bench::gpu_graph>(stream_, calls);
          } catch (const kernels::error& e) {
            state.SkipWithError(e.what());
            return;
          }
          measure(state, [&] { graph ? graph->launch() : calls(); });
          const auto bytes =
              static_cast<double>(g.bytes[c.filter == interpolation::nearest ? 1 : 0]);
          state.counters["us_per_frame"] =
              benchmark::Counter(1e-6 * kFrames, benchmark::Counter::kIsIterationInvariantRate |
                                                     benchmark::Counter::kInvert);
          state.counters["model_bytes_per_frame"] = bytes;
          state.counters["model_GB/s"] = benchmark::Counter(
              1e-9 * bytes * kFrames, benchmark::Counter::kIsIterationInvariantRate);
        })
        ->UseManualTime()
        ->Unit(benchmark::kMillisecond);
  }

  bench::gpu_stream stream_;
  bench::gpu_timer timer_;
  std::vector<geometry> sizes_ = all_sizes();
  std::vector<gpu_case> cases_;
  kernels::buffer<std::uint8_t, memory::device> frames_, outputs_;
};

}  // namespace

int main(int argc, char** argv) try {
  const bench::options chosen = bench::parse(argc, argv);
  if (argc == 2 && std::string_view(argv[1]) == "--model") {
    std::cout << model_report();
    return 0;
  }
  if (kernels::gpu_count() == 0) {
    std::cout << "skipped: no GPU\n";
    return 77;
  }
  bench::machine_facts facts;
  bench::add_gpu_facts(facts);
  facts.add("command", chosen.command);
  suite all;
  all.verify();
  all.register_all();
  const auto measured = bench::run(chosen, chosen.quick ? 5 : 15, chosen.quick ? 0.02 : 0.1);
  return bench::finish(chosen, measured, facts.text() + "\n" + all.report(measured));
} catch (const std::exception& e) {
  std::cerr << "bench_e2p_gpu: " << e.what() << "\n";
  return 1;
}
