// e2p on the CPU: a 7680x3840 panorama of noise into a ring of eight 1920x1080 views at 90°, by
// instruction set, filter, threads, channels, plan and batch, beside OpenCV's remap in the same
// run. Model of the bytes, and how to read the tables: docs/benchmarks.md.
#include "harness.hpp"
#include "traffic.hpp"

#include <kernels/e2p.hpp>

#if defined(KERNELS_BENCH_OPENCV)
#include "peers/opencv_remap.hpp"
#endif

#include <cstdlib>
#include <functional>
#include <iostream>
#include <random>
#include <thread>

namespace {

using kernels::instruction_set;
using kernels::interpolation;

constexpr kernels::image_size kSource{7680, 3840};
constexpr int kViews = 8;
constexpr std::int64_t kWidth = 1920;
constexpr std::int64_t kHeight = 1080;
constexpr std::int64_t kPixels = kViews * kWidth * kHeight;  ///< of all views of a frame
constexpr std::int64_t kSourcePixels = kSource.width * kSource.height;
constexpr int kBatch = 4;
constexpr std::int64_t kLine = 64;  ///< bytes that a CPU moves at a time

/// Frames, outputs and plans that all cases share.
struct workload {
  std::vector<kernels::pinhole> rig =
      kernels::ring(kViews, {.width = kWidth, .height = kHeight, .hfov = 90});
  kernels::e2p_plan cached = kernels::make_e2p_plan(kernels::on_cpu(), rig, kSource);
  kernels::e2p_plan uncached{rig, kSource};
  kernels::buffer<std::uint8_t> frames{kBatch * kSourcePixels * 3};
  kernels::buffer<std::uint8_t> outputs{kBatch * kPixels * 3};
  kernels::buffer<std::uint8_t> copy_target{kBatch * kSourcePixels * 3};

  workload() {
    std::mt19937_64 random(1);
    for (std::int64_t k = 0; k < frames.size(); k += 8) {
      const std::uint64_t eight = random();
      std::memcpy(frames.data() + k, &eight, 8);
    }
    std::memset(outputs.data(), 0xA5, static_cast<std::size_t>(outputs.size()));
    std::memset(copy_target.data(), 0, static_cast<std::size_t>(copy_target.size()));
  }

  void sample(kernels::on_cpu exec, const kernels::e2p_plan& plan, std::int64_t count,
              std::int64_t channels, interpolation filter) {
    kernels::e2p(exec, frames.as({count, kSource.height, kSource.width, channels}),
                 outputs.as({count, kViews, kHeight, kWidth, channels}), plan, {.filter = filter});
  }

  void copy(int threads) {
    const std::int64_t slice = frames.size() / threads;
    kernels::cpu::parallel_for({.threads = threads}, threads, [&](std::int64_t t) {
      std::memcpy(copy_target.data() + t * slice, frames.data() + t * slice,
                  static_cast<std::size_t>(slice));
    });
  }
};

/// Registers a case: once untimed, then as often as a repetition lasts. `pixels` per call.
void add_case(const std::string& name, std::int64_t pixels, const std::function<void()>& work) {
  benchmark::RegisterBenchmark(
      name.c_str(),
      [=](benchmark::State& state) {
        work();
        for ([[maybe_unused]] auto _ : state) {
          work();
          benchmark::ClobberMemory();
        }
        if (pixels == 0) return;
        state.counters["ms_per_view"] = benchmark::Counter(
            1e-3 * static_cast<double>(pixels) / (kWidth * kHeight),
            benchmark::Counter::kIsIterationInvariantRate | benchmark::Counter::kInvert);
        state.counters["Mpixel/s"] = benchmark::Counter(
            1e-6 * static_cast<double>(pixels), benchmark::Counter::kIsIterationInvariantRate);
      })
      ->UseRealTime()
      ->Unit(benchmark::kMillisecond);
}

/// One row of a table: a case of ours, what it moves, and the case it is compared with.
struct row {
  std::string label, name, compared;
  int threads;
  std::int64_t frames, bytes;  ///< of one call
};

std::string filter_name(interpolation filter) {
  return filter == interpolation::bilinear ? "bilinear" : "nearest";
}

std::string channels_name(std::int64_t channels) {
  return channels == 1 ? "grey" : channels == 3 ? "RGB" : "RGBA";
}

const char* isa_name(instruction_set isa) {
  switch (isa) {
    case instruction_set::avx512:
      return "AVX-512";
    case instruction_set::avx2:
      return "AVX2";
    case instruction_set::portable:
      return "portable";
    default:
      return "best";
  }
}

/// 1, 2, and all cores.
std::vector<int> thread_counts() {
  const int cores = std::max(1, static_cast<int>(std::thread::hardware_concurrency()));
  std::vector<int> counts = {1};
  if (cores >= 2) counts.push_back(2);
  if (cores > 2) counts.push_back(cores);
  return counts;
}

class suite {
 public:
  explicit suite(workload& shared) : shared_(shared) {
    for (const auto isa :
         {instruction_set::portable, instruction_set::avx2, instruction_set::avx512}) {
      if (kernels::cpu::supported(isa)) {
        isas_.push_back(isa);
      } else {
        notes_ +=
            std::string("Not measured: ") + isa_name(isa) + ", which this processor lacks.\n\n";
      }
    }
#if defined(KERNELS_BENCH_OPENCV)
    notes_ += "OpenCV: `remap`, cached fixed-point maps (CV_16SC2 and CV_16UC1), BORDER_WRAP.\n\n";
#else
    notes_ += "Not measured: OpenCV, which was not found when this program was built.\n\n";
#endif
  }

  /// All instruction sets write the same bytes, and the peer computes the same thing.
  void verify() {
    std::vector<std::uint8_t> expected;
    for (const auto filter : {interpolation::bilinear, interpolation::nearest}) {
      for (const auto isa : isas_) {
        shared_.sample({.isa = isa}, shared_.cached, 1, 3, filter);
        const std::span<const std::uint8_t> got(shared_.outputs.data(), kPixels * 3);
        if (isa == isas_.front()) expected.assign(got.begin(), got.end());
        if (!std::equal(got.begin(), got.end(), expected.begin())) {
          fail(filter_name(filter) + ": " + isa_name(isa) + " differs from portable");
        }
      }
#if defined(KERNELS_BENCH_OPENCV)
      sample_by_opencv(3, filter);
      std::int64_t difference = 0;
      for (std::size_t k = 0; k < expected.size(); ++k) {
        difference += std::abs(expected[k] - shared_.outputs.data()[k]);
      }
      // noise, and weights in 1/32 pixel: about 1 level on average if the geometry is the same
      if (difference > static_cast<std::int64_t>(2 * expected.size())) {
        fail(filter_name(filter) + ": OpenCV was given another geometry");
      }
#endif
    }
  }

  void register_all() {
    const auto counts = thread_counts();
    for (const int threads : counts) {
      add_case("copy/" + std::to_string(threads), 0, [=, this] { shared_.copy(threads); });
      for (const auto isa : isas_) compare(isa, threads, 3, interpolation::bilinear);
    }
    for (const int threads : counts) {
      compare(isas_.back(), threads, 3, interpolation::nearest);
    }
    for (const std::int64_t channels : {1, 4}) {
      compare(isas_.back(), 1, channels, interpolation::bilinear);
    }
    for (const int threads : counts) {
      ours(alone_, "coordinates computed in the call", shared_.uncached, threads, 1);
      ours(alone_, "cached plan, " + std::to_string(kBatch) + " frames in a call", shared_.cached,
           threads, kBatch);
      ours(alone_, "coordinates computed in the call, " + std::to_string(kBatch) + " frames",
           shared_.uncached, threads, kBatch);
      for (const auto isa : isas_) {
        if (threads == 1 || isa == isas_.back()) build_plan(isa, threads);
      }
    }
  }

  [[nodiscard]] std::string report(const bench::timings& measured) const {
    std::string text = "### 7680x3840 RGB u8 → eight 1920x1080 views, 90°\n\n" + notes_;
    bench::table beside({"e2p, cached plan", "threads", "ms a view", "spread", "Mpixel/s", "GB/s",
                         "of copy", "OpenCV, ms", "spread", "OpenCV / ours"});
    for (const auto& r : compared_) add_row(beside, measured, r, true);
    bench::table alone({"e2p, best instruction set", "threads", "ms a view", "spread", "Mpixel/s",
                        "GB/s", "of copy", "cached, one frame / this"});
    for (const auto& r : alone_) add_row(alone, measured, r, false);
    bench::table plans({"plan", "threads", "ms a rig", "spread", "Mpixel/s"});
    for (const auto& r : plans_) {
      const auto t = measured.find(r.name);
      if (t == measured.end() || t->second.repetitions == 0) continue;
      plans.add({r.label, std::to_string(r.threads), bench::fixed(1e3 * t->second.median, 1),
                 bench::spread(t->second), bench::fixed(1e-6 * kPixels / t->second.median, 0)});
    }
    bench::table copies({"memcpy, 354 MB", "threads", "GB/s read and written", "spread"});
    for (const int threads : thread_counts()) {
      const auto t = measured.find("copy/" + std::to_string(threads));
      if (t == measured.end() || t->second.repetitions == 0) continue;
      copies.add(
          {"copy", std::to_string(threads),
           bench::fixed(2e-9 * static_cast<double>(shared_.frames.size()) / t->second.median, 1),
           bench::spread(t->second)});
    }
    for (const auto* part : {&beside, &alone, &plans}) {
      if (!part->empty()) text += part->text() + "\n";
    }
    text += "A cached plan of this rig holds " +
            bench::fixed(1e-6 * static_cast<double>(shared_.cached.bytes()), 1) +
            " MB; one that computes coordinates as it goes, " +
            std::to_string(shared_.uncached.bytes()) + " bytes.\n\n";
    return copies.empty() ? text : text + copies.text();
  }

 private:
  [[noreturn]] static void fail(const std::string& what) {
    std::cerr << "bench_e2p: " << what << "\n";
    std::exit(1);
  }

#if defined(KERNELS_BENCH_OPENCV)
  void sample_by_opencv(int channels, interpolation filter) {
    const cv::Mat frame(static_cast<int>(kSource.height), static_cast<int>(kSource.width),
                        CV_8UC(channels), shared_.frames.data());
    for (std::size_t k = 0; k < kViews; ++k) {
      cv::Mat out(
          kHeight, kWidth, CV_8UC(channels),
          shared_.outputs.data() + static_cast<std::int64_t>(k) * kWidth * kHeight * channels);
      const void* const memory = out.data;
      opencv_.sample(frame, k, filter, out);
      if (out.data != memory) fail("OpenCV wrote elsewhere");
    }
  }
#endif

  /// One of ours, one frame and a cached plan, and the peer if it has not been registered yet.
  void compare(instruction_set isa, int threads, std::int64_t channels, interpolation filter) {
    const std::string what = filter_name(filter) + " " + channels_name(channels);
    const std::string peer = "opencv/" + what + "/" + std::to_string(threads);
    const std::string name = "e2p/" + what + "/" + isa_name(isa) + "/" + std::to_string(threads);
    add_case(name, kPixels, [=, this] {
      shared_.sample({.threads = threads, .isa = isa}, shared_.cached, 1, channels, filter);
    });
    compared_.push_back({what + ", " + isa_name(isa), name, peer, threads, 1,
                         bytes(shared_.cached, 1, channels, filter)});
#if defined(KERNELS_BENCH_OPENCV)
    if (isa != isas_.back()) return;  // one peer for all instruction sets
    add_case(peer, kPixels, [=, this] {
      cv::setNumThreads(threads);
      sample_by_opencv(static_cast<int>(channels), filter);
    });
#endif
  }

  /// Bilinear RGB with the best instruction set, beside a cached plan and one frame.
  void ours(std::vector<row>& rows, const std::string& label, const kernels::e2p_plan& plan,
            int threads, int frames) {
    const std::string name = "e2p/" + label + "/" + std::to_string(threads);
    add_case(name, frames * kPixels, [=, this, &plan] {
      shared_.sample({.threads = threads}, plan, frames, 3, interpolation::bilinear);
    });
    rows.push_back(
        {label, name,
         std::string("e2p/bilinear RGB/") + isa_name(isas_.back()) + "/" + std::to_string(threads),
         threads, frames, bytes(plan, frames, 3, interpolation::bilinear)});
  }

  void build_plan(instruction_set isa, int threads) {
    const std::string name =
        std::string("e2p_plan/") + isa_name(isa) + "/" + std::to_string(threads);
    add_case(name, kPixels, [=, this] {
      auto plan = kernels::make_e2p_plan(kernels::on_cpu{.threads = threads, .isa = isa},
                                         shared_.rig, kSource);
      benchmark::DoNotOptimize(plan.bytes());
    });
    plans_.push_back({std::string("cached, ") + isa_name(isa), name, "", threads, 1, 0});
  }

  /// Source lines and outputs of each frame, and the cached coordinates once.
  std::int64_t bytes(const kernels::e2p_plan& plan, int frames, std::int64_t channels,
                     interpolation filter) {
    auto& frame = traffic_[{channels, filter}];
    if (frame == 0) frame = bench::count_traffic(plan, channels, filter, kLine).frame();
    return frames * frame + (plan.maps().empty() ? 0 : plan.bytes());
  }

  static void add_row(bench::table& table, const bench::timings& measured, const row& r,
                      bool peer) {
    const auto found = measured.find(r.name);
    if (found == measured.end() || found->second.repetitions == 0) return;
    const bench::timing& t = found->second;
    const double views = static_cast<double>(r.frames) * kViews;
    const double rate = static_cast<double>(r.bytes) / t.median;
    std::vector<std::string> cells = {r.label,
                                      std::to_string(r.threads),
                                      bench::fixed(1e3 * t.median / views, 2),
                                      bench::spread(t),
                                      bench::fixed(1e-6 * views * kWidth * kHeight / t.median, 0),
                                      bench::fixed(1e-9 * rate, 1)};
    const auto copy = measured.find("copy/" + std::to_string(r.threads));
    const bool has_copy = copy != measured.end() && copy->second.repetitions > 0;
    cells.push_back(
        has_copy ? bench::percent(rate * copy->second.median / (2.0 * kBatch * kSourcePixels * 3))
                 : "");
    const auto other = measured.find(r.compared);
    if (other != measured.end() && other->second.repetitions > 0) {
      const double one = other->second.median / kViews;
      if (peer) cells.push_back(bench::fixed(1e3 * one, 2));
      if (peer) cells.push_back(bench::spread(other->second));
      cells.push_back(bench::times(one / (t.median / views)));
    }
    table.add(cells);
  }

  workload& shared_;
#if defined(KERNELS_BENCH_OPENCV)
  bench::opencv_remap opencv_{shared_.rig, kSource};
#endif
  std::vector<instruction_set> isas_;
  std::string notes_;
  std::map<std::pair<std::int64_t, interpolation>, std::int64_t> traffic_;
  std::vector<row> compared_, alone_, plans_;
};

}  // namespace

int main(int argc, char** argv) {
  const bench::options chosen = bench::parse(argc, argv);
  bench::machine_facts facts;
#if defined(KERNELS_BENCH_OPENCV)
  facts.add("OpenCV", bench::opencv_version());
#else
  facts.add("OpenCV", "not found");
#endif
#if defined(KERNELS_WITH_TBB)
  facts.add("threads", "oneTBB");
#else
  facts.add("threads", "standard library");
#endif
  facts.add("command", chosen.command);
  workload shared;
  suite all(shared);
  all.verify();
  all.register_all();
  const auto measured = bench::run(chosen, chosen.quick ? 3 : 11, chosen.quick ? 0.1 : 0.3);
  return bench::finish(chosen, measured, facts.text() + "\n" + all.report(measured));
}
