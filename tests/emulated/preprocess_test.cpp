// preprocess's CUDA kernel in the emulator, under several thread schedules.
#include "../preprocess_cases.hpp"

#include <kernels/preprocess.cuh>
#include <kernels/preprocess.hpp>

namespace {

using preprocess_cases::problem;

template <class Out>
std::vector<Out> run(const problem& p) {
  std::vector<Out> out(p.output_size(), problem::gap<Out>());
  kernels::gpu::preprocess<Out>(
      nullptr, {p.bytes.data(), p.frames, p.frame_stride},
      kernels::packed<kernels::space::device>(p.regions.data(),
                                              {static_cast<std::int64_t>(p.regions.size())}),
      {out.data(), p.output(), p.output_stride()}, p.options);
  return out;
}

}  // namespace

TEST_CASE("preprocess emulated: the formula in double, on every schedule") {
  for (const unsigned seed : {0U, 1U, 2U, 3U}) {
    const kernels::emulator::schedule schedule({.seed = seed});
    const auto r = [](const problem& p, auto which) { return run<decltype(which)>(p); };
    preprocess_cases::equals_formula(r, seed == 0);
    preprocess_cases::same_size_is_exact(r);
  }
}

TEST_CASE("preprocess emulated: the bytes of the CPU") {
  problem p = preprocess_cases::make(2, 61, 143, 8);
  preprocess_cases::add_regions(p);
  p.height = 35;
  p.width = 140;
  p.options.mean[1] = 0.4F;
  const auto bytes_of = [&](auto which) {
    using Out = decltype(which);
    std::vector<Out> out(p.output_size(), problem::gap<Out>());
    kernels::preprocess(kernels::on_cpu(), {p.bytes.data(), p.frames, p.frame_stride}, p.regions,
                        kernels::view<Out, 4>{out.data(), p.output(), p.output_stride()},
                        p.options);
    const auto emulated = run<Out>(p);
    return std::memcmp(out.data(), emulated.data(), out.size() * sizeof(Out)) == 0;
  };
  CHECK(bytes_of(float{}));
  CHECK(bytes_of(preprocess_cases::half{}));
}

TEST_CASE("preprocess emulated: no frames, no regions") {
  problem p = preprocess_cases::make(1, 5, 5, 1);
  p.height = p.width = 4;
  CHECK(run<float>(p).empty());
  p.frames[0] = 0;
  p.regions = {{0, {0, 0, 5, 5}}};
  CHECK(run<float>(p)[0] == doctest::Approx(114.0 / 255));
}
