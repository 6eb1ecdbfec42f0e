// multi_tracker on the CPU: what single trackers give, bit for bit.
#include "../multi_tracker_cases.hpp"

#include <doctest/doctest.h>

namespace {

template <class Tracker>
void check(const typename Tracker::options& options, const multi_tracker_cases::extras& what = {}) {
  for (const int threads : {1, 2, 7}) {
    const auto make = [&](int cameras, const typename Tracker::options& o) {
      return kernels::multi_tracker<Tracker>(kernels::on_cpu{.threads = threads}, cameras, o);
    };
    CHECK(multi_tracker_cases::equals_single_trackers<Tracker>(make, 21, 40, 20, options, what));
  }
}

}  // namespace

TEST_CASE("multi_tracker cpu: equals single trackers") {
  check<kernels::sort_tracker>({.max_age = 3});
  check<kernels::byte_tracker>({.classes_apart = true});
  check<kernels::bot_sort_tracker>({}, {.warps = true});
  check<kernels::bot_sort_tracker>({}, {.embeddings = true});
  check<kernels::bot_sort_tracker>({}, {.appearance = true});
  check<kernels::oc_sort_tracker>({});
  check<kernels::mcbyte_tracker>({}, {.warps = true, .masks = true});
}

TEST_CASE("multi_tracker: sizes 0 and 1, and refused frames") {
  using many = kernels::multi_tracker<kernels::byte_tracker>;
  many none(kernels::on_cpu(), 0);
  CHECK(none.update({}).empty());
  CHECK_THROWS_AS(many(kernels::on_cpu(), -1), kernels::error);
  many one(kernels::on_cpu(), 1);
  CHECK_THROWS_WITH_AS(one.update({}), doctest::Contains("one a camera"), kernels::error);
  const std::vector<kernels::detection> seen = {{{0, 0, 10, 20}, 0.9, 0}};
  std::vector<kernels::camera_frame> frames = {{seen, {}}};
  CHECK(one.update(frames)[0].tracks.size() == 1);
  many two(kernels::on_cpu(), 2);
  frames = {{seen, {}}, {seen, {.dt = -1}}};
  CHECK_THROWS_AS(two.update(frames), kernels::error);  // and the first camera has not moved on
  frames[1].context.dt = 1;
  const auto updates = two.update(frames);
  CHECK(updates[0].tracks.size() == 1);
  CHECK(updates[1].tracks[0].id == 1);
}
