// preprocess on the CPU: what stands before a detector. Beside the sequence of OpenCV calls that
// programs use, on one thread.
#include "harness.hpp"
#include "instruction_sets.hpp"

#include <kernels/preprocess.hpp>

#if defined(KERNELS_BENCH_OPENCV)
#include "peers/opencv_preprocess.hpp"
#endif

#include <cstdlib>
#include <iostream>
#include <random>

namespace {

constexpr int kSide = 640;  ///< of the network's input
constexpr std::int64_t kWidth = 1920;
constexpr std::int64_t kHeight = 1080;
constexpr int kCrops = 32;

struct workload {
  std::vector<std::uint8_t> frame = std::vector<std::uint8_t>(kWidth * kHeight * 3);
  std::vector<float> floats = std::vector<float>(3 * kSide * kSide);
  std::vector<kernels::half> halves = std::vector<kernels::half>(3 * kSide * kSide);
  std::vector<float> crops = std::vector<float>(kCrops * 3 * 256 * 128);
  std::vector<kernels::preprocess_region> whole = kernels::whole_frames(1, {kWidth, kHeight});
  std::vector<kernels::preprocess_region> people;
  kernels::letterbox box = kernels::make_letterbox({kWidth, kHeight}, {kSide, kSide});

  workload() {
    std::mt19937 random(1);
    for (auto& b : frame) b = static_cast<std::uint8_t>(random());
    for (int k = 0; k < kCrops; ++k) {
      const auto x = static_cast<float>(random() % 1700);
      const auto y = static_cast<float>(random() % 700);
      people.push_back({0,
                        {x, y, x + 60 + static_cast<float>(random() % 100),
                         y + 150 + static_cast<float>(random() % 200)}});
    }
  }

  template <class Out>
  void detector_input(kernels::on_cpu exec, std::vector<Out>& out) {
    kernels::preprocess(exec, kernels::packed(std::as_const(frame).data(), {1, kHeight, kWidth, 3}),
                        whole, kernels::packed(out.data(), {1, 3, kSide, kSide}),
                        {.swap_channels = true});
  }
  void crop(kernels::on_cpu exec) {
    kernels::preprocess(exec, kernels::packed(std::as_const(frame).data(), {1, kHeight, kWidth, 3}),
                        people, kernels::packed(crops.data(), {kCrops, 3, 256, 128}),
                        {.fit = kernels::preprocess_fit::stretch,
                         .swap_channels = true,
                         .mean = {0.485F, 0.456F, 0.406F},
                         .std = {0.229F, 0.224F, 0.225F}});
  }
};

[[noreturn, maybe_unused]] void fail(const std::string& what) {
  std::cerr << "bench_preprocess: " << what << "\n";
  std::exit(1);
}

#if defined(KERNELS_BENCH_OPENCV)
/// Both make the same picture, within half a level on average.
void verify(workload& w, const cv::Mat& frame) {
  std::vector<float> planes(w.floats.size());
  bench::opencv_letterbox(frame, w.box, kSide, kSide, planes.data());
  w.detector_input({.threads = 1}, w.floats);
  double sum = 0;
  for (std::size_t k = 0; k < planes.size(); ++k) {
    sum += std::abs(static_cast<double>(planes[k]) - static_cast<double>(w.floats[k])) * 255;
  }
  if (sum > 0.5 * static_cast<double>(planes.size())) fail("OpenCV makes another picture");
}
#endif

}  // namespace

int main(int argc, char** argv) {
  const bench::options chosen = bench::parse(argc, argv);
  bench::machine_facts facts;
  workload w;
#if defined(KERNELS_BENCH_OPENCV)
  facts.add("OpenCV", CV_VERSION);
  cv::setNumThreads(1);
  const cv::Mat frame(static_cast<int>(kHeight), static_cast<int>(kWidth), CV_8UC3, w.frame.data());
  verify(w, frame);
  std::vector<float> planes(w.floats.size());
  bench::add("opencv/detector",
             [&] { bench::opencv_letterbox(frame, w.box, kSide, kSide, planes.data()); });
  bench::add("opencv/blob", [&] {
    benchmark::DoNotOptimize(bench::opencv_blob(frame, w.box, kSide, kSide).data);
  });
  bench::add("opencv/crops", [&] {
    for (const auto& p : w.people) {
      const cv::Rect where(static_cast<int>(p.area.left), static_cast<int>(p.area.top),
                           static_cast<int>(p.area.right - p.area.left),
                           static_cast<int>(p.area.bottom - p.area.top));
      bench::opencv_letterbox(frame(where), {where.width, where.height, 128, 256, 0, 0}, 128, 256,
                              planes.data());
    }
  });
#else
  facts.add("OpenCV", "not found");
#endif
  facts.add("command", chosen.command);
  for (const auto isa : bench::instruction_sets()) {
    const kernels::on_cpu exec{.threads = 1, .isa = isa};
    const std::string name = std::string("/") + kernels::cpu::name(isa);
    bench::add("detector" + name, [&w, exec] { w.detector_input(exec, w.floats); });
    bench::add("detector16" + name, [&w, exec] { w.detector_input(exec, w.halves); });
    bench::add("crops" + name, [&w, exec] { w.crop(exec); });
  }

  const auto measured = bench::run(chosen, chosen.quick ? 3 : 11, chosen.quick ? 0.02 : 0.1);
  const auto median = [&](const std::string& name) {
    const auto t = measured.find(name);
    return t == measured.end() || t->second.repetitions == 0 ? 0.0 : t->second.median;
  };
  const auto milliseconds = [&](const std::string& name) {
    return median(name) > 0 ? bench::fixed(1e3 * median(name), 3) : std::string("–");
  };
  bench::table table({"one thread", "portable, ms", "AVX2, ms", "AVX-512, ms", "spread",
                      "GB/s written", "OpenCV, ms", "OpenCV / ours"});
  struct line {
    std::string label, name, peer;
    double bytes;
  };
  const double pixels = 3.0 * kSide * kSide;
  for (const auto& l :
       {line{"1080p BGR → 640×640 RGB float32, letterbox", "detector", "opencv/detector",
             4 * pixels},
        line{"the same beside blobFromImage", "detector", "opencv/blob", 4 * pixels},
        line{"the same in float16", "detector16", "opencv/detector", 2 * pixels},
        line{"32 boxes → 128×256 RGB float32", "crops", "opencv/crops",
             4.0 * 3 * 128 * 256 * kCrops}}) {
    const std::string best = l.name + "/" + kernels::cpu::name(bench::instruction_sets().back());
    if (median(best) == 0) continue;
    table.add({l.label, milliseconds(l.name + "/portable"), milliseconds(l.name + "/avx2"),
               milliseconds(l.name + "/avx512"), bench::spread(measured.at(best)),
               bench::fixed(1e-9 * l.bytes / median(best), 1), milliseconds(l.peer),
               median(l.peer) > 0 ? bench::times(median(l.peer) / median(best)) : "–"});
  }
  return bench::finish(chosen, measured, facts.text() + "\n" + table.text());
}
