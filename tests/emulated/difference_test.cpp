// difference's CUDA kernels in the emulator, under several thread schedules.
#include "../difference_cases.hpp"
#include "scratch.hpp"

#include <kernels/difference.cuh>

namespace {

using difference_cases::byte_images;
using kernels::image_difference;

kernels::device_view<const std::uint8_t, 4> as_view(const byte_images& images) {
  return {images.bytes.data(), images.extent, images.stride};
}

image_difference run(const byte_images& a, const byte_images& b) {
  const emulated::aligned_scratch scratch(
      kernels::gpu::difference_workspace_bytes<std::uint8_t>(as_view(a)));
  image_difference result;
  kernels::gpu::difference<std::uint8_t>(nullptr, as_view(a), as_view(b), &result,
                                         scratch.as_view());
  return result;
}

}  // namespace

TEST_CASE("difference emulated: equals a plain count on every schedule") {
  for (const unsigned seed : {0U, 1U, 2U, 3U}) {
    const kernels::emulator::schedule schedule({.seed = seed});
    difference_cases::equals_plain_count(run);
  }
}
TEST_CASE("difference emulated: more rows than blocks") { difference_cases::many_rows(run); }

TEST_CASE("difference emulated: a workspace that is too small is refused") {
  const byte_images a({1, 40, 4, 3});
  const emulated::aligned_scratch scratch(256);
  image_difference result;
  CHECK_THROWS_WITH_AS(kernels::gpu::difference<std::uint8_t>(nullptr, as_view(a), as_view(a),
                                                              &result, scratch.as_view()),
                       doctest::Contains("workspace"), kernels::error);
}
