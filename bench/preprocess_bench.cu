// preprocess and decode_yolo on the GPU: 16 frames of 1080p to a detector's batch, and 16 heads of
// 84 × 8400 to detections. Results are compared with the CPU's before anything is timed.
#include "gpu_timer.cuh"
#include "preprocess_expected.hpp"

#include <kernels/decode_yolo.cuh>
#include <kernels/preprocess.cuh>

#include <iostream>
#include <random>
#include <utility>

namespace {

using float16 = kernels::half;  // cuda_fp16.h has a half, too
using kernels::memory;

constexpr std::int64_t kFrames = 16;
constexpr std::int64_t kWidth = 1920;
constexpr std::int64_t kHeight = 1080;
constexpr std::int64_t kSide = 640;
constexpr std::int64_t kClasses = 80;
constexpr std::int64_t kAnchors = 8400;
constexpr double kThreshold = 0.25;

template <class T>
kernels::buffer<T, memory::device> upload(const std::vector<T>& values) {
  const auto size = static_cast<std::int64_t>(values.size());
  kernels::buffer<T, memory::device> b(size);
  kernels::copy(kernels::packed(values.data(), {size}), b.as({size}));
  return b;
}
template <class T>
std::vector<T> download(const kernels::buffer<T, memory::device>& b, std::int64_t size) {
  std::vector<T> values(static_cast<std::size_t>(size));
  kernels::copy(kernels::packed<kernels::space::device>(b.data(), {size}),
                kernels::packed(values.data(), {size}));
  kernels::check_cuda(cudaDeviceSynchronize(), "download");
  return values;
}

class workload {
 public:
  workload() {
    std::mt19937 random(1);
    host_frames_.resize(kFrames * kHeight * kWidth * 3);
    for (auto& b : host_frames_) b = static_cast<std::uint8_t>(random());
    host_head_.resize(kFrames * (4 + kClasses) * kAnchors);
    for (std::size_t k = 0; k < host_head_.size(); ++k) {
      const bool is_box = k / kAnchors % (4 + kClasses) < 4;
      host_head_[k] = is_box ? static_cast<float>(random() % 6400) / 10.0F
                             : 0.2501F * static_cast<float>(random() % 65536) / 65536.0F;
      if (!is_box && random() % 1400 == 0) host_head_[k] = 0.6F;
    }
    frames_ = upload(host_frames_);
    regions_ = upload(bench::preprocess_whole(kFrames, kHeight, kWidth));
    head_ = upload(host_head_);
    floats_.resize(kFrames * 3 * kSide * kSide);
    halves_.resize(kFrames * 3 * kSide * kSide);
    boxes_.resize(kFrames * kAnchors);
    scores_.resize(kFrames * kAnchors);
    classes_.resize(kFrames * kAnchors);
    counts_.resize(kFrames);
    scratch_.resize(kernels::decode_yolo_workspace_bytes(kernels::on_gpu(), arguments()));
  }

  template <class Out>
  void detector_input(const bench::gpu_stream& stream) {
    kernels::preprocess_options options;
    options.swap_channels = true;
    auto& out = buffer_of(Out{});
    kernels::preprocess<Out>(
        kernels::on_gpu(stream.get()), std::as_const(frames_).as({kFrames, kHeight, kWidth, 3}),
        std::as_const(regions_).as({kFrames}), out.as({kFrames, 3, kSide, kSide}), options);
  }
  void decode(const bench::gpu_stream& stream) {
    kernels::decode_yolo_options options;
    options.score_threshold = kThreshold;
    kernels::decode_yolo(kernels::on_gpu(stream.get()), arguments(), options,
                         scratch_.as({scratch_.size()}));
  }

  void verify(const bench::gpu_stream& stream) {
    detector_input<float>(stream);
    decode(stream);
    stream.wait();
    if (download(floats_, floats_.size()) !=
        bench::preprocess_expected(host_frames_, kFrames, kHeight, kWidth, kSide)) {
      throw kernels::error("preprocess: the GPU's bytes are not the CPU's");
    }
    const std::vector<float> first(host_head_.begin(),
                                   host_head_.begin() + (4 + kClasses) * kAnchors);
    const auto expected = bench::decode_expected(first, kClasses, kAnchors, kThreshold);
    const auto count = static_cast<std::int64_t>(expected.scores.size());
    if (download(counts_, kFrames)[0] != count || download(boxes_, count) != expected.boxes ||
        download(scores_, count) != expected.scores) {
      throw kernels::error("decode_yolo: the GPU's detections are not the CPU's");
    }
  }

 private:
  kernels::buffer<float, memory::device>& buffer_of(float) { return floats_; }
  kernels::buffer<float16, memory::device>& buffer_of(float16) { return halves_; }
  [[nodiscard]] kernels::decode_yolo_arguments<float, kernels::space::device> arguments() {
    return {.head = std::as_const(head_).as({kFrames, 4 + kClasses, kAnchors}),
            .boxes = boxes_.as({kFrames, kAnchors}),
            .scores = scores_.as({kFrames, kAnchors}),
            .classes = classes_.as({kFrames, kAnchors}),
            .counts = counts_.as({kFrames}),
            .letterboxes = {},
            .anchors = {}};
  }

  std::vector<std::uint8_t> host_frames_;
  std::vector<float> host_head_;
  kernels::buffer<std::uint8_t, memory::device> frames_;
  kernels::buffer<kernels::preprocess_region, memory::device> regions_;
  kernels::buffer<float, memory::device> head_, floats_, scores_;
  kernels::buffer<float16, memory::device> halves_;
  kernels::buffer<kernels::box<float>, memory::device> boxes_;
  kernels::buffer<std::int32_t, memory::device> classes_, counts_;
  kernels::buffer<std::byte, memory::device> scratch_;
};

struct gpu_case {
  std::string name;
  std::function<void()> work;
  double bytes;  ///< written, or read by decode_yolo
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
  const bench::gpu_timer timer;
  workload w;
  w.verify(stream);
  const double pixels = static_cast<double>(kFrames * 3 * kSide * kSide);
  const std::vector<gpu_case> cases = {
      {"16 × 1080p → 640×640 float32", [&] { w.detector_input<float>(stream); }, 4 * pixels},
      {"16 × 1080p → 640×640 float16", [&] { w.detector_input<float16>(stream); }, 2 * pixels},
      {"decode_yolo, 16 × 84 × 8400", [&] { w.decode(stream); },
       4.0 * static_cast<double>(kFrames * (4 + kClasses) * kAnchors)}};
  for (const auto& c : cases) bench::add(c.name, stream, timer, c.work);
  const auto measured = bench::run(chosen, chosen.quick ? 5 : 15, chosen.quick ? 0.02 : 0.1);
  bench::table table({"on the GPU", "ms", "spread", "GB/s written (decode_yolo: read)"});
  for (const auto& c : cases) {
    const auto t = measured.find(c.name);
    if (t == measured.end() || t->second.repetitions == 0) continue;
    table.add({c.name, bench::fixed(1e3 * t->second.median, 3), bench::spread(t->second),
               bench::fixed(1e-9 * c.bytes / t->second.median, 0)});
  }
  return bench::finish(chosen, measured, facts.text() + "\n" + table.text());
} catch (const std::exception& e) {
  std::cerr << "bench_preprocess_gpu: " << e.what() << "\n";
  return 1;
}
