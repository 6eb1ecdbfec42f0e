// decode_yolo on the CPU: a head of YOLO (84 × 8400) with a few hundred detections, stored by rows
// and by anchors, beside transpose and minMaxLoc of OpenCV, on one thread. Limit: the bytes read.
#include "harness.hpp"
#include "instruction_sets.hpp"

#include <kernels/decode_yolo.hpp>

#if defined(KERNELS_BENCH_OPENCV)
#include "peers/opencv_decode.hpp"
#endif

#include <cstdlib>
#include <iostream>
#include <random>

namespace {

constexpr std::int64_t kClasses = 80;
constexpr std::int64_t kRows = 4 + kClasses;
constexpr std::int64_t kAnchors = 8400;
constexpr std::int64_t kRoom = 1000;
constexpr float kThreshold = 0.25F;
constexpr std::size_t kNumbers = kRows * kAnchors;

struct detections {
  std::vector<kernels::box<float>> boxes = std::vector<kernels::box<float>>(kRoom);
  std::vector<float> scores = std::vector<float>(kRoom);
  std::vector<std::int32_t> classes = std::vector<std::int32_t>(kRoom);
  std::int32_t count = 0;
};

struct workload {
  std::vector<float> by_rows = std::vector<float>(kNumbers);
  std::vector<float> by_anchors = std::vector<float>(kNumbers);
  kernels::letterbox box = kernels::make_letterbox({1920, 1080}, {640, 640});

  workload() {
    std::mt19937 random(1);
    for (std::int64_t r = 0; r < kRows; ++r) {
      for (std::int64_t a = 0; a < kAnchors; ++a) {
        float value = r < 4 ? static_cast<float>(random() % 6400) / 10.0F
                            : 0.25F * static_cast<float>(random() % 65536) / 65536.0F;
        // about 480 anchors above the threshold
        if (r >= 4 && random() % 1400 == 0) value = 0.3F + static_cast<float>(r) / 200.0F;
        by_rows[static_cast<std::size_t>(r * kAnchors + a)] = value;
        by_anchors[static_cast<std::size_t>(a * kRows + r)] = value;
      }
    }
  }
  void decode(kernels::on_cpu exec, bool rows, detections& to) const {
    const kernels::view<const float, 3> head{
        (rows ? by_rows : by_anchors).data(),
        {1, kRows, kAnchors},
        {static_cast<std::int64_t>(kNumbers), rows ? kAnchors : 1, rows ? 1 : kRows}};
    kernels::decode_yolo(exec,
                         {.head = head,
                          .boxes = kernels::packed(to.boxes.data(), {1, kRoom}),
                          .scores = kernels::packed(to.scores.data(), {1, kRoom}),
                          .classes = kernels::packed(to.classes.data(), {1, kRoom}),
                          .counts = kernels::packed(&to.count, {1}),
                          .letterboxes = kernels::packed(&box, {1})},
                         {.score_threshold = double{kThreshold}});
  }
};

[[noreturn]] void fail(const std::string& what) {
  std::cerr << "bench_decode_yolo: " << what << "\n";
  std::exit(1);
}

/// The definition: of each anchor the first best class.
void verify(const workload& w) {
  detections expected;
  for (std::int64_t a = 0; a < kAnchors; ++a) {
    const float* scores = w.by_anchors.data() + a * kRows + 4;
    const float* best = std::max_element(scores, scores + kClasses);
    if (!(*best > kThreshold)) continue;
    const auto k = static_cast<std::size_t>(expected.count++);
    if (k >= kRoom) fail("too many detections");
    expected.scores[k] = *best;
    expected.classes[k] = static_cast<std::int32_t>(best - scores);
  }
  for (const auto isa : bench::instruction_sets()) {
    for (const bool rows : {true, false}) {
      detections given;
      w.decode({.threads = 1, .isa = isa}, rows, given);
      if (given.count != expected.count || given.scores != expected.scores ||
          given.classes != expected.classes) {
        fail(std::string(kernels::cpu::name(isa)) + " finds other detections");
      }
    }
  }
}

}  // namespace

int main(int argc, char** argv) {
  const bench::options chosen = bench::parse(argc, argv);
  bench::machine_facts facts;
  const workload w;
  verify(w);
  detections found;
#if defined(KERNELS_BENCH_OPENCV)
  facts.add("OpenCV", CV_VERSION);
  cv::setNumThreads(1);
  auto numbers = w.by_rows;  // cv::Mat takes no const pointer
  const cv::Mat head(static_cast<int>(kRows), static_cast<int>(kAnchors), CV_32F, numbers.data());
  std::vector<cv::Rect2f> boxes;
  std::vector<float> scores;
  std::vector<int> classes;
  w.decode({.threads = 1}, true, found);
  const int count = bench::opencv_decode(head, kThreshold, w.box, boxes, scores, classes);
  if (count != found.count || !std::equal(scores.begin(), scores.end(), found.scores.begin()) ||
      !std::equal(classes.begin(), classes.end(), found.classes.begin())) {
    fail("OpenCV finds other detections");
  }
  bench::add("opencv", [&] {
    benchmark::DoNotOptimize(bench::opencv_decode(head, kThreshold, w.box, boxes, scores, classes));
  });
#else
  facts.add("OpenCV", "not found");
#endif
  facts.add("command", chosen.command);
  for (const auto isa : bench::instruction_sets()) {
    for (const bool rows : {true, false}) {
      bench::add(std::string(rows ? "rows/" : "anchors/") + kernels::cpu::name(isa),
                 [&w, &found, isa, rows] { w.decode({.threads = 1, .isa = isa}, rows, found); });
    }
  }

  const auto measured = bench::run(chosen, chosen.quick ? 3 : 11, chosen.quick ? 0.02 : 0.1);
  const auto median = [&](const std::string& name) {
    const auto t = measured.find(name);
    return t == measured.end() || t->second.repetitions == 0 ? 0.0 : t->second.median;
  };
  const auto milliseconds = [&](const std::string& name) {
    return median(name) > 0 ? bench::fixed(1e3 * median(name), 3) : std::string("–");
  };
  bench::table table({"decode_yolo, 84 × 8400, one thread", "portable, ms", "AVX2, ms",
                      "AVX-512, ms", "spread", "GB/s read", "OpenCV, ms", "OpenCV / ours"});
  for (const bool rows : {true, false}) {
    const std::string name = rows ? "rows/" : "anchors/";
    const std::string best = name + kernels::cpu::name(bench::instruction_sets().back());
    if (median(best) == 0) continue;
    const std::string peer = rows ? "opencv" : "";
    table.add({rows ? "stored (4 + classes, anchors)" : "stored (anchors, 4 + classes)",
               milliseconds(name + "portable"), milliseconds(name + "avx2"),
               milliseconds(name + "avx512"), bench::spread(measured.at(best)),
               bench::fixed(4e-9 * static_cast<double>(kNumbers) / median(best), 1),
               milliseconds(peer),
               median(peer) > 0 ? bench::times(median(peer) / median(best)) : "–"});
  }
  return bench::finish(chosen, measured, facts.text() + "\n" + table.text());
}
