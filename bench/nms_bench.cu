// nms on the GPU: one picture of 20,000 boxes, 64 frames of 10,000, and 1000 cameras of 50, in one
// call each and as a graph. Every result is compared with the CPU's before anything is timed.
#include "gpu_timer.cuh"
#include "nms_expected.hpp"

#include <kernels/nms.cuh>

#include <algorithm>
#include <iostream>
#include <memory>
#include <random>
#include <utility>

namespace {

using kernels::memory;

constexpr double kThreshold = 0.5;

template <class T>
kernels::buffer<T, memory::device> upload(const std::vector<T>& values) {
  const auto size = static_cast<std::int64_t>(values.size());
  kernels::buffer<T, memory::device> b(size);
  kernels::copy(kernels::packed(values.data(), {size}), b.as({size}));
  return b;
}
template <class T>
std::vector<T> download(const kernels::buffer<T, memory::device>& b) {
  std::vector<T> values(static_cast<std::size_t>(b.size()));
  kernels::copy(b.as({b.size()}), kernels::packed(values.data(), {b.size()}));
  kernels::check_cuda(cudaDeviceSynchronize(), "download");
  return values;
}

/// Groups of random boxes of 20 to 200 pixels a side in a 1920×1080 picture; clustered: twenty
/// around each object.
class scene {
 public:
  scene(std::string name, int groups, int size, bool clustered)
      : name_(std::move(name)), groups_(groups), size_(size) {
    std::mt19937 random(static_cast<unsigned>(groups + size));
    const auto uniform = [&](float low, float high) {
      return low + (high - low) * static_cast<float>(random() % 65536) / 65536.0F;
    };
    float x = 0, y = 0, w = 0, h = 0;
    for (int k = 0; k < groups * size; ++k) {
      if (!clustered || k % 20 == 0) {
        x = uniform(0, 1920);
        y = uniform(0, 1080);
        w = uniform(20, 200);
        h = uniform(20, 200);
      }
      const float by = clustered ? 0.1F : 0.0F;
      const float cx = x + w * uniform(-by, by);
      const float cy = y + h * uniform(-by, by);
      host_boxes_.push_back({cx - w / 2, cy - h / 2, cx + w / 2, cy + h / 2});
      host_scores_.push_back(uniform(0.01F, 1));
    }
    for (int g = 0; g <= groups; ++g) host_offsets_.push_back(g * size);
    boxes_ = upload(host_boxes_);
    scores_ = upload(host_scores_);
    offsets_ = upload(host_offsets_);
    kept_.resize(boxes_.size());
    counts_.resize(groups);
    scratch_.resize(kernels::nms_workspace_bytes(kernels::on_gpu(), arguments(), options()));
  }

  void run(const bench::gpu_stream& stream) {
    kernels::nms(kernels::on_gpu(stream.get()), arguments(), options(),
                 scratch_.as({scratch_.size()}));
  }

  void verify(const bench::gpu_stream& stream) {
    run(stream);
    stream.wait();
    const auto expected = bench::nms_expected(host_boxes_, host_scores_, host_offsets_, kThreshold);
    if (download(counts_) != expected.counts || download(kept_) != expected.kept) {
      throw kernels::error(name_ + ": the GPU keeps other boxes than the CPU");
    }
    kept_boxes_ = 0;
    for (const auto c : expected.counts) kept_boxes_ += c;
  }

  [[nodiscard]] const std::string& name() const { return name_; }
  [[nodiscard]] std::int64_t size() const { return boxes_.size(); }
  [[nodiscard]] std::int64_t kept() const { return kept_boxes_; }
  [[nodiscard]] std::int64_t scratch() const { return scratch_.size(); }

 private:
  [[nodiscard]] kernels::nms_arguments<float, kernels::space::device> arguments() {
    const auto n = boxes_.size();
    return {.boxes = std::as_const(boxes_).as({n}),
            .scores = std::as_const(scores_).as({n}),
            .kept = kept_.as({n}),
            .counts = counts_.as({groups_}),
            .offsets = std::as_const(offsets_).as({groups_ + 1}),
            .classes = {}};
  }
  [[nodiscard]] kernels::nms_options options() const {
    kernels::nms_options o;
    o.iou_threshold = kThreshold;
    o.largest_group = size_;
    return o;
  }

  std::string name_;
  std::int64_t groups_, size_, kept_boxes_ = 0;
  std::vector<kernels::box<float>> host_boxes_;
  std::vector<float> host_scores_;
  std::vector<std::int32_t> host_offsets_;
  kernels::buffer<kernels::box<float>, memory::device> boxes_;
  kernels::buffer<float, memory::device> scores_;
  kernels::buffer<std::int32_t, memory::device> offsets_, kept_, counts_;
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
  const bench::gpu_stream stream;
  const bench::gpu_timer timer;
  std::vector<std::unique_ptr<scene>> scenes;
  scenes.push_back(std::make_unique<scene>("1 × 20,000, random", 1, 20000, false));
  scenes.push_back(std::make_unique<scene>("1 × 20,000, clustered", 1, 20000, true));
  scenes.push_back(std::make_unique<scene>("64 × 10,000, random", 64, 10000, false));
  scenes.push_back(std::make_unique<scene>("64 × 10,000, clustered", 64, 10000, true));
  scenes.push_back(std::make_unique<scene>("1000 × 50, clustered", 1000, 50, true));
  std::vector<std::unique_ptr<bench::gpu_graph>> graphs;
  for (const auto& s : scenes) {
    s->verify(stream);
    graphs.push_back(std::make_unique<bench::gpu_graph>(stream, [&] { s->run(stream); }));
    bench::add("call/" + s->name(), stream, timer, [&stream, &s] { s->run(stream); });
    bench::add("graph/" + s->name(), stream, timer,
               [graph = graphs.back().get()] { graph->launch(); });
  }
  const auto measured = bench::run(chosen, chosen.quick ? 5 : 15, chosen.quick ? 0.02 : 0.1);
  bench::table table({"nms on the GPU, IoU > 0.5, float", "kept", "call, ms", "graph, ms", "spread",
                      "ns a box", "workspace, MB"});
  for (const auto& s : scenes) {
    const auto call = measured.find("call/" + s->name());
    const auto graph = measured.find("graph/" + s->name());
    if (call == measured.end() || graph == measured.end()) continue;
    if (call->second.repetitions == 0 || graph->second.repetitions == 0) continue;
    table.add({s->name(), std::to_string(s->kept()), bench::fixed(1e3 * call->second.median, 3),
               bench::fixed(1e3 * graph->second.median, 3), bench::spread(graph->second),
               bench::fixed(1e9 * graph->second.median / static_cast<double>(s->size()), 2),
               bench::fixed(1e-6 * static_cast<double>(s->scratch()), 1)});
  }
  return bench::finish(chosen, measured, facts.text() + "\n" + table.text());
} catch (const std::exception& e) {
  std::cerr << "bench_nms_gpu: " << e.what() << "\n";
  return 1;
}
