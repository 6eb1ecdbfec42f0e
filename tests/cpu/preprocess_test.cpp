// preprocess on the CPU, and the 16-bit floats that it writes.
#include <kernels/preprocess.hpp>

#include "../preprocess_cases.hpp"

namespace {

using kernels::half;
using kernels::instruction_set;
using preprocess_cases::problem;

template <class Out>
std::vector<Out> run(kernels::on_cpu exec, const problem& p) {
  std::vector<Out> out(p.output_size(), problem::gap<Out>());
  kernels::preprocess(
      exec, kernels::view<const std::uint8_t, 4>{p.bytes.data(), p.frames, p.frame_stride},
      p.regions, kernels::view<Out, 4>{out.data(), p.output(), p.output_stride()}, p.options);
  return out;
}

}  // namespace

TEST_CASE("preprocess cpu: the formula in double") {
  for (const auto isa :
       {instruction_set::portable, instruction_set::avx2, instruction_set::avx512}) {
    if (!kernels::cpu::supported(isa)) continue;
    CAPTURE(kernels::cpu::name(isa));
    const auto r = [&](const problem& p, auto which) {
      return run<decltype(which)>({.threads = 1, .isa = isa}, p);
    };
    preprocess_cases::equals_formula(r, true);
    preprocess_cases::same_size_is_exact(r);
  }
}

TEST_CASE("preprocess cpu: the same bytes in every instruction set and with any threads") {
  problem p = preprocess_cases::make(2, 211, 333, 8);
  preprocess_cases::add_regions(p);
  p.height = 150;
  p.width = 170;
  p.options.mean[1] = 0.4F;
  const auto floats = run<float>({.threads = 1, .isa = instruction_set::portable}, p);
  const auto halves = run<half>({.threads = 1, .isa = instruction_set::portable}, p);
  for (const auto isa :
       {instruction_set::portable, instruction_set::avx2, instruction_set::avx512}) {
    if (!kernels::cpu::supported(isa)) continue;
    for (const int threads : {1, 2, 7}) {
      const auto f = run<float>({.threads = threads, .isa = isa}, p);
      CHECK(std::memcmp(f.data(), floats.data(), f.size() * sizeof f[0]) == 0);
      CHECK(run<half>({.threads = threads, .isa = isa}, p) == halves);
    }
  }
}

TEST_CASE("preprocess: a whole frame lies where make_letterbox says") {
  problem p = preprocess_cases::make(1, 90, 157, 2);
  for (auto& b : p.bytes) b = 200;
  p.regions = kernels::whole_frames(1, {157, 90});
  p.height = 64;
  p.width = 80;
  const auto l = kernels::make_letterbox({157, 90}, {80, 64});
  const auto out = run<float>({}, p);
  int different = 0;
  for (int j = 0; j < 64; ++j) {
    for (int i = 0; i < 80; ++i) {
      const bool inside =
          i >= l.left && i < l.left + l.content_width && j >= l.top && j < l.top + l.content_height;
      const float v = out[static_cast<std::size_t>(80 * j + i)] * 255;
      different += std::abs(v - (inside ? 200.0F : 114.0F)) < 0.01F ? 0 : 1;
    }
  }
  CHECK(different == 0);
}

TEST_CASE("preprocess: empty batches") {
  problem p = preprocess_cases::make(1, 5, 5, 1);
  p.height = p.width = 4;
  CHECK(run<float>({}, p).empty());
  p.frames[0] = 0;  // no frame: padding
  p.regions = {{0, {0, 0, 5, 5}}};
  CHECK(run<float>({}, p)[0] == doctest::Approx(114.0 / 255));
}

TEST_CASE("preprocess: refused arguments") {
  problem p = preprocess_cases::make(1, 5, 5, 1);
  p.regions = {{0, {0, 0, 5, 5}}};
  p.height = p.width = 4;
  const auto refused = [](const problem& q, const char* text) {
    CAPTURE(text);
    CHECK_THROWS_WITH_AS(run<float>({}, q), doctest::Contains(text), kernels::error);
  };
  auto q = p;
  q.options.std[2] = 0;
  refused(q, "std: wanted finite numbers, not 0");
  q = p;
  q.options.mean[0] = std::numeric_limits<float>::quiet_NaN();
  refused(q, "mean");
  q = p;
  q.row_gap = -1;
  refused(q, "output");
  q = p;
  q.frames[3] = 4;
  refused(q, "frames");
  q = p;
  q.frame_stride[1] = 3;
  refused(q, "frames");
#if !KERNELS_HAS_CUDA
  CHECK_THROWS_WITH_AS(
      kernels::preprocess(kernels::on_gpu(), kernels::device_view<const std::uint8_t, 4>{},
                          kernels::device_view<const kernels::preprocess_region, 1>{},
                          kernels::device_view<float, 4>{nullptr, {0, 3, 4, 4}, {48, 16, 4, 1}}),
      doctest::Contains("frames"), kernels::error);
#endif
}

TEST_CASE("half: every half there and back, and what lies between") {
  int different = 0;
  for (unsigned bits = 0; bits < 0x10000U; ++bits) {
    const half h{static_cast<std::uint16_t>(bits)};
    const float x = kernels::math::from_half(h);
    const unsigned magnitude = bits & 0x7fffU;
    if (magnitude > 0x7c00U) {
      different += std::isnan(x) && (kernels::math::to_half(x).bits & 0x7fffU) == 0x7e00U ? 0 : 1;
      continue;
    }
    different += kernels::math::to_half(x) == h ? 0 : 1;
    if (magnitude >= 0x7bffU) continue;
    // between this half and the next: below, on and above the middle
    const float next = kernels::math::from_half({static_cast<std::uint16_t>(bits + 1)});
    const float middle = x + (next - x) / 2;
    const auto even = static_cast<std::uint16_t>(bits % 2 == 0 ? bits : bits + 1);
    different += kernels::math::to_half(middle).bits == even ? 0 : 1;
    different += kernels::math::to_half(std::nextafter(middle, x)).bits == bits ? 0 : 1;
    different += kernels::math::to_half(std::nextafter(middle, next)).bits == bits + 1 ? 0 : 1;
  }
  CHECK(different == 0);
  CHECK(kernels::math::to_half(65519.99F).bits == 0x7bff);
  CHECK(kernels::math::to_half(65520.0F).bits == 0x7c00);
  CHECK(kernels::math::to_half(-3e38F).bits == 0xfc00);
  CHECK(kernels::math::to_half(1e-30F).bits == 0);
}
