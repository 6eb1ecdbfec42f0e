// The trackers at their bounds: scores beyond all measure, crowds in one place, gaps of many tiny
// steps; and what OC-SORT tells its filter.
#include "../multi_tracker_cases.hpp"
#include "../tracker_cases.hpp"

#include <doctest/doctest.h>

#include <limits>

namespace {

using kernels::detection;
using kernels::frame_context;
using list = std::vector<detection>;

/// Calls body with a tracker of each kind.
template <class Body>
void each_tracker(const Body& body) {
  body(kernels::sort_tracker({.max_age = 5}));
  body(kernels::byte_tracker());
  body(kernels::bot_sort_tracker());
  body(kernels::oc_sort_tracker());
  body(kernels::mcbyte_tracker());
}

/// That many boxes of 40 × 80 in one place.
list crowd(std::size_t size) { return list(size, detection{{0, 0, 40, 80}, 0.9, 0}); }

std::string said(const kernels::track_update& update) {
  std::string all;
  multi_tracker_cases::add(all, update);
  return all;
}

/// OC-SORT's machine without a filter: its boxes are where the only detection is, or was.
struct lone_machine {
  kernels::tracking::oc_machine machine;
  kernels::tracking::associator solver;
  kernels::tracking::work w;
  kernels::box<double> at{};

  explicit lone_machine(const kernels::oc_sort_options& options) : machine(options) {}
  void step(const list& seen, double dt) {
    machine.begin(seen, {.dt = dt}, w);
    for (int stage = 0; stage < machine.kStages; ++stage) {
      machine.pose(stage, w.stage);
      if (!w.stage.row_slots.empty()) w.stage.row_boxes.assign(w.stage.rows.size(), at);
      solver.solve(w.stage, machine.detections());
      machine.consume(stage, w.stage);
    }
    machine.settle(w);
    w.boxes.assign(w.wanted.size(), at);
    machine.finish(w);
  }
};

}  // namespace

TEST_CASE(
    "trackers: a score beyond all measure leaves the other boxes alone, and is told as it is") {
  const double far = std::numeric_limits<double>::infinity();
  const std::vector<std::uint8_t> map(100 * 100, 1);
  const kernels::mask_frame masks{
      .labels = kernels::view<const std::uint8_t, 2>(kernels::packed(map.data(), {100, 100}))};
  for (const double score : {1e300, 1e308, far, -1e300, -far}) {
    each_tracker([&](const auto& fresh) {
      constexpr bool kMasks =
          std::is_same_v<std::decay_t<decltype(fresh)>, kernels::mcbyte_tracker>;
      for (const bool with_masks : {false, true}) {
        if (with_masks && !kMasks) continue;
        auto tracker = fresh;
        int wrong = 0;
        for (int f = 0; f < 10; ++f) {
          const double x = 3.0 * f;
          const list seen = {{{x, 0, x + 40, 80}, 0.9, 0},
                             {{x + 25, 5, x + 65, 85}, 0.8, 0},
                             {{5000, 5000, 5040, 5080}, score, 0}};
          const auto update = tracker.update(seen, {.masks = with_masks ? &masks : nullptr});
          int found = 0;
          for (const auto& t : update.tracks) {
            const auto d = static_cast<std::size_t>(t.detection);
            wrong += t.score == seen[d].score && t.id <= 3 ? 0 : 1;
            found += d < 2 ? 1 : 0;
          }
          wrong += found == 2 || (f > 0 && f < 4) ? 0 : 1;
        }
        CHECK(wrong == 0);
      }
    });
  }
}

TEST_CASE("trackers: scores are priced to 1e6 on either side, and told as they are") {
  const double far = std::numeric_limits<double>::infinity();
  list seen;
  for (const double score : {far, 1e300, 1e6, 0.5, -1e6, -1e300, -far}) {
    seen.push_back({{0, 0, 40, 80}, score, 0});
  }
  kernels::tracking::frame_detections d;
  d.read(seen);
  CHECK(d.scores == std::vector<double>{far, 1e300, 1e6, 0.5, -1e6, -1e300, -far});
  CHECK(d.weights == std::vector<double>{1e6, 1e6, 1e6, 0.5, -1e6, -1e6, -1e6});
}

TEST_CASE("bot_sort_tracker: distances below 0, however far, are 0") {
  kernels::bot_sort_tracker tracker;
  const list seen = {{{0, 0, 40, 80}, 0.9, 0}, {{400, 0, 440, 80}, 0.9, 0}};
  tracker.update(seen);
  const double far = std::numeric_limits<double>::infinity();
  const std::vector<double> distances = {-far, 1, 1, -1e300};
  const auto update =
      tracker.update(seen, {.appearance = kernels::packed(distances.data(), {2, 2})});
  REQUIRE(update.tracks.size() == 2);
  CHECK(update.tracks[1].id == 2);
}

TEST_CASE("trackers: a crowd in one place is refused, and nothing has changed") {
  each_tracker([&](const auto& fresh) {
    auto tracker = fresh;
    auto other = fresh;
    const bool is_byte = std::is_same_v<std::decay_t<decltype(fresh)>, kernels::byte_tracker>;
    const list many = crowd(is_byte ? 20000 : 4200);
    tracker.update(many);
    other.update(many);
    for (int k = 0; k < 2; ++k) {
      CHECK_THROWS_WITH_AS(tracker.update(many), doctest::Contains("nms"), kernels::error);
    }
    const list few = {{{1, 0, 41, 80}, 0.9, 0}, {{300, 0, 340, 80}, 0.8, 0}};
    for (int f = 0; f < 4; ++f) CHECK(said(tracker.update(few)) == said(other.update(few)));
  });
}

TEST_CASE("trackers: a crowd below the bound is tracked") {
  kernels::byte_tracker tracker;
  const list many = crowd(2000);
  for (int f = 0; f < 3; ++f) CHECK(tracker.update(many).tracks.size() == many.size());
}

TEST_CASE("multi_tracker cpu: one camera's crowd is refused, and no camera has changed") {
  kernels::multi_tracker<kernels::byte_tracker> tracker(kernels::on_cpu{.threads = 2}, 20);
  kernels::byte_tracker single;
  const list many = crowd(5000);
  // of another speed every time: a step too many is seen
  const auto few = [](double x) {
    return list{{{x, 0, x + 40, 80}, 0.9, 0}, {{300, x, 340, x + 80}, 0.8, 0}};
  };
  const list first = few(0);
  std::vector<kernels::camera_frame> frames(20, {first, {}});
  frames[11].detections = many;
  tracker.update(frames);
  single.update(first);
  const list refused = few(9);
  for (auto& f : frames) f.detections = refused;
  frames[11].detections = many;
  CHECK_THROWS_WITH_AS(tracker.update(frames), doctest::Contains("nms"), kernels::error);
  for (const double x : {2.0, 3.0, 5.0}) {
    const list next = few(x);
    for (auto& f : frames) f.detections = next;
    const auto updates = tracker.update(frames);
    const std::string wanted = said(single.update(next));
    for (const std::size_t c : {0, 10, 19}) CHECK(said(updates[c]) == wanted);
  }
}

TEST_CASE("oc_sort_tracker: r is w / (h + 1e-6)") {
  lone_machine lone({});
  lone.step({{{10, 20, 13, 27}, 0.9, 0}}, 1);
  REQUIRE(lone.w.started_with.size() == 1);
  CHECK(lone.w.started_with[0].c == 21.0);
  CHECK(lone.w.started_with[0].d == 3.0 / (7.0 + 1e-6));
}

TEST_CASE("oc_sort_tracker: a gap is lived through in as many steps, at most 1024") {
  const auto steps = [](int missed, double dt) {
    lone_machine lone({});
    lone.at = {10, 20, 50, 100};
    const list seen = {{lone.at, 0.9, 0}};
    for (int f = 0; f < 2; ++f) lone.step(seen, 1);
    for (int f = 0; f < missed; ++f) lone.step({}, dt);
    lone.step(seen, dt);
    REQUIRE(lone.w.replays.size() == 1);
    const auto count = lone.w.replays[0].count;
    CHECK(lone.w.replay_dt[0] == (missed + 1) * dt / count);
    return count;
  };
  CHECK(steps(5, 1) == 6);
  CHECK(steps(1023, 1.0 / 64) == 1024);
  CHECK(steps(1500, 1.0 / 64) == 1024);
}

TEST_CASE("oc_sort_tracker: a gap's line begins with what the filter was told, and ends in sight") {
  lone_machine lone({});
  const auto see = [&](const kernels::box<double>& b) {
    lone.at = b;
    lone.step({{b, 0.9, 0}}, 1);
  };
  const auto see_after_gap = [&](const kernels::box<double>& b) {
    for (int f = 0; f < 6; ++f) lone.step({}, 1);
    see(b);
    REQUIRE(lone.w.replayed.size() == 7);
  };
  const auto from = kernels::box<double>{10, 20, 50, 100};
  const auto to = kernels::box<double>{17.3, 21.1, 61.9, 113.7};
  for (int f = 0; f < 2; ++f) see(from);
  see_after_gap(to);
  double worst = 0;
  for (std::size_t k = 0; k < 7; ++k) {
    const auto& z = lone.w.replayed[k];
    const double part = static_cast<double>(k + 1) / 7;
    const auto line = [&](double a, double b, double given) {
      worst = std::max(worst, std::abs(a + (b - a) * part - given));
    };
    line(30, 39.6, z.a);
    line(60, 67.4, z.b);
    line(40, 44.6, std::sqrt(z.c * z.d));
    line(80, 92.6, std::sqrt(z.c / z.d));  // but for the 1e-6
  }
  CHECK(worst < 1e-6);
  // to the last bit, in which the replay's end and the detection differ
  const auto told = lone.w.replayed.back();
  see_after_gap(from);
  const auto z = lone.w.updated_with.back();
  const auto first = [](double a, double b) { return std::fma((b - a) / 7, 1, a); };
  const double width = first(std::sqrt(told.c * told.d), std::sqrt(z.c * z.d));
  const double height = first(std::sqrt(told.c / told.d), std::sqrt(z.c / z.d));
  CHECK(lone.w.replayed[0].a == first(told.a, z.a));
  CHECK(lone.w.replayed[0].b == first(told.b, z.b));
  CHECK(lone.w.replayed[0].c == width * height);
  CHECK(lone.w.replayed[0].d == width / height);
}
