// multi_tracker's GPU engine with its CUDA kernels in the emulator: what single trackers give, bit
// for bit, under several thread schedules.
#include <kernels/assignment.cuh>
#include <kernels/kalman.cuh>
#include <kernels/multi_tracker.cuh>

#include "../multi_tracker_cases.hpp"

#include <doctest/doctest.h>

#include <string>

namespace {

template <class Tracker>
using engine = kernels::tracking::many_on_gpu<typename Tracker::machine, typename Tracker::model,
                                              kernels::memory::host>;

/// most_pairs: cameras beyond so many pairs are left to the host.
template <class Tracker>
bool equals(int cameras, int frames, int people, const typename Tracker::options& options,
            const multi_tracker_cases::extras& what = {}, std::int64_t most_pairs = 1 << 20) {
  const auto make = [&](int count, const typename Tracker::options& o) {
    return engine<Tracker>(kernels::on_gpu(), static_cast<std::size_t>(count),
                           kernels::tracking::rules_of(o), most_pairs);
  };
  return multi_tracker_cases::equals_single_trackers<Tracker>(make, cameras, frames, people,
                                                              options, what);
}

std::string said(const kernels::track_update& update) {
  std::string all;
  multi_tracker_cases::add(all, update);
  return all;
}

}  // namespace

TEST_CASE("multi_tracker emulated: equals single trackers on every schedule") {
  for (const unsigned seed : {0U, 1U, 2U}) {
    const kernels::emulator::schedule schedule({.seed = seed});
    CHECK(equals<kernels::byte_tracker>(4, 10, 8, {.classes_apart = true}));
    CHECK(equals<kernels::sort_tracker>(4, 8, 8, {.max_age = 3}));
    CHECK(equals<kernels::bot_sort_tracker>(3, 8, 8, {}, {.warps = true, .embeddings = true}));
    CHECK(equals<kernels::oc_sort_tracker>(4, 14, 8, {}));
  }
}

TEST_CASE("multi_tracker emulated: masks, appearance, classes apart, cameras left to the host") {
  const kernels::emulator::schedule schedule({.seed = 3});
  CHECK(equals<kernels::mcbyte_tracker>(4, 8, 8, {}, {.warps = true, .masks = true}));
  CHECK(equals<kernels::bot_sort_tracker>(4, 8, 8, {}, {.appearance = true}));
  CHECK(equals<kernels::oc_sort_tracker>(4, 8, 8, {.iou_threshold = 0, .classes_apart = true}));
  CHECK(equals<kernels::byte_tracker>(4, 8, 8, {}, {}, 20));
  CHECK(equals<kernels::bot_sort_tracker>(4, 8, 8, {}, {.embeddings = true}, 20));
}

TEST_CASE("multi_tracker emulated: one camera's crowd is refused, and no camera has changed") {
  const kernels::emulator::schedule schedule({.seed = 4});
  const std::vector<kernels::detection> crowd(4200, {{0, 0, 40, 80}, 0.9, 0});
  const std::vector<kernels::detection> few = {{{1, 0, 41, 80}, 0.9, 0},
                                               {{300, 0, 340, 80}, 0.8, 0}};
  engine<kernels::oc_sort_tracker> many(kernels::on_gpu(), 2, kernels::oc_sort_options{});
  kernels::oc_sort_tracker first;
  kernels::oc_sort_tracker second;
  std::vector<kernels::camera_frame> frames = {{few, {}}, {crowd, {}}};
  many.update(frames);
  first.update(few);
  second.update(crowd);
  CHECK_THROWS_WITH_AS(many.update(frames), doctest::Contains("nms"), kernels::error);
  frames[1].detections = few;
  for (int f = 0; f < 2; ++f) {
    const auto updates = many.update(frames);
    CHECK(said(updates[0]) == said(first.update(few)));
    CHECK(said(updates[1]) == said(second.update(few)));
  }
}
