// e2p on the CPU for the GPU benchmark: see e2p_expected.hpp.
#include "e2p_expected.hpp"

#include <kernels/e2p.hpp>

namespace bench {

std::vector<std::uint8_t> e2p_expected(const kernels::view<const std::uint8_t, 4>& frame,
                                       const kernels::e2p_plan& plan,
                                       kernels::interpolation filter) {
  const std::int64_t channels = frame.extent[3];
  std::int64_t size = 0;
  for (const auto& view : plan.views()) size += std::int64_t{view.width} * view.height * channels;
  std::vector<std::uint8_t> bytes(static_cast<std::size_t>(size));
  std::vector<kernels::view<std::uint8_t, 4>> outputs;
  std::uint8_t* next = bytes.data();
  for (const auto& view : plan.views()) {
    outputs.push_back(kernels::image(next, view.height, view.width, channels));
    next += outputs.back().size();
  }
  kernels::e2p(kernels::on_cpu(), frame, outputs, plan, {.filter = filter});
  return bytes;
}

}  // namespace bench
