// kalman on the CPU, one thread, 10,000 tracks: predictions and updates in float and double, beside
// a straightforward dense filter and a copy of as many bytes. Results are compared first.
#include "harness.hpp"

#include <kernels/kalman.hpp>
#if defined(KERNELS_BENCH_EIGEN)
#include "peers/eigen_kalman.hpp"
#endif

#include <cmath>
#include <cstring>
#include <iostream>
#include <memory>

namespace {

using kernels::kalman_all;
using kernels::packed;

constexpr std::int64_t kTracks = 10000;
constexpr kernels::on_cpu kOneThread{.threads = 1};

template <class T>
constexpr const char* kType = sizeof(T) == 4 ? "float32" : "float64";

/// A row of the table.
struct line {
  std::string what, name, peer;
  double bytes;  ///< read and written, a track
  std::string goal;
};

/// States, measurements and scratch of one model and type.
template <class Model, class T>
struct bed {
  kernels::kalman_state<Model, T> state;
  std::vector<T> z = std::vector<T>(4 * kTracks);
  std::vector<T> from, to;

  bed() {
    state.resize(kTracks);
    for (std::int64_t k = 0; k < kTracks; ++k) {
      const auto f = static_cast<T>(k % 100);
      const kernels::box<T> b{f, f, f + 30 + f / 4, f + 80 + f / 2};
      const auto m = kernels::math::kalman_measurement<Model>(b);
      T* row = z.data() + 4 * k;
      row[0] = m.a, row[1] = m.b, row[2] = m.c, row[3] = m.d;
    }
    kalman_initiate(kOneThread, state.view(), kalman_all, measured());
  }
  [[nodiscard]] kernels::view<const T, 2> measured() const {
    return packed(z.data(), {kTracks, 4});
  }
  void predict() { kalman_predict(kOneThread, state.view(), kalman_all); }
  void update() { kalman_update(kOneThread, state.view(), kalman_all, measured()); }
};

template <class Model, class T>
class suite {
 public:
  suite(const std::string& model, std::vector<line>& lines, bool coupled) {
    const std::string head = model + (coupled ? ", rotated, " : ", ") + kType<T>;
    if (coupled) {
      if constexpr (Model::kCouples) {
        kalman_warp(kOneThread, all_.state.view(), kalman_all, {.b = T(0.01), .c = T(-0.01)});
      }
    }
    using at = kernels::math::kalman_planes<Model>;
    // every plane is read and, but for the velocities, written
    const int planes = coupled ? at::kAll : at::kPlain;
    const int flag = Model::kCouples ? 1 : 0;
    const double predict_bytes =
        static_cast<double>(sizeof(T)) * (2 * planes - Model::kMoving) + flag;
    // a measurement, means, p and g are read, means and p written (and l; rotated: g01, g10 read)
    const int read = 4 + Model::kStates + 4 + Model::kMoving + (coupled ? 6 : 0);
    const int written = Model::kStates + 4 + (coupled ? 2 : 0);
    const double update_bytes = static_cast<double>(sizeof(T)) * (read + written) + flag;
    const std::string predict = "predict, " + head;
    const std::string update = "update, " + head;
    bench::add(predict, [this] { all_.predict(); });
    bench::add(update, [this] { all_.update(); });
    lines.push_back({predict, predict, "", predict_bytes, coupled ? "" : "≤ 4"});
    lines.push_back({update, update, "", update_bytes, coupled ? "" : "≤ 12"});
    const auto copied = static_cast<std::size_t>(predict_bytes * kTracks / 2);
    from_.assign(copied, 1);
    to_.assign(copied, 2);
    bench::add("copy for " + predict,
               [this] { std::memcpy(to_.data(), from_.data(), from_.size()); });
    if (model == "xyah" && !coupled) add_peer(lines, head);
  }

  /// The largest difference to the peer after a few steps, in standard deviations.
  [[nodiscard]] double verify() {
    double worst = 0;
#if defined(KERNELS_BENCH_EIGEN)
    if (!peer_) return 0;
    for (int step = 0; step < 5; ++step) {
      all_.predict();
      peer_->predict();
      all_.update();
      peer_->update(all_.z.data());
    }
    for (std::int64_t k = 0; k < kTracks; k += 97) {
      const auto track = all_.state.get(k);
      const auto& other = peer_->tracks[static_cast<std::size_t>(k)];
      for (int i = 0; i < 8; ++i) {
        const auto deviation = static_cast<double>(std::sqrt(other.p(i, i)));
        worst = std::max(
            worst, std::abs(static_cast<double>(track.planes[i] - other.mean(i))) / deviation);
        worst = std::max(worst,
                         std::abs(static_cast<double>(track.covariance(i, i) / other.p(i, i)) - 1));
      }
    }
#endif
    return worst;
  }

 private:
  void add_peer([[maybe_unused]] std::vector<line>& lines,
                [[maybe_unused]] const std::string& head) {
#if defined(KERNELS_BENCH_EIGEN)
    peer_ = std::make_unique<bench::eigen_kalman<T>>();
    for (std::int64_t k = 0; k < kTracks; ++k) peer_->initiate(all_.z.data() + 4 * k);
    bench::add("Eigen predict, " + head, [this] { peer_->predict(); });
    bench::add("Eigen update, " + head, [this] { peer_->update(all_.z.data()); });
    lines[lines.size() - 2].peer = "Eigen predict, " + head;
    lines[lines.size() - 1].peer = "Eigen update, " + head;
#endif
  }

  bed<Model, T> all_;
  std::vector<char> from_, to_;
#if defined(KERNELS_BENCH_EIGEN)
  std::unique_ptr<bench::eigen_kalman<T>> peer_;
#endif
};

}  // namespace

int main(int argc, char** argv) {
  const bench::options chosen = bench::parse(argc, argv);
  bench::machine_facts facts;
  facts.add("command", chosen.command);

  std::vector<line> lines;
  suite<kernels::kalman_xyah, float> xyah_float("xyah", lines, false);
  suite<kernels::kalman_xyah, double> xyah_double("xyah", lines, false);
  suite<kernels::kalman_xywh, float> xywh_float("xywh", lines, false);
  suite<kernels::kalman_xywh, float> rotated_float("xywh", lines, true);
  suite<kernels::kalman_xywh, double> rotated_double("xywh", lines, true);
  suite<kernels::kalman_sort7, float> sort_float("sort7", lines, false);
  const double worst_double = xyah_double.verify();
  const double worst_float = xyah_float.verify();
  if (worst_double > 1e-9 || worst_float > 2e-3) {
    std::cerr << "kalman: differs from Eigen by " << worst_float << " and " << worst_double << "\n";
    return 1;
  }

  const auto measured = bench::run(chosen, chosen.quick ? 3 : 11, chosen.quick ? 0.02 : 0.1);
  bench::table table({"kalman, 10,000 tracks, one thread", "ns a track", "goal", "spread",
                      "bytes a track", "of copy", "Eigen, ns a track", "Eigen / this"});
  for (std::size_t i = 0; i < lines.size(); ++i) {
    const auto& l = lines[i];
    const auto& t = measured.at(l.name);
    // the copy that stands beside the prediction of this pair of lines
    const line& predict = lines[i - i % 2];
    const double copy = measured.at("copy for " + predict.name).median / predict.bytes;
    const double peer = l.peer.empty() ? 0 : measured.at(l.peer).median;
    table.add({l.what, bench::fixed(1e9 * t.median / kTracks, 2), l.goal, bench::spread(t),
               bench::fixed(l.bytes, 0), bench::percent(copy * l.bytes / t.median),
               peer == 0 ? "" : bench::fixed(1e9 * peer / kTracks, 1),
               peer == 0 ? "" : bench::times(peer / t.median)});
  }
  return bench::finish(chosen, measured, facts.text() + "\n" + table.text());
}
