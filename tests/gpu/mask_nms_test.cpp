// mask_nms on a GPU, through the front door.
#include "../mask_nms_cases.hpp"
#include "mask_memory.hpp"

#include <kernels/mask_nms.hpp>

TEST_CASE("mask_nms gpu: the textbook") {
  using namespace mask_nms_cases;
  using mask_memory::on_device;
  const auto run = [](const words& m, const std::vector<float>& s,
                      const kernels::mask_nms_options& options) {
    const auto n = static_cast<std::int64_t>(s.size());
    const on_device<std::uint64_t> masks(m);
    const on_device<float> on_device_scores(s);
    std::vector<std::int32_t> kept(s.size() + 1, 77);
    on_device<std::int32_t> to(kept);
    kernels::buffer<std::byte, kernels::memory::device> scratch(
        kernels::mask_nms_workspace_bytes(kernels::on_gpu(), n));
    constexpr auto kDevice = kernels::space::device;
    kernels::mask_nms(kernels::on_gpu(), masks.as_const(), on_device_scores.memory.as({n}),
                      kernels::packed<kDevice>(to.memory.data(), {n}),
                      kernels::packed<kDevice>(to.memory.data() + n, {1}), options,
                      scratch.as({scratch.size()}));
    to.download(kept);
    return kept;
  };
  equals_plain(run, 700);
  equality_stays(run);
}
