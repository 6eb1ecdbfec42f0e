// The trackers over long and large streams: any order of detections, appearance, masks, memory.
#include "../count_allocations.hpp"
#include "../tracker_cases.hpp"
#include "../tracker_scenes.hpp"

#include <doctest/doctest.h>

namespace {

using kernels::detection;
using kernels::frame_context;
using list = std::vector<detection>;
using frames = std::vector<list>;

/// Calls body with a tracker of each kind.
template <class Body>
void each_tracker(const Body& body) {
  body(kernels::sort_tracker({.max_age = 5}));
  body(kernels::byte_tracker());
  body(kernels::bot_sort_tracker());
  body(kernels::oc_sort_tracker());
  body(kernels::mcbyte_tracker());
}

bool same(const std::vector<tracker_cases::row>& a, const std::vector<tracker_cases::row>& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](const auto& x, const auto& y) {
    return x.frame == y.frame && x.id == y.id && x.left == y.left && x.top == y.top &&
           x.width == y.width && x.height == y.height && x.score == y.score;
  });
}

}  // namespace

TEST_CASE("trackers: the order of detections changes nothing, not even an id, ties included") {
  for (const bool whole : {false, true}) {
    const frames scene = tracker_scenes::crowd({.people = 30, .frames = 150, .whole = whole});
    each_tracker([&](const auto& fresh) {
      auto tracker = fresh;
      const auto wanted = tracker_cases::run(tracker, scene);
      CHECK(wanted.size() > 1000);
      for (const unsigned seed : {1U, 2U}) {
        frames other = scene;
        tracker_cases::shuffle(other, seed);
        auto again = fresh;
        CHECK(same(tracker_cases::run(again, other), wanted));
      }
    });
  }
}

TEST_CASE("trackers: every track names its detection, ids never come twice, lists agree") {
  const frames scene = tracker_scenes::crowd({.people = 25, .frames = 300, .classes = 3});
  each_tracker([&](auto tracker) {
    std::map<std::int64_t, int> state;  // 1: confirmed, 2: removed
    int wrong = 0;
    for (const list& frame : scene) {
      const auto update = tracker.update(frame);
      for (const auto id : update.confirmed) wrong += std::exchange(state[id], 1) == 0 ? 0 : 1;
      for (const auto& t : update.tracks) {
        const detection& d = frame.at(static_cast<std::size_t>(t.detection));
        wrong += t.class_id == d.class_id && t.score == d.score ? 0 : 1;
        wrong += std::abs(t.box.left - d.box.left) < 60 ? 0 : 1;
        wrong += t.confirmed == (state[t.id] == 1) ? 0 : 1;
      }
      for (const auto id : update.removed) wrong += std::exchange(state[id], 2) == 1 ? 0 : 1;
      for (std::size_t k = 1; k < update.tracks.size(); ++k) {
        wrong += update.tracks[k - 1].id < update.tracks[k].id ? 0 : 1;
      }
    }
    CHECK(wrong == 0);
  });
}

TEST_CASE("trackers: no allocation once the scene was seen, and empty frames without end") {
  const frames scene = tracker_scenes::crowd({.people = 40, .frames = 120});
  each_tracker([&](auto tracker) {
    const auto play = [&] {
      std::size_t tracks = 0;
      for (const list& frame : scene) tracks += tracker.update(frame).tracks.size();
      for (int f = 0; f < 5000; ++f) tracks += tracker.update({}).tracks.size();
      return tracks;
    };
    // the second time is no repetition of the first: the trackers' first frame is a rule of its own
    play();
    play();
    const std::int64_t before = allocations;
    const std::size_t tracks = play();
    CHECK(allocations == before);
    CHECK(tracks > 1000);
  });
}

TEST_CASE("bot_sort_tracker: no allocation with a moving camera and embeddings either") {
  const frames scene = tracker_scenes::crowd({.people = 20, .frames = 80});
  const kernels::camera_motion motion{.x0 = 1.5, .y0 = -1};
  std::vector<float> looks;
  for (int k = 0; k < 3 * 64; ++k) looks.push_back(static_cast<float>(k * 7 % 5) - 1.0F);
  kernels::bot_sort_tracker tracker;
  const auto play = [&] {
    std::size_t tracks = 0;
    for (const list& frame : scene) {
      const auto rows = static_cast<std::int64_t>(frame.size());
      const auto embeddings = kernels::packed(static_cast<const float*>(looks.data()), {rows, 3});
      tracks += tracker.update(frame, {.warp = &motion, .embeddings = embeddings}).tracks.size();
    }
    return tracks;
  };
  for (int k = 0; k < 4; ++k) play();
  const std::int64_t before = allocations;
  const std::size_t tracks = play();
  CHECK(allocations == before);
  CHECK(tracks > 400);
}

TEST_CASE("mcbyte_tracker: no allocation with masks either, drawn, moved and bound") {
  const frames scene = tracker_scenes::crowd({.people = 20, .frames = 80});
  constexpr int kHeight = 540, kWidth = 960;  // the scene's left upper corner
  std::vector<std::uint16_t> map(kHeight * kWidth);
  const auto draw = [&](const list& frame) {
    std::fill(map.begin(), map.end(), std::uint16_t{0});
    const auto pixel = [](double x, int size) { return std::clamp(static_cast<int>(x), 0, size); };
    for (std::size_t k = 0; k < frame.size(); ++k) {
      const auto& b = frame[k].box;
      for (int y = pixel(b.top, kHeight); y < pixel(b.bottom, kHeight); ++y) {
        const auto row = map.begin() + y * kWidth;
        std::fill(row + pixel(b.left, kWidth), row + pixel(b.right, kWidth),
                  static_cast<std::uint16_t>(k + 1));
      }
    }
  };
  const kernels::label_map labels = kernels::view<const std::uint16_t, 2>(
      kernels::packed(map.data(), {std::int64_t{kHeight}, std::int64_t{kWidth}}));
  const std::vector<double> confidence(10, 0.9);
  kernels::mcbyte_tracker tracker;
  const auto play = [&] {
    std::size_t tracks = 0;
    for (const list& frame : scene) {
      draw(frame);
      const std::array<kernels::mask_binding, 1> bindings = {{{1, 3}}};
      const kernels::mask_frame masks{
          .labels = labels, .confidence = confidence, .bindings = bindings};
      tracks += tracker.update(frame, {.masks = &masks}).tracks.size();
    }
    return tracks;
  };
  for (int k = 0; k < 4; ++k) play();
  const std::int64_t before = allocations;
  const std::size_t tracks = play();
  CHECK(allocations == before);
  CHECK(tracks > 400);
}

TEST_CASE("trackers: 100,000 detections in a frame") {
  list many;
  for (int k = 0; k < 100000; ++k) {
    const double x = 25.0 * (k % 400);
    const double y = 45.0 * (k / 400);
    many.push_back({{x, y, x + 20, y + 40}, 0.9, 0});
  }
  const auto follows = [&](auto tracker) {
    tracker.update(many);
    for (auto& d : many) {
      d.box.left += 1;
      d.box.right += 1;
    }
    const auto update = tracker.update(many);
    bool all = update.tracks.size() == many.size();
    for (std::size_t k = 0; all && k < many.size(); ++k) {
      all = update.tracks[k].id == static_cast<std::int64_t>(k) + 1;
    }
    return all;
  };
  CHECK(follows(kernels::byte_tracker()));
  CHECK(follows(kernels::oc_sort_tracker()));
}

TEST_CASE(
    "bot_sort_tracker: appearance decides between near detections, as embeddings or a matrix") {
  // detection 0 overlaps track 1 best, detection 1 looks like it
  const auto box = [](double x) { return kernels::box<double>{x, 0, x + 100, 100}; };
  const list first = {{box(0), 0.9, 0}};
  const list second = {{box(5), 0.9, 0}, {box(30), 0.9, 0}};
  const std::vector<float> look = {3, 4, 0};  // of any length
  const std::vector<float> looks = {0, 0, 1, 0.6F, 0.8F, 0};
  const auto run = [&](bool with_embeddings, bool with_matrix) {
    kernels::bot_sort_tracker tracker;
    frame_context f;
    if (with_embeddings) f.embeddings = kernels::packed(look.data(), {1, 3});
    tracker.update(first, f);
    f = {};
    if (with_embeddings) f.embeddings = kernels::packed(looks.data(), {2, 3});
    const std::vector<double> distances = {1.0, 0.0};
    if (with_matrix) {
      REQUIRE(tracker.candidates().size() == 1);
      f.appearance = kernels::packed(distances.data(), {1, 2});
    }
    return tracker.update(second, f).tracks[0].detection;
  };
  CHECK(run(false, false) == 0);
  CHECK(run(true, false) == 1);
  CHECK(run(false, true) == 1);
  kernels::bot_sort_tracker tracker;
  const frame_context wrong{.embeddings = kernels::packed(looks.data(), {2, 3})};
  CHECK_THROWS_WITH_AS(tracker.update(first, wrong), doctest::Contains("embeddings"),
                       kernels::error);
}

TEST_CASE("mcbyte_tracker: masks decide between rivals, bound by default or by the application") {
  // two tracks beside each other; then one detection in the middle, as near to both
  const auto box = [](double x) { return kernels::box<double>{x, 0, x + 100, 100}; };
  const list first = {{box(0), 0.9, 0}, {box(40), 0.8, 0}};
  const list second = {{box(20), 0.9, 0}};
  constexpr std::int64_t kWidth = 200;
  const auto blob = [](std::vector<std::uint16_t>& map, int left, int right, std::uint16_t label) {
    for (std::size_t y = 10; y < 90; ++y) {
      for (auto x = static_cast<std::size_t>(left); x < static_cast<std::size_t>(right); ++x) {
        map[y * kWidth + x] = label;
      }
    }
  };
  const auto winner = [&](int seen, bool bind) {
    std::vector<std::uint16_t> map(100 * kWidth);
    blob(map, 5, 35, 300);   // inside track 1 alone
    blob(map, 105, 135, 7);  // inside track 2 alone
    const kernels::label_map labels =
        kernels::view<const std::uint16_t, 2>(kernels::packed(map.data(), {100, kWidth}));
    kernels::mask_frame masks{.labels = labels};
    kernels::mcbyte_tracker tracker;
    tracker.update(first, {.masks = &masks});
    // the mask of one of them is inside the detection now
    std::fill(map.begin(), map.end(), std::uint16_t{0});
    blob(map, 30, 110, seen == 1 ? 300 : 7);
    const std::vector<kernels::mask_binding> bindings = {{1, 7}, {2, 300}};
    if (bind) masks.bindings = bindings;
    const auto update = tracker.update(second, {.masks = &masks});
    REQUIRE(update.tracks.size() == 1);
    return update.tracks[0].id;
  };
  CHECK(winner(1, false) == 1);
  CHECK(winner(2, false) == 2);
  CHECK(winner(1, true) == 2);  // the application says that the labels are the other way round
  CHECK(winner(2, true) == 1);
  kernels::byte_tracker other;
  kernels::mask_frame masks;
  CHECK_THROWS_WITH_AS(other.update(first, {.masks = &masks}), doctest::Contains("masks"),
                       kernels::error);
}
