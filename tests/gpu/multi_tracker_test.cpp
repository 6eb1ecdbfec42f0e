// multi_tracker on a GPU: what single trackers on the CPU give, bit for bit.
#include "../multi_tracker_cases.hpp"

#include <doctest/doctest.h>

namespace {

template <class Tracker>
bool equals(const typename Tracker::options& options,
            const multi_tracker_cases::extras& what = {}) {
  const auto make = [](int cameras, const typename Tracker::options& o) {
    return kernels::multi_tracker<Tracker>(kernels::on_gpu(), cameras, o);
  };
  return multi_tracker_cases::equals_single_trackers<Tracker>(make, 23, 40, 60, options, what);
}

}  // namespace

TEST_CASE("multi_tracker gpu: equals single trackers") {
  CHECK(equals<kernels::sort_tracker>({.max_age = 3}));
  CHECK(equals<kernels::byte_tracker>({.classes_apart = true}));
  CHECK(equals<kernels::bot_sort_tracker>({}, {.warps = true, .embeddings = true}));
  CHECK(equals<kernels::bot_sort_tracker>({}, {.appearance = true}));
  CHECK(equals<kernels::oc_sort_tracker>({}));
  CHECK(equals<kernels::oc_sort_tracker>({.iou_threshold = 0, .classes_apart = true}));
  CHECK(equals<kernels::mcbyte_tracker>({}, {.warps = true, .masks = true}));
}
