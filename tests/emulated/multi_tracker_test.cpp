// multi_tracker's GPU engine with its CUDA kernels in the emulator: what single trackers give, bit
// for bit, under several thread schedules.
#include <kernels/assignment.cuh>
#include <kernels/kalman.cuh>
#include <kernels/multi_tracker.cuh>

#include "../multi_tracker_cases.hpp"

#include <doctest/doctest.h>

namespace {

template <class Tracker>
bool equals(int cameras, int frames, int people, const typename Tracker::options& options,
            bool warps = false) {
  const auto make = [](int count, const typename Tracker::options& o) {
    return kernels::tracking::many_on_gpu<typename Tracker::machine, typename Tracker::model,
                                          kernels::memory::host>(
        kernels::on_gpu(), static_cast<std::size_t>(count), kernels::tracking::rules_of(o));
  };
  return multi_tracker_cases::equals_single_trackers<Tracker>(make, cameras, frames, people,
                                                              options, warps);
}

}  // namespace

TEST_CASE("multi_tracker emulated: equals single trackers on every schedule") {
  for (const unsigned seed : {0U, 1U, 2U}) {
    const kernels::emulator::schedule schedule({.seed = seed});
    CHECK(equals<kernels::byte_tracker>(4, 10, 8, {.classes_apart = true}));
    CHECK(equals<kernels::sort_tracker>(4, 8, 8, {.max_age = 3}));
    CHECK(equals<kernels::bot_sort_tracker>(3, 8, 8, {}, true));
    CHECK(equals<kernels::oc_sort_tracker>(4, 14, 8, {}));
  }
}
