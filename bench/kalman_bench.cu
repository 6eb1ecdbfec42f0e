// kalman on the GPU: predictions and updates of a million tracks, and the share of the copy
// bandwidth measured in the same run. Some tracks are compared with the CPU's bytes before anything
// is timed.
#include "gpu_timer.cuh"

#include <kernels/kalman.cuh>

#include <cstring>
#include <iostream>
#include <vector>

namespace {

using kernels::kalman_all;
using kernels::memory;

constexpr std::int64_t kTracks = 1000000;
constexpr std::int64_t kCopyBytes = std::int64_t{1} << 30;

struct line {
  std::string name;
  double bytes;  ///< a track, read and written
};

/// A million tracks of one kind.
template <class Model, class T>
class suite {
 public:
  suite(const std::string& what, bool rotated) : what_(what) {
    using at = kernels::math::kalman_planes<Model>;
    state_.resize(kTracks);
    std::vector<T> z(4 * kTracks);
    for (std::int64_t k = 0; k < kTracks; ++k) {
      const auto f = static_cast<T>(k % 100);
      const auto m = kernels::math::kalman_measurement<Model>(
          kernels::box<T>{f, f, f + 30 + f / 4, f + 80 + f / 2});
      const T row[4] = {m.a, m.b, m.c, m.d};
      for (int c = 0; c < 4; ++c) z[static_cast<std::size_t>(c * kTracks + k)] = row[c];
      if (k < kCompared) first_.push_back(m);
    }
    z_.resize(4 * kTracks);
    kernels::copy(kernels::packed(std::as_const(z).data(), {4 * kTracks}), z_.as({4 * kTracks}));
    kalman_initiate(exec(), state_.view(), kalman_all, measured());
    if constexpr (Model::kCouples) {
      if (rotated) kalman_warp(exec(), state_.view(), kalman_all, motion());
    }
    const int planes = rotated ? at::kAll : at::kPlain;
    const int flag = Model::kCouples ? 1 : 0;
    lines_.push_back({"predict, " + what,
                      static_cast<double>(sizeof(T)) * (2 * planes - Model::kMoving) + flag});
    const int read = 4 + Model::kStates + 4 + Model::kMoving + (rotated ? 6 : 0);
    const int written = Model::kStates + 4 + (rotated ? 2 : 0);
    lines_.push_back({"update, " + what, static_cast<double>(sizeof(T)) * (read + written) + flag});
    verify(rotated);
    add(lines_[0].name, [this] { kalman_predict(exec(), state_.view(), kalman_all); });
    add(lines_[1].name, [this] { kalman_update(exec(), state_.view(), kalman_all, measured()); });
  }
  [[nodiscard]] const std::vector<line>& lines() const { return lines_; }

 private:
  static constexpr std::int64_t kCompared = 1000;

  static kernels::kalman_motion<T> motion() { return {T(1), T(0.01), T(-0.01), T(1), T(2), T(3)}; }
  [[nodiscard]] kernels::on_gpu exec() const { return kernels::on_gpu(stream_.get()); }
  [[nodiscard]] kernels::device_view<const T, 2> measured() const {
    return {z_.data(), {kTracks, 4}, {1, kTracks}};
  }

  /// A prediction and an update on the GPU give the bytes of one track at a time on the CPU.
  void verify(bool rotated) {
    kalman_predict(exec(), state_.view(), kalman_all);
    kalman_update(exec(), state_.view(), kalman_all, measured());
    stream_.wait();
    const auto v = state_.view();
    const auto noise = kernels::math::kalman_noise_of<T>(Model{});
    const auto step = kernels::math::kalman_step_of<T>(Model{}, 1);
    const int planes = rotated ? kernels::math::kalman_planes<Model>::kAll
                               : kernels::math::kalman_planes<Model>::kPlain;
    std::vector<kernels::math::kalman_track<Model, T>> tracks(kCompared);
    for (std::size_t k = 0; k < tracks.size(); ++k) {
      tracks[k].initiate(noise, first_[k]);
      if constexpr (Model::kCouples) {
        if (rotated) tracks[k].warp(motion());
      }
      tracks[k].predict(step);
      tracks[k].update(noise, first_[k]);
    }
    std::vector<T> plane(kCompared);
    for (int p = 0; p < planes; ++p) {
      kernels::check_cuda(
          cudaMemcpy(plane.data(), v.data + p * v.stride, kCompared * sizeof(T), cudaMemcpyDefault),
          "download");
      for (std::size_t k = 0; k < plane.size(); ++k) {
        if (std::memcmp(&plane[k], &tracks[k].planes[p], sizeof(T)) != 0) {
          throw kernels::error(what_ + ": plane " + std::to_string(p) + " of slot " +
                               std::to_string(k) + " differs from the CPU's");
        }
      }
    }
  }

  void add(const std::string& name, const std::function<void()>& work) {
    bench::add(name, stream_, timer_, work);
  }

  std::string what_;
  bench::gpu_stream stream_;
  bench::gpu_timer timer_;
  kernels::kalman_state<Model, T, memory::device> state_;
  kernels::buffer<T, memory::device> z_;
  std::vector<kernels::math::box_numbers<T>> first_;
  std::vector<line> lines_;
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
  suite<kernels::kalman_xyah, float> xyah_float("xyah, float32", false);
  suite<kernels::kalman_xyah, double> xyah_double("xyah, float64", false);
  suite<kernels::kalman_xywh, float> rotated("xywh, rotated, float32", true);
  suite<kernels::kalman_sort7, float> sort("sort7, float32", false);
  const bench::gpu_stream stream;
  const bench::gpu_timer timer;
  kernels::buffer<std::uint8_t, memory::device> bytes(kCopyBytes);
  bench::add("copy", stream, timer, [&] {
    kernels::check_cuda(cudaMemcpyAsync(bytes.data() + kCopyBytes / 2, bytes.data(), kCopyBytes / 2,
                                        cudaMemcpyDeviceToDevice, stream.get()),
                        "copy");
  });
  const auto measured = bench::run(chosen, chosen.quick ? 5 : 15, chosen.quick ? 0.02 : 0.1);
  const double bandwidth = static_cast<double>(kCopyBytes) / measured.at("copy").median;
  bench::table table({"kalman on the GPU, 1,000,000 tracks", "µs", "spread", "bytes a track",
                      "GB/s", "of copy", "goal"});
  const auto report = [&](const std::vector<line>& lines) {
    for (const auto& l : lines) {
      const auto& t = measured.at(l.name);
      const double rate = l.bytes * kTracks / t.median;
      table.add({l.name, bench::fixed(1e6 * t.median, 1), bench::spread(t),
                 bench::fixed(l.bytes, 0), bench::fixed(1e-9 * rate, 0),
                 bench::percent(rate / bandwidth),
                 l.name.rfind("predict, xyah", 0) == 0 ? "≥ 80 %" : ""});
    }
  };
  report(xyah_float.lines());
  report(xyah_double.lines());
  report(rotated.lines());
  report(sort.lines());
  return bench::finish(chosen, measured,
                       facts.text() + "\nCopy on the device: " + bench::fixed(1e-9 * bandwidth, 0) +
                           " GB/s read and written.\n\n" + table.text());
} catch (const std::exception& e) {
  std::cerr << "bench_kalman_gpu: " << e.what() << "\n";
  return 1;
}
