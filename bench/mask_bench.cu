// Masks on the GPU: 32 maps of 256² logits to 1080p masks, their IoU, removal of small regions, and
// the labels of a 1080p map in 20 boxes. Everything is compared with the CPU before it is timed.
#include "gpu_timer.cuh"
#include "mask_expected.hpp"

#include <kernels/core/buffer.hpp>
#include <kernels/label_boxes.cuh>
#include <kernels/mask_logits.cuh>
#include <kernels/mask_regions.cuh>

#include <functional>
#include <iostream>

namespace {

using bench::mask_work;
using kernels::memory;
using kernels::space;

template <class T>
using device = kernels::buffer<T, memory::device>;

template <class T>
device<T> upload(const std::vector<T>& values) {
  const auto size = static_cast<std::int64_t>(values.size());
  device<T> on_device(size);
  kernels::copy(kernels::packed(values.data(), {size}), on_device.as({size}));
  return on_device;
}

class suite {
 public:
  void verify() {
    logits();
    compare("mask_logits", masks_, work_.masks);
    compare("scores", scores_, work_.scores);
    iou();
    compare("mask_iou", iou_, work_.iou);
    regions();
    compare("mask_regions", cleaned_, work_.cleaned);
    labels();
    compare("label_boxes", counts_, work_.counts);
    compare("areas", areas_, work_.areas);
  }

  void register_all() {
    add("mask_logits", [this] { logits(); });
    add("mask_iou", [this] { iou(); });
    add("mask_regions", [this] { regions(); });
    add("label_boxes", [this] { labels(); });
  }

  [[nodiscard]] static std::string report(const bench::timings& measured) {
    bench::table table(
        {"masks on the GPU, 32 of 1080p", "µs", "spread", "what limits it", "G of that a second"});
    constexpr double kPixels = static_cast<double>(mask_work::kHeight * mask_work::kWidth);
    constexpr double kWords = static_cast<double>(mask_work::kHeight * mask_work::kWords);
    constexpr double kMasks = static_cast<double>(mask_work::kMasks);
    const auto row = [&](const char* name, const char* what, const char* limit, double work) {
      const auto found = measured.find(name);
      if (found == measured.end() || found->second.repetitions == 0) return;
      const double seconds = found->second.median;
      table.add({what, bench::fixed(1e6 * seconds, 1), bench::spread(found->second), limit,
                 bench::fixed(1e-9 * work / seconds, 1)});
    };
    row("mask_logits", "logits to masks and scores", "pixels compared", kMasks * kPixels);
    row("mask_iou", "IoU 32 × 32", "words counted", kMasks * kMasks * kWords);
    row("mask_regions", "holes and islands below 100, noise", "pixels", kMasks * kPixels);
    row("label_boxes", "labels in 20 boxes, one map", "bytes of map", kPixels);
    return table.text();
  }

 private:
  [[nodiscard]] kernels::view<std::uint64_t, 3, space::device> masks(
      device<std::uint64_t>& of) const {
    return of.as({mask_work::kMasks, mask_work::kHeight, mask_work::kWords});
  }
  void logits() {
    kernels::mask_logits(exec_, logits_.as({mask_work::kMasks, mask_work::kSide, mask_work::kSide}),
                         {mask_work::kHeight, mask_work::kWidth}, masks(masks_),
                         scores_.as({mask_work::kMasks}), {}, scratch_.as({scratch_.size()}));
  }
  void iou() {
    kernels::mask_iou<float>(exec_, masks(masks_), masks(masks_),
                             iou_.as({mask_work::kMasks, mask_work::kMasks}),
                             scratch_.as({scratch_.size()}));
  }
  void regions() {  // of a copy, which is part of the time
    kernels::check_cuda(
        cudaMemcpyAsync(cleaned_.data(), masks_.data(), static_cast<std::size_t>(masks_.bytes()),
                        cudaMemcpyDeviceToDevice, stream_.get()),
        "copy");
    kernels::mask_regions(exec_, masks(cleaned_), mask_work::kWidth,
                          {.holes_below = mask_work::kSmall, .islands_below = mask_work::kSmall},
                          {}, scratch_.as({scratch_.size()}));
  }
  void labels() {
    kernels::label_boxes(
        exec_, map_.as({mask_work::kHeight, mask_work::kWidth}), boxes_.as({mask_work::kBoxes}),
        counts_.as({mask_work::kBoxes, mask_work::kLabels}), areas_.as({mask_work::kLabels}));
  }

  template <class T>
  void compare(const char* what, const device<T>& on_device, const std::vector<T>& expected) {
    stream_.wait();
    std::vector<T> given(expected.size());
    kernels::check_cuda(
        cudaMemcpy(given.data(), on_device.data(), given.size() * sizeof(T), cudaMemcpyDefault),
        "download");
    if (given != expected) throw kernels::error(std::string(what) + ": not what the CPU gives");
  }

  void add(const std::string& name, const std::function<void()>& work) {
    bench::add(name, stream_, timer_, work);
  }

  bench::gpu_stream stream_;
  bench::gpu_timer timer_;
  kernels::on_gpu exec_{stream_.get()};
  mask_work work_ = bench::make_mask_work();
  device<float> logits_ = upload(work_.logits);
  device<std::uint8_t> map_ = upload(work_.map);
  device<kernels::box<std::int32_t>> boxes_ = upload(work_.boxes);
  device<std::uint64_t> masks_{static_cast<std::int64_t>(work_.masks.size())};
  device<std::uint64_t> cleaned_{masks_.size()};
  device<float> scores_{mask_work::kMasks};
  device<float> iou_{mask_work::kMasks * mask_work::kMasks};
  device<std::int32_t> counts_{mask_work::kBoxes * mask_work::kLabels};
  device<std::int32_t> areas_{mask_work::kLabels};
  device<std::byte> scratch_{kernels::mask_regions_workspace_bytes(exec_, masks(masks_))};
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
  suite all;
  all.verify();
  all.register_all();
  const auto measured = bench::run(chosen, chosen.quick ? 5 : 15, chosen.quick ? 0.02 : 0.1);
  return bench::finish(chosen, measured, facts.text() + "\n" + suite::report(measured));
} catch (const std::exception& e) {
  std::cerr << "bench_mask_gpu: " << e.what() << "\n";
  return 1;
}
