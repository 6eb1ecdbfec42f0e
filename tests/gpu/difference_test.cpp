// difference on a GPU, through the front door.
#include "../difference_cases.hpp"

#include <kernels/difference.hpp>

namespace {

using difference_cases::byte_images;

struct uploaded {
  kernels::buffer<std::uint8_t, kernels::memory::device> memory;
  kernels::device_view<const std::uint8_t, 4> view;

  explicit uploaded(const byte_images& images) {
    const auto size = static_cast<std::int64_t>(images.bytes.size());
    memory.resize(size);
    kernels::copy(kernels::packed(images.bytes.data(), {size}), memory.as({size}));
    view = {memory.data(), images.extent, images.stride};
  }
};

kernels::image_difference run(const byte_images& a, const byte_images& b) {
  const uploaded on_device_a(a);
  const uploaded on_device_b(b);
  return kernels::difference(kernels::on_gpu(), on_device_a.view, on_device_b.view);
}

}  // namespace

TEST_CASE("difference gpu: equals a plain count") { difference_cases::equals_plain_count(run); }
TEST_CASE("difference gpu: more rows than blocks") { difference_cases::many_rows(run); }
