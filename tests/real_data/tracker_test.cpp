// The trackers against the original programs' outputs (computed on these detections; not part of
// the project): the same boxes to 0.02 pixel, the same identities up to one renaming, no row more
// and no row less; also with each frame's detections in another order.
#include "../tracker_cases.hpp"
#include "data.hpp"

#include <doctest/doctest.h>

namespace {

using tracker_cases::row;
using frames = std::vector<std::vector<kernels::detection>>;

const std::vector<std::string> kMot15 = {"ADL-Rundle-6", "ETH-Bahnhof", "KITTI-17",
                                         "PETS09-S2L1",  "TUD-Campus",  "TUD-Stadtmitte"};

frames detections(const std::string& name) {
  return tracker_cases::detections_of(
      tracker_cases::read_rows(real_data::folder() / "mot/detections" / (name + ".txt")));
}
std::vector<row> tracks(const std::string& name) {
  return tracker_cases::read_rows(real_data::folder() / "mot/tracks" / (name + ".txt"));
}

template <class Tracker, class Context>
void equals(const std::string& sequence, const std::string& original,
            const typename Tracker::options& options, const Context& context) {
  const std::vector<row> wanted = tracks(original);
  CAPTURE(original);
  REQUIRE(!wanted.empty());
  frames given = detections(sequence);
  for (const unsigned seed : {0U, 1U, 2U}) {
    if (seed != 0) tracker_cases::shuffle(given, seed);
    Tracker tracker(options);
    const std::vector<row> rows = tracker_cases::run(tracker, given, context);
    CHECK(rows.size() == wanted.size());
    CHECK(tracker_cases::differing_rows(rows, wanted, 0.02) == 0);
  }
}
template <class Tracker>
void equals(const std::string& sequence, const std::string& original,
            const typename Tracker::options& options) {
  equals<Tracker>(sequence, original, options,
                  [](std::size_t) { return kernels::frame_context{}; });
}

std::vector<kernels::camera_motion> warps(const std::string& name) {
  std::ifstream in(real_data::folder() / "mot/warps" / (name + ".txt"));
  std::vector<kernels::camera_motion> all;
  for (std::string line; std::getline(in, line);) {
    double n[7] = {};
    char* at = line.data();
    for (double& number : n) number = std::strtod(at, &at);
    all.push_back({n[1], n[2], n[3], n[4], n[5], n[6]});
  }
  return all;
}

}  // namespace

TEST_CASE("sort_tracker: equals the original") {
  for (const auto& name : kMot15) equals<kernels::sort_tracker>(name, "sort/" + name, {});
}

TEST_CASE("byte_tracker: equals the original") {
  for (const auto& name : kMot15) equals<kernels::byte_tracker>(name, "bytetrack/" + name, {});
  const kernels::byte_tracker::options palace{.track_threshold = 0.5, .match_threshold = 0.8};
  equals<kernels::byte_tracker>("palace", "bytetrack/palace", palace);
  auto without_scores = palace;
  without_scores.fuse_scores = false;
  equals<kernels::byte_tracker>("palace", "bytetrack/palace-no-score-fusion", without_scores);
  equals<kernels::byte_tracker>("MOT20-01", "bytetrack/MOT20-01",
                                {.fuse_scores = false, .fps = 25});
}

TEST_CASE("oc_sort_tracker: equals the original") {
  for (const auto& name : kMot15) equals<kernels::oc_sort_tracker>(name, "ocsort/" + name, {});
}

TEST_CASE("mcbyte_tracker: equals the original without masks") {
  for (const auto& name : kMot15) equals<kernels::mcbyte_tracker>(name, "mcbyte/" + name, {});
  equals<kernels::mcbyte_tracker>("palace", "mcbyte/palace", {.track_threshold = 0.5});
}

TEST_CASE("bot_sort_tracker: equals the original with its camera warps") {
  const auto motion = warps("MOT20-01");
  REQUIRE(motion.size() > 400);
  equals<kernels::bot_sort_tracker>(
      "MOT20-01", "botsort/MOT20-01", {.fuse_scores = false, .fps = 25}, [&](std::size_t f) {
        return kernels::frame_context{.warp = f < motion.size() ? &motion[f] : nullptr};
      });
}
