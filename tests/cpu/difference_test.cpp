// difference on the CPU.
#include "../difference_cases.hpp"

#include <kernels/difference.hpp>

namespace {

using difference_cases::byte_images;

kernels::view<const std::uint8_t, 4> as_view(const byte_images& images) {
  return {images.bytes.data(), images.extent, images.stride};
}

}  // namespace

TEST_CASE("difference cpu: equals a plain count, with any number of threads") {
  for (const int threads : {1, 2, 7}) {
    const auto run = [&](const byte_images& a, const byte_images& b) {
      return kernels::difference({.threads = threads}, as_view(a), as_view(b));
    };
    difference_cases::equals_plain_count(run);
    difference_cases::many_rows(run);
  }
}

TEST_CASE("difference: refused arguments") {
  const byte_images a({1, 4, 4, 3});
  const byte_images b({1, 4, 5, 3});
  CHECK_THROWS_WITH_AS(kernels::difference(kernels::on_cpu(), as_view(a), as_view(b)),
                       doctest::Contains("b: wanted the shape of a"), kernels::error);
  auto null = as_view(a);
  null.data = nullptr;
  CHECK_THROWS_AS(kernels::difference(kernels::on_cpu(), as_view(a), null), kernels::error);
#if !KERNELS_HAS_CUDA
  const kernels::device_view<const std::uint8_t, 4> on_device{};
  CHECK_THROWS_WITH_AS(kernels::difference(kernels::on_gpu(), on_device, on_device),
                       doctest::Contains("kernels::cuda"), kernels::error);
#endif
}
