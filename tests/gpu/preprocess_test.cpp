// preprocess on a GPU, through the front door.
#include <kernels/preprocess.hpp>

#include "../preprocess_cases.hpp"

namespace {

using kernels::memory;
using preprocess_cases::problem;

template <class T>
kernels::buffer<T, memory::device> upload(const std::vector<T>& values) {
  const auto size = static_cast<std::int64_t>(values.size());
  kernels::buffer<T, memory::device> b(size);
  kernels::copy(kernels::packed(values.data(), {size}), b.as({size}));
  return b;
}

template <class Out>
std::vector<Out> run(const problem& p) {
  std::vector<Out> out(p.output_size(), problem::gap<Out>());
  const auto frames = upload(p.bytes);
  const auto regions = upload(p.regions);
  auto output = upload(out);
  kernels::preprocess(
      kernels::on_gpu(),
      kernels::device_view<const std::uint8_t, 4>{frames.data(), p.frames, p.frame_stride},
      regions.as({regions.size()}),
      kernels::device_view<Out, 4>{output.data(), p.output(), p.output_stride()}, p.options);
  kernels::copy(output.as({output.size()}), kernels::packed(out.data(), {output.size()}));
  kernels::check_cuda(cudaDeviceSynchronize(), "download");
  return out;
}

template <class Out>
bool equals_cpu(const problem& p) {
  std::vector<Out> out(p.output_size(), problem::gap<Out>());
  kernels::preprocess(
      kernels::on_cpu(),
      kernels::view<const std::uint8_t, 4>{p.bytes.data(), p.frames, p.frame_stride}, p.regions,
      kernels::view<Out, 4>{out.data(), p.output(), p.output_stride()}, p.options);
  const auto given = run<Out>(p);
  return std::memcmp(out.data(), given.data(), out.size() * sizeof(Out)) == 0;
}

}  // namespace

TEST_CASE("preprocess gpu: the formula in double") {
  const auto r = [](const problem& p, auto which) { return run<decltype(which)>(p); };
  preprocess_cases::equals_formula(r, true);
  preprocess_cases::same_size_is_exact(r);
}

TEST_CASE("preprocess gpu: the bytes of the CPU") {
  problem p = preprocess_cases::make(2, 540, 961, 8);
  preprocess_cases::add_regions(p);
  p.height = 211;
  p.width = 300;
  p.options.mean[1] = 0.4F;
  CHECK(equals_cpu<float>(p));
  CHECK(equals_cpu<preprocess_cases::half>(p));
}
