// Whole trackers, one thread, a frame at a time, beside ByteTrack as the usual C++ ports write it;
// and multi_tracker. Scenes are synthetic crowds, and the published detections where
// KERNELS_TEST_DATA names the folder that has them.
#include "../tests/multi_tracker_cases.hpp"
#include "../tests/tracker_cases.hpp"
#include "harness.hpp"
#if defined(KERNELS_BENCH_EIGEN)
#include "peers/eigen_bytetrack.hpp"
#endif

#include <cstdio>

namespace {

using scene = std::vector<std::vector<kernels::detection>>;

struct test_case {
  std::string what, name;
  std::int64_t frames;
  double boxes, tracks;
  std::string peer;
};

template <class Tracker>
std::size_t play(const scene& frames, const typename Tracker::options& options) {
  Tracker tracker(options);
  std::size_t tracks = 0;
  for (const auto& frame : frames) tracks += tracker.update(frame).tracks.size();
  return tracks;
}

class table_of_trackers {
 public:
  template <class Tracker>
  void add_tracker(const std::string& tracker, const std::string& scene_name, const scene& frames,
                   const typename Tracker::options& options) {
    test_case c{
        tracker + ", " + scene_name, tracker + "/" + scene_name, std::ssize(frames), 0, 0, ""};
    std::size_t boxes = 0;
    for (const auto& frame : frames) boxes += frame.size();
    const std::size_t tracks = play<Tracker>(frames, options);
    c.boxes = static_cast<double>(boxes) / static_cast<double>(frames.size());
    c.tracks = static_cast<double>(tracks) / static_cast<double>(frames.size());
    bench::add(c.name,
               [&frames, options] { benchmark::DoNotOptimize(play<Tracker>(frames, options)); });
#if defined(KERNELS_BENCH_EIGEN)
    if constexpr (std::is_same_v<Tracker, kernels::byte_tracker>) {
      c.peer = "peer/" + scene_name;
      const auto given =
          std::make_shared<std::vector<std::vector<bench::eigen_bytetrack::object>>>();
      for (const auto& frame : frames) {
        given->emplace_back();
        for (const auto& d : frame) {
          given->back().push_back({d.box.left, d.box.top, d.box.right, d.box.bottom, d.score});
        }
      }
      const auto with_peer = [given, options] {
        bench::eigen_bytetrack peer(
            {options.track_threshold, options.match_threshold, options.fuse_scores,
             kernels::lost_frames(options.fps, options.track_buffer, 1000)});
        std::size_t sum = 0;
        for (const auto& frame : *given) sum += peer.update(frame);
        return sum;
      };
      if (with_peer() != tracks) {
        std::fprintf(stderr, "%s: the peer has other tracks\n", scene_name.c_str());
        same_ = false;
      }
      bench::add(c.peer, [with_peer] { benchmark::DoNotOptimize(with_peer()); });
    }
#endif
    cases_.push_back(std::move(c));
  }

  [[nodiscard]] std::string text(const bench::timings& measured) const {
    bench::table table({"tracker, one thread", "boxes a frame", "tracks", "µs a frame", "spread",
                        "C++ and Eigen / this"});
    for (const auto& c : cases_) {
      const auto& t = measured.at(c.name);
      table.add({c.what, bench::fixed(c.boxes, 1), bench::fixed(c.tracks, 1),
                 bench::fixed(1e6 * t.median / static_cast<double>(c.frames), 2), bench::spread(t),
                 c.peer.empty() ? "" : bench::times(measured.at(c.peer).median / t.median)});
    }
    return table.text();
  }
  [[nodiscard]] bool same() const { return same_; }

 private:
  std::vector<test_case> cases_;
  bool same_ = true;
};

}  // namespace

int main(int argc, char** argv) {
  const bench::options chosen = bench::parse(argc, argv);
  bench::machine_facts facts;
  facts.add("command", chosen.command);
  facts.add("goal", "whole ByteTrack at ~12 boxes: 6 µs a frame");

  const scene twelve = tracker_scenes::crowd({.people = 12, .frames = 500});
  const scene fifty = tracker_scenes::crowd({.people = 50, .frames = 300});
  table_of_trackers trackers;
  for (const auto& [name, frames] : {std::pair{"crowd of 12", &twelve}, {"crowd of 50", &fifty}}) {
    trackers.add_tracker<kernels::byte_tracker>("ByteTrack", name, *frames, {});
    trackers.add_tracker<kernels::sort_tracker>("SORT", name, *frames, {});
    trackers.add_tracker<kernels::bot_sort_tracker>("BoT-SORT", name, *frames, {});
    trackers.add_tracker<kernels::oc_sort_tracker>("OC-SORT", name, *frames, {});
    trackers.add_tracker<kernels::mcbyte_tracker>("McByte", name, *frames, {});
  }
  scene mot20;
  scene palace;
  if (const char* data = std::getenv("KERNELS_TEST_DATA")) {
    const std::filesystem::path folder = std::filesystem::path(data) / "mot/detections";
    mot20 = tracker_cases::detections_of(tracker_cases::read_rows(folder / "MOT20-01.txt"));
    palace = tracker_cases::detections_of(tracker_cases::read_rows(folder / "palace.txt"));
  }
  if (!mot20.empty() && !palace.empty()) {
    trackers.add_tracker<kernels::byte_tracker>("ByteTrack", "MOT20-01", mot20,
                                                {.fuse_scores = false, .fps = 25});
    trackers.add_tracker<kernels::byte_tracker>("ByteTrack", "palace", palace,
                                                {.track_threshold = 0.5, .match_threshold = 0.8});
    trackers.add_tracker<kernels::bot_sort_tracker>("BoT-SORT", "MOT20-01", mot20,
                                                    {.fuse_scores = false, .fps = 25});
  }

  // 1000 cameras of 50 people: each sees frames of its own
  const int cameras = chosen.quick ? 100 : 1000;
  const int length = 40;
  std::vector<scene> scenes;
  for (int c = 0; c < cameras; ++c) {
    scenes.push_back(tracker_scenes::crowd(
        {.people = 50, .frames = length, .seed = static_cast<unsigned>(c + 1)}));
  }
  const auto step_all = [&](int threads) {
    kernels::multi_tracker<kernels::byte_tracker> many(kernels::on_cpu{.threads = threads},
                                                       cameras);
    std::vector<kernels::camera_frame> now(scenes.size());
    for (std::size_t f = 0; f < static_cast<std::size_t>(length); ++f) {
      for (std::size_t c = 0; c < scenes.size(); ++c) now[c].detections = scenes[c][f];
      benchmark::DoNotOptimize(many.update(now).data());
    }
  };
  for (const int threads : {1, 2}) {
    bench::add("many/" + std::to_string(threads), [&, threads] { step_all(threads); });
  }

  const auto measured = bench::run(chosen, chosen.quick ? 3 : 9, chosen.quick ? 0.02 : 0.1);
  bench::table many({"multi_tracker<byte_tracker>, cameras × 50 people", "threads",
                     "ms a frame of all cameras", "spread", "µs a camera"});
  for (const int threads : {1, 2}) {
    const auto& t = measured.at("many/" + std::to_string(threads));
    many.add({std::to_string(cameras), std::to_string(threads),
              bench::fixed(1e3 * t.median / length, 2), bench::spread(t),
              bench::fixed(1e6 * t.median / length / cameras, 2)});
  }
  const int code = bench::finish(
      chosen, measured, facts.text() + "\n" + trackers.text(measured) + "\n" + many.text());
  return trackers.same() ? code : 1;
}
