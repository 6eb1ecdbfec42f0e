// A CUDA program: one header, its own kernel beside the library's.
#include <kernels/e2p.cuh>

#include <cstdio>
#include <vector>

__global__ void invert(unsigned char* pixels, int count) {
  const unsigned k = blockIdx.x * blockDim.x + threadIdx.x;
  if (k < static_cast<unsigned>(count)) {
    pixels[k] = static_cast<unsigned char>(255 - pixels[k]);
  }
}

int main() {
  const auto rig = kernels::ring(2, {.width = 32, .height = 24, .hfov = 90});
  const kernels::e2p_plan plan(rig, {64, 32});
  if (kernels::gpu_count() == 0) {
    std::puts("no gpu: compiled and linked");
    return 0;
  }
  constexpr int kSize = 2 * 24 * 32 * 3;
  kernels::buffer<std::uint8_t, kernels::memory::device> frames(64 * 32 * 3);
  kernels::buffer<std::uint8_t, kernels::memory::device> views(kSize);
  kernels::check_cuda(cudaMemset(frames.data(), 200, 64 * 32 * 3), "cudaMemset");
  kernels::e2p(kernels::on_gpu(), frames.as({1, 32, 64, 3}), views.as({1, 2, 24, 32, 3}), plan);
  invert<<<(kSize + 255) / 256, 256>>>(views.data(), kSize);
  std::vector<std::uint8_t> back(kSize);
  kernels::copy(views.as({kSize}), kernels::packed(back.data(), {kSize}));
  for (const auto b : back) {
    if (b != 55) {
      std::puts("wrong pixels");
      return 1;
    }
  }
  std::puts("gpu ok");
  return 0;
}
