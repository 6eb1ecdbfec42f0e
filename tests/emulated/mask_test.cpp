// The CUDA kernels of packed masks in the emulator, under several thread schedules.
#include "../mask_cases.hpp"
#include "scratch.hpp"

#include <kernels/mask.cuh>

namespace {

using namespace mask_cases;
using kernels::space;

constexpr auto kDevice = space::device;

struct emulated_runner {
  static void pack(const pixels& p, words& m) {
    kernels::gpu::pack_masks<std::uint64_t>(nullptr, p.as_view<kDevice>(), m.as_view<kDevice>());
  }
  static void unpack(const words& m, pixels& p, std::uint8_t value) {
    kernels::gpu::unpack_masks<std::uint64_t>(nullptr, m.as_view<kDevice>(), p.as_view<kDevice>(),
                                              value);
  }
  static void areas(const words& m, std::vector<std::int64_t>& out) {
    kernels::gpu::mask_areas<std::uint64_t>(nullptr, m.as_view<kDevice>(),
                                            kernels::packed<kDevice>(out.data(), {m.extent[0]}));
  }
  static void boxes(const words& m, std::vector<int_box>& out) {
    kernels::gpu::mask_boxes<std::uint64_t>(nullptr, m.as_view<kDevice>(),
                                            kernels::packed<kDevice>(out.data(), {m.extent[0]}));
  }
  template <class T>
  static void iou(const words& a, const words& b, std::vector<T>& out) {
    const emulated::aligned_scratch scratch(
        kernels::mask_iou_workspace_bytes(kernels::on_gpu(), a.extent[0], b.extent[0]));
    kernels::gpu::mask_iou<T>(nullptr, a.as_view<kDevice>(), b.as_view<kDevice>(),
                              kernels::packed<kDevice>(out.data(), {a.extent[0], b.extent[0]}),
                              scratch.as_view());
  }
};

}  // namespace

TEST_CASE("mask emulated: the definition on every schedule") {
  for (const unsigned seed : {0U, 1U, 2U}) {
    const kernels::emulator::schedule schedule({.seed = seed});
    equals_definition(emulated_runner{});
    iou_equals_loop(emulated_runner{});
  }
}
