// rotated_iou's CUDA kernels in the emulator, under several thread schedules.
#include "../rotated_iou_cases.hpp"

#include <kernels/rotated_iou.cuh>

namespace {

using namespace rotated_iou_cases;
namespace gpu = kernels::gpu;

std::int64_t length(std::size_t n) { return static_cast<std::int64_t>(n); }

template <class T, std::size_t Rank>
auto device(T* data, const std::int64_t (&extent)[Rank]) {
  return kernels::packed<kernels::space::device>(data, extent);
}

struct kernel_run {
  template <class T>
  std::vector<T> pairwise(const boxes<T>& a, const boxes<T>& b) const {
    std::vector<T> out(a.size() * b.size());
    gpu::rotated_iou_launchers<T>::pairwise(
        nullptr, device(a.data(), {length(a.size())}), device(b.data(), {length(b.size())}),
        device(out.data(), {length(a.size()), length(b.size())}));
    return out;
  }
  template <class T>
  std::vector<T> elementwise(const boxes<T>& a, const boxes<T>& b) const {
    std::vector<T> out(a.size());
    gpu::rotated_iou_launchers<T>::elementwise(nullptr, device(a.data(), {length(a.size())}),
                                               device(b.data(), {length(b.size())}),
                                               device(out.data(), {length(a.size())}));
    return out;
  }
};

}  // namespace

TEST_CASE("rotated_iou emulated: equals polygon clipping on every schedule") {
  for (const unsigned seed : {0U, 1U, 2U}) {
    const kernels::emulator::schedule schedule({.seed = seed});
    equals_clipping<float>(kernel_run(), 33, 32);
    equals_clipping<double>(kernel_run(), 31, 65);
    strange_boxes<float>(kernel_run());
  }
  equals_clipping<float>(kernel_run(), 0, 3);
}
