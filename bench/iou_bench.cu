// iou and iou_match on the GPU: 16,384 boxes against 16,384 in float, with the share of the write
// bandwidth measured in the same run (cudaMemsetAsync of the same matrix). Everything is compared
// with the CPU's bytes before anything is timed.
#include "gpu_timer.cuh"
#include "iou_expected.hpp"

#include <kernels/core/buffer.hpp>
#include <kernels/iou.cuh>
#include <kernels/iou_match.cuh>

#include <iostream>
#include <random>
#include <utility>

namespace {

using kernels::memory;

constexpr std::int64_t kBoxes = 16384;
constexpr std::int64_t kMatrix = kBoxes * kBoxes;
constexpr std::int64_t kChecked = 1500;  ///< boxes a side of the checked matrix
constexpr double kThreshold = 0.5;

bench::float_boxes random_boxes(std::int64_t count, unsigned seed) {
  std::mt19937 random(seed);
  bench::float_boxes boxes;
  for (std::int64_t k = 0; k < count; ++k) {
    const auto x = static_cast<float>(random() % 38400) / 10;
    const auto y = static_cast<float>(random() % 21600) / 10;
    boxes.push_back({x, y, x + 20 + static_cast<float>(random() % 1800) / 10,
                     y + 20 + static_cast<float>(random() % 1800) / 10});
  }
  return boxes;
}

template <class T>
using device = kernels::buffer<T, memory::device>;

class suite {
 public:
  suite() : a_(random_boxes(kBoxes, 1)), b_(random_boxes(kBoxes, 2)) {
    device_a_.resize(kBoxes);
    device_b_.resize(kBoxes);
    kernels::copy(kernels::packed(a_.data(), {kBoxes}), device_a_.as({kBoxes}));
    kernels::copy(kernels::packed(b_.data(), {kBoxes}), device_b_.as({kBoxes}));
    matrix_.resize(kMatrix);
    values_.resize(kBoxes);
    indices_.resize(kBoxes);
    row_offsets_.resize(kBoxes + 1);
    expected_ = bench::iou_matches_of(a_, b_, {.threshold = kThreshold});
    const auto found = static_cast<std::int64_t>(expected_.columns.size());
    columns_.resize(found);
    overlaps_.resize(found);
  }

  void pairwise(std::int64_t count, const kernels::iou_options& options) {
    kernels::pairwise_iou<float>(
        kernels::on_gpu(stream_.get()), std::as_const(device_a_).as({count}),
        std::as_const(device_b_).as({count}), matrix_.as({count, count}), options);
  }
  void best() {
    kernels::iou_best_match<float>(kernels::on_gpu(stream_.get()),
                                   std::as_const(device_a_).as({kBoxes}),
                                   std::as_const(device_b_).as({kBoxes}), values_.as({kBoxes}),
                                   indices_.as({kBoxes}), {.threshold = kThreshold});
  }
  void matches() {
    kernels::iou_matches<float>(kernels::on_gpu(stream_.get()),
                                std::as_const(device_a_).as({kBoxes}),
                                std::as_const(device_b_).as({kBoxes}),
                                row_offsets_.as({kBoxes + 1}), columns_.as({columns_.size()}),
                                overlaps_.as({overlaps_.size()}), {.threshold = kThreshold});
  }

  void verify() {
    const bench::float_boxes some_a(a_.begin(), a_.begin() + kChecked);
    const bench::float_boxes some_b(b_.begin(), b_.begin() + kChecked);
    for (const auto kind :
         {kernels::overlap::iou, kernels::overlap::giou, kernels::overlap::ciou}) {
      pairwise(kChecked, {.kind = kind});
      compare("matrix", bench::iou_expected(some_a, some_b, {.kind = kind}), matrix_.data());
    }
    best();
    compare("best values", expected_.best_values, values_.data());
    compare("best indices", expected_.best_indices, indices_.data());
    matches();
    compare("row offsets", expected_.row_offsets, row_offsets_.data());
    compare("columns", expected_.columns, columns_.data());
    compare("overlaps", expected_.values, overlaps_.data());
  }

  void register_all() {
    add("iou", [this] { pairwise(kBoxes, {}); });
    add("giou", [this] { pairwise(kBoxes, {.kind = kernels::overlap::giou}); });
    add("ciou", [this] { pairwise(kBoxes, {.kind = kernels::overlap::ciou}); });
    add("best match", [this] { best(); });
    add("matches > 0.5 as lists", [this] { matches(); });
    add("memset", [this] {
      kernels::check_cuda(
          cudaMemsetAsync(matrix_.data(), 0, 4 * static_cast<std::size_t>(kMatrix), stream_.get()),
          "memset");
    });
  }

  [[nodiscard]] std::string report(const bench::timings& measured) const {
    bench::table table(
        {"16,384², float", "ms", "spread", "GB/s written", "of memset", "iou's matrix / this"});
    const auto seconds = [&](const std::string& name) {
      const auto found = measured.find(name);
      return found == measured.end() ? 0.0 : found->second.median;
    };
    for (const std::string& name : names_) {
      const double t = seconds(name);
      if (t == 0) continue;
      const bool matrix = name == "iou" || name == "giou" || name == "ciou" || name == "memset";
      table.add({name, bench::fixed(1e3 * t, 3), bench::spread(measured.at(name)),
                 matrix ? bench::fixed(4e-9 * static_cast<double>(kMatrix) / t, 0) : "",
                 matrix ? bench::percent(seconds("memset") / t) : "",
                 bench::times(seconds("iou") / t)});
    }
    return "Goals: iou at 85 % of the write bandwidth; best match 3 times as fast.\n\n" +
           table.text();
  }

 private:
  template <class T>
  void compare(const std::string& what, const std::vector<T>& expected, const T* on_device) {
    std::vector<T> given(expected.size());
    stream_.wait();
    if (expected.empty()) return;
    kernels::check_cuda(
        cudaMemcpy(given.data(), on_device, expected.size() * sizeof(T), cudaMemcpyDefault),
        "download");
    if (std::memcmp(given.data(), expected.data(), expected.size() * sizeof(T)) != 0) {
      throw kernels::error(what + ": not the CPU's bytes");
    }
  }

  void add(const std::string& name, const std::function<void()>& work) {
    names_.push_back(name);
    bench::add(name, stream_, timer_, work);
  }

  bench::gpu_stream stream_;
  bench::gpu_timer timer_;
  bench::float_boxes a_, b_;
  bench::iou_matches_expected expected_;
  device<kernels::box<float>> device_a_, device_b_;
  device<float> matrix_, values_, overlaps_;
  device<std::int32_t> indices_, columns_;
  device<std::int64_t> row_offsets_;
  std::vector<std::string> names_;
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
  return bench::finish(chosen, measured, facts.text() + "\n" + all.report(measured));
} catch (const std::exception& e) {
  std::cerr << "bench_iou_gpu: " << e.what() << "\n";
  return 1;
}
