// A host program: samples on the CPU and, when linked to kernels::cuda on a machine with a GPU,
// there too; both must agree.
#include <kernels/e2p.hpp>

#include <cstdio>
#include <vector>

int main() {
  std::vector<std::uint8_t> panorama(64 * 32 * 3);
  for (std::size_t k = 0; k < panorama.size(); ++k) {
    panorama[k] = static_cast<std::uint8_t>(k * k / 7);
  }
  std::vector<std::uint8_t> views(4 * 24 * 32 * 3);
  const auto rig = kernels::ring(4, {.width = 32, .height = 24, .hfov = 90});
  const auto plan = kernels::make_e2p_plan(kernels::on_cpu({.threads = 2}), rig, {64, 32});
  kernels::e2p(kernels::on_cpu(), kernels::packed(panorama.data(), {1, 32, 64, 3}),
               kernels::packed(views.data(), {1, 4, 24, 32, 3}), plan);
  unsigned sum = 0;
  for (const auto v : views) sum = sum * 31 + v;
  std::printf("cpu %08x\n", sum);

  if (kernels::gpu_count() == 0) {  // the call is right, so what it reports is the missing GPU
    std::string said;
    try {
      kernels::e2p(kernels::on_gpu(),
                   kernels::packed<kernels::space::device, const std::uint8_t>(panorama.data(),
                                                                               {1, 32, 64, 3}),
                   kernels::packed<kernels::space::device>(views.data(), {1, 4, 24, 32, 3}), plan);
    } catch (const kernels::error& e) {
      said = e.what();
    }
    std::printf("no gpu: %s\n", said.c_str());
#if KERNELS_HAS_CUDA
    return said.find("CUDA") != std::string::npos ? 0 : 1;
#else
    return said.find("kernels::cuda") != std::string::npos ? 0 : 1;
#endif
  }
  kernels::buffer<std::uint8_t, kernels::memory::device> frames(64 * 32 * 3);
  kernels::buffer<std::uint8_t, kernels::memory::device> results(4 * 24 * 32 * 3);
  kernels::copy(kernels::packed(panorama.data(), {64 * 32 * 3}), frames.as({64 * 32 * 3}));
  kernels::e2p(kernels::on_gpu(), frames.as({1, 32, 64, 3}), results.as({1, 4, 24, 32, 3}), plan);
  std::vector<std::uint8_t> back(views.size());
  kernels::copy(results.as({4 * 24 * 32 * 3}), kernels::packed(back.data(), {4 * 24 * 32 * 3}));
  std::printf("gpu %s\n", back == views ? "equals the cpu" : "DIFFERS");
  return back == views ? 0 : 1;
}
