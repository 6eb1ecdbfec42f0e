// The trackers where the published sequences do not go: thresholds to the digit, rules for
// duplicates and expiry, bad input, time, warps, classes, ids.
#include "../tracker_cases.hpp"
#include "../tracker_scenes.hpp"

#include <doctest/doctest.h>

#include <limits>

namespace {

using kernels::byte_tracker;
using kernels::detection;
using kernels::frame_context;
using kernels::track_update;
using list = std::vector<detection>;

/// A box of 40 × 80 at (x, y), unless told otherwise.
detection at(double x, double y, double score = 0.9, int class_id = 0, double width = 40) {
  return {{x, y, x + width, y + 80}, score, class_id};
}

std::vector<std::int64_t> ids(const track_update& update) {
  std::vector<std::int64_t> all;
  for (const auto& t : update.tracks) all.push_back(t.id);
  return all;
}
std::vector<std::int64_t> ids(std::span<const std::int64_t> some) {
  return {some.begin(), some.end()};
}
using id_list = std::vector<std::int64_t>;

template <class Tracker>
id_list step(Tracker& tracker, const list& detections, const frame_context& frame = {}) {
  return ids(tracker.update(detections, frame));
}

}  // namespace

TEST_CASE("byte_tracker: scores exactly at the thresholds") {
  // does a detection of this score start a track in the first frame?
  const auto starts = [](const char* score, byte_tracker::options options = {}) {
    byte_tracker tracker(options);
    return !step(tracker, {at(0, 0, std::strtod(score, nullptr))}).empty();
  };
  CHECK(!starts("0.60"));
  CHECK(!starts("0.69"));
  CHECK(starts("0.70"));  // 0.6 + 0.1 in double is 0.7; in float it is more
  CHECK(!starts("0.59", {.track_threshold = 0.5}));
  CHECK(starts("0.60", {.track_threshold = 0.5}));
  CHECK(!starts("0.64", {.new_threshold = 0.65}));
  CHECK(starts("0.65", {.new_threshold = 0.65}));
  // does one of this score keep a track?
  const auto keeps = [](const char* score, byte_tracker::options options = {}) {
    byte_tracker tracker(options);
    step(tracker, {at(0, 0)});
    return !step(tracker, {at(0, 0, std::strtod(score, nullptr))}).empty();
  };
  CHECK(keeps("0.61"));
  CHECK(!keeps("0.60"));  // neither high nor low
  CHECK(!keeps("0.50", {.track_threshold = 0.5}));
  CHECK(keeps("0.51", {.track_threshold = 0.5}));
  CHECK(keeps("0.49", {.track_threshold = 0.5}));
  CHECK(keeps("0.59"));
  CHECK(keeps("0.11"));
  CHECK(!keeps("0.10"));
}

TEST_CASE("bot_sort_tracker, mcbyte_tracker, oc_sort_tracker: scores exactly at the thresholds") {
  const auto starts = [](auto tracker, const char* score) {
    return !step(tracker, {at(0, 0, std::strtod(score, nullptr))}).empty();
  };
  // does a detection of this score keep a track?
  const auto keeps = [](auto tracker, const char* score) {
    step(tracker, {at(0, 0)});
    return !step(tracker, {at(0, 0, std::strtod(score, nullptr))}).empty();
  };
  CHECK(!keeps(kernels::bot_sort_tracker(), "0.60"));  // neither high nor low
  CHECK(keeps(kernels::bot_sort_tracker(), "0.59"));
  CHECK(keeps(kernels::bot_sort_tracker(), "0.11"));
  CHECK(!keeps(kernels::bot_sort_tracker(), "0.10"));
  CHECK(!keeps(kernels::mcbyte_tracker(), "0.60"));
  CHECK(keeps(kernels::mcbyte_tracker(), "0.59"));
  CHECK(keeps(kernels::mcbyte_tracker(), "0.11"));
  CHECK(!keeps(kernels::mcbyte_tracker(), "0.10"));
  CHECK(!starts(kernels::bot_sort_tracker(), "0.69"));
  CHECK(starts(kernels::bot_sort_tracker(), "0.70"));
  CHECK(!starts(kernels::mcbyte_tracker(), "0.69"));
  CHECK(starts(kernels::mcbyte_tracker(), "0.70"));
  CHECK(!starts(kernels::oc_sort_tracker(), "0.60"));
  CHECK(starts(kernels::oc_sort_tracker(), "0.61"));
  CHECK(starts(kernels::sort_tracker(), "0.00"));
}

TEST_CASE("byte_tracker: a second detection confirms a track, and its ids are told") {
  byte_tracker tracker({.track_buffer = 1});
  auto update = tracker.update(list{at(0, 0)});
  CHECK(ids(update.confirmed) == id_list{1});  // the first frame confirms at once
  update = tracker.update(list{at(0, 0), at(500, 0)});
  CHECK(ids(update) == id_list{1});
  CHECK(update.confirmed.empty());
  update = tracker.update(list{at(500, 0), at(0, 0), at(900, 0)});
  CHECK(ids(update) == id_list{1, 2});
  CHECK(ids(update.confirmed) == id_list{2});
  CHECK(update.tracks[0].detection == 1);
  CHECK(update.tracks[1].detection == 0);
  update = tracker.update(list{at(0, 0)});  // 3 was never confirmed: nobody is told that it went
  CHECK(update.removed.empty());
  for (int f = 0; f < 2; ++f) update = tracker.update(list{at(0, 0)});
  CHECK(ids(update.removed) == id_list{2});
}

TEST_CASE("bot_sort_tracker: gives out tracks of one frame too") {
  kernels::bot_sort_tracker tracker;
  tracker.update(list{at(0, 0)});
  auto update = tracker.update(list{at(0, 0), at(500, 0)});
  CHECK(ids(update) == id_list{1, 2});
  CHECK(update.tracks[0].confirmed);
  CHECK(!update.tracks[1].confirmed);
  CHECK(update.confirmed.empty());
  update = tracker.update(list{at(0, 0), at(500, 0)});
  CHECK(ids(update.confirmed) == id_list{2});
}

TEST_CASE(
    "byte_tracker: of duplicates the one with the shorter past goes, on a tie the tracked one") {
  // 1 lives in frames 1 … 3; 2 beside it (IoU 0.9) from frame `born`; in frame `last` only 2 is
  // seen
  const auto after = [](int born, int last) {
    byte_tracker tracker;
    for (int f = 1; f < last; ++f) {
      list seen;
      if (f <= 3) seen.push_back(at(0, 0));
      if (f >= born) seen.push_back(at(2, 0));
      if (born > 1) seen.push_back(at(800, 0));
      tracker.update(seen);
    }
    const auto update = tracker.update(list{at(2, 0), at(800, 0)});
    return std::pair(ids(update), ids(update.removed));
  };
  CHECK(after(1, 4) == std::pair(id_list{2}, id_list{1}));  // 3 frames of 2, 2 frames of 1
  // both 2 frames: the tracked one goes; what is left is the box far away
  const auto [there, removed] = after(2, 4);
  CHECK(there.size() == 1);
  CHECK(removed.size() == 1);
  CHECK(there != removed);
}

TEST_CASE("byte_tracker: an expired track may come back for one more frame, and then once") {
  const auto run = [](const std::vector<int>& seen, int last) {
    byte_tracker tracker({.track_buffer = 2});
    id_list there;
    for (int f = 1; f <= last; ++f) {
      const bool is = std::find(seen.begin(), seen.end(), f) != seen.end();
      there = step(tracker, is ? list{at(0, 0)} : list{});
    }
    return there;
  };
  CHECK(run({1, 4}, 4) == id_list{1});        // lost for 2 frames
  CHECK(run({1, 5}, 5) == id_list{1});        // expired in frame 4, still there in frame 5
  CHECK(run({1, 6}, 6).empty());              // a new track, not confirmed yet
  CHECK(run({1, 5, 6}, 6) == id_list{1});     // revived
  CHECK(run({1, 5, 7, 8}, 8) == id_list{2});  // and gone at its next loss
  CHECK(run({1, 4, 6}, 6) == id_list{1});     // which one that never expired survives
}

TEST_CASE("lost_frames: as ByteTrack and BananaTracker count them") {
  CHECK(kernels::lost_frames(30, 30, 1000) == 30);
  CHECK(kernels::lost_frames(25, 30, 1000) == 25);
  CHECK(kernels::lost_frames(14, 30, 1000) == 14);
  CHECK(kernels::lost_frames(30, 90, 45) == 45);
  CHECK(kernels::lost_frames(10, 90, 45) == 30);
}

TEST_CASE("sort_tracker: pairs above the threshold that are one to one are the matching") {
  // IoU: 0.31 of track 0 with detection 0; 0.29 of 0 with 1 and of 1 with 0. The assignment would
  // take the two of 0.29, and then drop both.
  const auto shift = [](double iou) { return 100 * (1 - iou) / (1 + iou); };
  const double d0 = shift(0.31);
  const double d1 = -shift(0.29);
  const double t1 = d0 + shift(0.29);
  kernels::sort_tracker tracker;
  step(tracker, {at(0, 0, 0.9, 0, 100), at(t1, 0, 0.8, 0, 100)});
  const auto update = tracker.update(list{at(d0, 0, 0.9, 0, 100), at(d1, 0, 0.8, 0, 100)});
  CHECK(ids(update) == id_list{1, 3});
  CHECK(update.tracks[0].detection == 0);
}

TEST_CASE("sort_tracker: given out after min_hits detections in a row, from the fourth frame on") {
  kernels::sort_tracker tracker;
  CHECK(step(tracker, {at(0, 0)}) == id_list{1});
  CHECK(step(tracker, {at(0, 0), at(300, 0)}) == id_list{1, 2});
  CHECK(step(tracker, {at(0, 0), at(300, 0)}) == id_list{1, 2});
  CHECK(step(tracker, {at(0, 0), at(300, 0)}) == id_list{1});  // the birth is no hit
  CHECK(step(tracker, {at(0, 0), at(300, 0)}) == id_list{1, 2});
  CHECK(step(tracker, {at(0, 0)}) == id_list{1});
  const auto update = tracker.update(list{at(0, 0)});  // missed twice
  CHECK(ids(update.removed) == id_list{2});
}

TEST_CASE("association: > and >= where IoU is the threshold") {
  // IoU of boxes of 3 pixels, one pixel apart: exactly 0.5
  using kernels::tracking::association;
  kernels::tracking::frame_detections detections;
  const list given = {{{1, 0, 4, 1}, 0.9, 0}, {{100, 0, 103, 1}, 0.8, 0}};
  detections.read(given);
  kernels::tracking::associator solver;
  const auto matches = [&](double second_left, bool needs_one, bool one_to_one) {
    association a;
    a.clear({.price = kernels::math::pair_price::overlap,
             .convention = kernels::pixel_convention::continuous,
             .one_to_one = one_to_one,
             .needs_one = needs_one,
             .least_iou = 0.5});
    a.rows = {0, 1};
    a.row_classes = {0, 0};
    a.row_boxes = {{0, 0, 3, 1}, {second_left, 0, second_left + 3, 1}};
    a.columns = {0, 1};
    solver.solve(a, detections);
    return a.match;
  };
  using match = std::vector<std::int32_t>;
  CHECK(matches(300, false, false) == match{0, -1});  // 0.5 is enough to stay a pair
  CHECK(matches(300, true, false) == match{-1, -1});  // but not to look again
  CHECK(matches(100, true, false) == match{0, 1});    // unless another one is
  CHECK(matches(100, false, true) == match{-1, 1});   // and not for the shortcut
}

TEST_CASE("direction: 1e-6 keeps a box that does not move at 0") {
  const kernels::box<double> b{0, 0, 10, 20};
  const auto still = kernels::math::direction_between(b, b);
  CHECK((still.x == 0 && still.y == 0));
  const auto right = kernels::math::direction_between(b, {1, 0, 11, 20});
  CHECK(right.x == 1 / (1 + 1e-6));
  double worst = 0;
  for (int k = -1000; k <= 1000; ++k) {
    const double x = k / 1000.0;
    worst = std::max(worst, std::abs(kernels::math::arc_sine(x) - std::asin(x)));
  }
  CHECK(worst < 5e-16);
}

TEST_CASE("oc_sort_tracker: comes back to where it was last seen") {
  kernels::oc_sort_tracker tracker;
  for (int f = 0; f < 5; ++f) step(tracker, {at(20.0 * f, 0)});
  CHECK(step(tracker, {}).empty());
  for (int f = 0; f < 4; ++f) step(tracker, {});  // the filter runs on, far away
  const auto update = tracker.update(list{at(85, 0)});
  CHECK(tracker.update(list{at(86, 0)}).tracks.empty());  // three in a row are needed again
  CHECK(update.confirmed.empty());
  tracker.update(list{at(87, 0)});
  CHECK(step(tracker, {at(88, 0)}) == id_list{1});
}

TEST_CASE("trackers: a box at a negative place is tracked, also by OC-SORT's sum rule") {
  const auto follows = [](auto tracker) {
    id_list last;
    for (int f = 0; f < 6; ++f) last = step(tracker, {at(-500, -300)});
    return last == id_list{1};
  };
  CHECK(follows(kernels::oc_sort_tracker()));
  CHECK(follows(kernels::sort_tracker()));
  CHECK(follows(byte_tracker()));
}

TEST_CASE("trackers: skipped frames") {
  // 10 pixels a frame; then five frames are skipped
  const auto found = [](auto tracker, double dt) {
    int f = 0;
    for (; f < 20; ++f) step(tracker, {at(10.0 * f, 0)});
    return step(tracker, {at(10.0 * (f + 5), 0)}, {.dt = dt}) == id_list{1};
  };
  CHECK(found(byte_tracker(), 6));
  CHECK(!found(byte_tracker(), 1));
  CHECK(found(kernels::bot_sort_tracker(), 6));
  CHECK(found(kernels::oc_sort_tracker(), 6));
  CHECK(found(kernels::sort_tracker({.max_age = 10}), 6));
  CHECK(!found(kernels::sort_tracker({.max_age = 10}), 1));
  // lost tracks age by it
  byte_tracker tracker({.track_buffer = 10});
  step(tracker, {at(0, 0)});
  step(tracker, {}, {.dt = 11});  // lost
  step(tracker, {});              // expired
  CHECK(ids(tracker.update({}).removed) == id_list{1});
}

TEST_CASE("bot_sort_tracker, mcbyte_tracker: a moving camera") {
  const auto keeps = [](auto tracker, const kernels::camera_motion* motion) {
    for (int f = 0; f < 3; ++f) step(tracker, {at(300, 300)});
    return step(tracker, {at(100, 420)}, {.warp = motion}) == id_list{1};
  };
  const kernels::camera_motion pan{.x0 = -200, .y0 = 120};
  CHECK(keeps(kernels::bot_sort_tracker({.track_threshold = 0.6}), &pan));
  CHECK(keeps(kernels::mcbyte_tracker(), &pan));
  CHECK(!keeps(kernels::mcbyte_tracker(), nullptr));
  kernels::bot_sort_tracker tracker;
  const kernels::camera_motion flat{.xx = 0, .yy = 0};
  CHECK_THROWS_WITH_AS(step(tracker, {}, {.warp = &flat}), doctest::Contains("determinant"),
                       kernels::error);
  byte_tracker other;
  CHECK_THROWS_WITH_AS(step(other, {}, {.warp = &pan}), doctest::Contains("warp"), kernels::error);
}

TEST_CASE("trackers: classes apart") {
  const auto second = [](auto tracker) {
    step(tracker, {at(0, 0, 0.9, 1)});
    const auto update = tracker.update(list{at(0, 0, 0.9, 2)});
    for (const auto& t : update.tracks) CHECK(t.class_id == 2);
    return ids(update) == id_list{1};
  };
  CHECK(second(byte_tracker()));
  CHECK(!second(byte_tracker({.classes_apart = true})));
  CHECK(!second(kernels::sort_tracker({.classes_apart = true})));
  CHECK(!second(kernels::oc_sort_tracker({.classes_apart = true})));
  // also where pairs need not overlap
  CHECK(second(kernels::oc_sort_tracker({.iou_threshold = 0})));
  CHECK(!second(kernels::oc_sort_tracker({.iou_threshold = 0, .classes_apart = true})));
  CHECK(!second(kernels::sort_tracker({.iou_threshold = 0, .classes_apart = true})));
  CHECK(!second(kernels::mcbyte_tracker({.classes_apart = true})));
  CHECK(!second(kernels::bot_sort_tracker({.classes_apart = true})));
}

TEST_CASE("trackers: ids beyond 2^31, counted per instance") {
  constexpr std::int64_t kFirst = (std::int64_t{1} << 40) + 5;
  byte_tracker one({.first_id = kFirst});
  byte_tracker two;
  CHECK(step(one, {at(0, 0), at(300, 0, 0.8)}) == id_list{kFirst, kFirst + 1});
  CHECK(step(two, {at(0, 0)}) == id_list{1});
  byte_tracker copy = one;
  CHECK(step(one, {at(0, 0)}) == id_list{kFirst});
  CHECK(step(copy, {at(300, 0)}) == id_list{kFirst + 1});
  one.reset();
  CHECK(step(one, {at(0, 0)}) == id_list{kFirst + 2});
}

TEST_CASE("trackers: what is no box is ignored and counted") {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  const double far = std::numeric_limits<double>::infinity();
  const list bad = {{{nan, 0, 1, 1}, 0.9, 0}, {{0, 0, far, 1}, 0.9, 0}, {{5, 5, 1, 9}, 0.9, 0},
                    {{0, 0, 0, 5}, 0.9, 0},   {{0, 0, 1, 1}, nan, 0},   {{0, 0, 1, 3e9}, 0.9, 0}};
  const auto check = [&](auto tracker) {
    list all = bad;
    all.push_back(at(0, 0, 7.5));  // a score beyond 1 is a score
    for (int f = 0; f < 4; ++f) {
      const auto update = tracker.update(all);
      CHECK(update.ignored == 6);
      REQUIRE(update.tracks.size() == 1);
      CHECK(update.tracks[0].detection == 6);
    }
  };
  check(byte_tracker());
  check(kernels::sort_tracker());
  check(kernels::oc_sort_tracker());
  check(kernels::bot_sort_tracker());
}

TEST_CASE("trackers: refused options and frames") {
  CHECK_THROWS_WITH_AS(byte_tracker({.match_threshold = 1.5}), doctest::Contains("match_threshold"),
                       kernels::error);
  CHECK_THROWS_AS(kernels::oc_sort_tracker({.delta_t = 0}), kernels::error);
  CHECK_THROWS_AS(kernels::sort_tracker({.iou_threshold = -1}), kernels::error);
  byte_tracker tracker;
  for (const double dt : {0.0, -1.0, 1e9, std::numeric_limits<double>::quiet_NaN()}) {
    CHECK_THROWS_WITH_AS(step(tracker, {}, {.dt = dt}), doctest::Contains("dt"), kernels::error);
  }
}
