// box's CUDA kernels in the emulator, under several thread schedules.
#include "../box_cases.hpp"

#include <kernels/box.cuh>

namespace {

using namespace box_cases;
namespace gpu = kernels::gpu;

std::int64_t length(std::size_t n) { return static_cast<std::int64_t>(n); }

template <class T, std::size_t Rank>
auto device(T* data, const std::int64_t (&extent)[Rank]) {
  return kernels::packed<kernels::space::device>(data, extent);
}

/// The launchers, with host memory in the place of the device's.
struct kernel_run {
  template <class T>
  boxes<T> from(const std::vector<T>& numbers, box_format format) const {
    boxes<T> out(numbers.size() / 4);
    gpu::box_launchers<T>::from_numbers(nullptr, device(numbers.data(), {length(out.size()), 4}),
                                        format, device(out.data(), {length(out.size())}));
    return out;
  }
  template <class T>
  std::vector<T> to(const boxes<T>& all, box_format format) const {
    std::vector<T> out(4 * all.size());
    gpu::box_launchers<T>::to_numbers(nullptr, device(all.data(), {length(all.size())}), format,
                                      device(out.data(), {length(all.size()), 4}));
    return out;
  }
  template <class T>
  boxes<T> move(const boxes<T>& all, const kernels::box_move& options) const {
    boxes<T> out(all.size());
    gpu::box_launchers<T>::move(nullptr, device(all.data(), {length(all.size())}),
                                device(out.data(), {length(out.size())}), options);
    return out;
  }
};

}  // namespace

TEST_CASE("box emulated: equals the definitions") {
  all_cases<float>(kernel_run());
  all_cases<double>(kernel_run());
}
