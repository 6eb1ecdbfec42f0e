// preprocess and decode_yolo on the CPU: what stands before and after a detector. Beside the
// sequence of OpenCV calls that programs use, on one thread.
#include "harness.hpp"

#include <kernels/decode_yolo.hpp>
#include <kernels/preprocess.hpp>

#if defined(KERNELS_BENCH_OPENCV)
#include "peers/opencv_preprocess.hpp"
#endif

#include <cstdlib>
#include <functional>
#include <iostream>
#include <random>

namespace {

using kernels::instruction_set;

constexpr int kSide = 640;  ///< of the network's input
constexpr std::int64_t kWidth = 1920;
constexpr std::int64_t kHeight = 1080;
constexpr std::int64_t kClasses = 80;
constexpr std::int64_t kAnchors = 8400;
constexpr std::int64_t kRoom = 1000;
constexpr int kCrops = 32;
constexpr float kThreshold = 0.25F;

struct workload {
  std::vector<std::uint8_t> frame = std::vector<std::uint8_t>(kWidth * kHeight * 3);
  std::vector<float> floats = std::vector<float>(3 * kSide * kSide);
  std::vector<kernels::half> halves = std::vector<kernels::half>(3 * kSide * kSide);
  std::vector<float> crops = std::vector<float>(kCrops * 3 * 256 * 128);
  std::vector<kernels::preprocess_region> whole = kernels::whole_frames(1, {kWidth, kHeight});
  std::vector<kernels::preprocess_region> people;
  std::vector<float> head = std::vector<float>((4 + kClasses) * kAnchors);
  kernels::letterbox box = kernels::make_letterbox({kWidth, kHeight}, {kSide, kSide});
  std::vector<kernels::box<float>> boxes = std::vector<kernels::box<float>>(kRoom);
  std::vector<float> scores = std::vector<float>(kRoom);
  std::vector<std::int32_t> classes = std::vector<std::int32_t>(kRoom);
  std::int32_t count = 0;

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
    for (std::size_t k = 0; k < head.size(); ++k) {
      // about 500 anchors above the threshold
      head[k] = k < 4 * kAnchors ? static_cast<float>(random() % 6400) / 10.0F
                                 : 0.2501F * static_cast<float>(random() % 65536) / 65536.0F;
      if (k >= 4 * kAnchors && random() % 1400 == 0) head[k] = 0.6F;
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
  void decode(kernels::on_cpu exec) {
    kernels::decode_yolo(
        exec,
        {.head = kernels::packed(std::as_const(head).data(), {1, 4 + kClasses, kAnchors}),
         .boxes = kernels::packed(boxes.data(), {1, kRoom}),
         .scores = kernels::packed(scores.data(), {1, kRoom}),
         .classes = kernels::packed(classes.data(), {1, kRoom}),
         .counts = kernels::packed(&count, {1}),
         .letterboxes = kernels::packed(std::as_const(*this).letterbox_data(), {1})},
        {.score_threshold = double{kThreshold}});
  }
  [[nodiscard]] const kernels::letterbox* letterbox_data() const { return &box; }
};

void add(const std::string& name, const std::function<void()>& body) {
  benchmark::RegisterBenchmark(name.c_str(),
                               [body](benchmark::State& state) {
                                 for ([[maybe_unused]] auto _ : state) body();
                               })
      ->UseRealTime()
      ->Unit(benchmark::kMillisecond);
}

std::vector<instruction_set> isas() {
  std::vector<instruction_set> all;
  for (const auto isa :
       {instruction_set::portable, instruction_set::avx2, instruction_set::avx512}) {
    if (kernels::cpu::supported(isa)) all.push_back(isa);
  }
  return all;
}

[[noreturn, maybe_unused]] void fail(const std::string& what) {
  std::cerr << "bench_preprocess: " << what << "\n";
  std::exit(1);
}

#if defined(KERNELS_BENCH_OPENCV)
/// Both see the same thing: pixels within a level and a half on average 0.5, the same detections.
void verify(workload& w, const cv::Mat& frame, const cv::Mat& head) {
  std::vector<float> planes(w.floats.size());
  bench::opencv_letterbox(frame, w.box, kSide, kSide, planes.data());
  w.detector_input({.threads = 1}, w.floats);
  double sum = 0;
  for (std::size_t k = 0; k < planes.size(); ++k) {
    sum += std::abs(static_cast<double>(planes[k]) - static_cast<double>(w.floats[k])) * 255;
  }
  if (sum > 0.5 * static_cast<double>(planes.size())) fail("OpenCV makes another picture");
  std::vector<cv::Rect2f> boxes;
  std::vector<float> scores;
  std::vector<int> classes;
  const int count = bench::opencv_decode(head, kThreshold, w.box, boxes, scores, classes);
  w.decode({.threads = 1});
  if (count != w.count || count > kRoom) fail("OpenCV finds other detections");
  for (std::size_t k = 0; k < scores.size(); ++k) {
    if (scores[k] != w.scores[k] || classes[k] != w.classes[k]) {
      fail("OpenCV finds other detections");
    }
  }
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
  const cv::Mat head(static_cast<int>(4 + kClasses), static_cast<int>(kAnchors), CV_32F,
                     w.head.data());
  verify(w, frame, head);
  std::vector<float> planes(w.floats.size());
  std::vector<cv::Rect2f> boxes;
  std::vector<float> scores;
  std::vector<int> classes;
  add("opencv/detector",
      [&] { bench::opencv_letterbox(frame, w.box, kSide, kSide, planes.data()); });
  add("opencv/blob",
      [&] { benchmark::DoNotOptimize(bench::opencv_blob(frame, w.box, kSide, kSide).data); });
  add("opencv/crops", [&] {
    for (const auto& p : w.people) {
      const cv::Rect where(static_cast<int>(p.area.left), static_cast<int>(p.area.top),
                           static_cast<int>(p.area.right - p.area.left),
                           static_cast<int>(p.area.bottom - p.area.top));
      bench::opencv_letterbox(frame(where), {where.width, where.height, 128, 256, 0, 0}, 128, 256,
                              planes.data());
    }
  });
  add("opencv/decode", [&] {
    benchmark::DoNotOptimize(bench::opencv_decode(head, kThreshold, w.box, boxes, scores, classes));
  });
#else
  facts.add("OpenCV", "not found");
#endif
  facts.add("command", chosen.command);
  for (const auto isa : isas()) {
    const kernels::on_cpu exec{.threads = 1, .isa = isa};
    const std::string name = std::string("/") + kernels::cpu::name(isa);
    add("detector" + name, [&w, exec] { w.detector_input(exec, w.floats); });
    add("detector16" + name, [&w, exec] { w.detector_input(exec, w.halves); });
    add("crops" + name, [&w, exec] { w.crop(exec); });
    add("decode" + name, [&w, exec] { w.decode(exec); });
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
                      "GB/s written (read)", "OpenCV, ms", "OpenCV / ours"});
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
             4.0 * 3 * 128 * 256 * kCrops},
        line{"decode_yolo, 84 × 8400", "decode", "opencv/decode",
             4.0 * (4 + kClasses) * kAnchors}}) {
    const std::string best = l.name + "/" + kernels::cpu::name(isas().back());
    if (median(best) == 0) continue;
    table.add({l.label, milliseconds(l.name + "/portable"), milliseconds(l.name + "/avx2"),
               milliseconds(l.name + "/avx512"), bench::spread(measured.at(best)),
               bench::fixed(1e-9 * l.bytes / median(best), 1), milliseconds(l.peer),
               median(l.peer) > 0 ? bench::times(median(l.peer) / median(best)) : "–"});
  }
  return bench::finish(chosen, measured, facts.text() + "\n" + table.text());
}
