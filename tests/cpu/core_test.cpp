// core/: views, buffers, copies, exact arithmetic, and the parallel loop of cpu/.
#include <kernels/core/buffer.hpp>
#include <kernels/core/exact.hpp>
#include <kernels/core/workspace.hpp>
#include <kernels/cpu/isa.hpp>
#include <kernels/cpu/parallel.hpp>

#include <doctest/doctest.h>

#include <atomic>
#include <cmath>
#include <random>
#include <vector>

TEST_CASE("view: packed strides, sub-views, const conversion") {
  std::vector<int> data(2 * 3 * 4);
  const auto v = kernels::packed(data.data(), {2, 3, 4});
  CHECK(v.size() == 24);
  CHECK(v.stride == std::array<std::int64_t, 3>{12, 4, 1});
  const kernels::view<const int, 3> read_only = v;
  CHECK(read_only.data == data.data());
  CHECK(v[1][2].data == data.data() + 20);
  CHECK(v[1][2].extent[0] == 4);
  const auto image = kernels::image(data.data(), 2, 2, 3, 12);
  CHECK(image.extent == std::array<std::int64_t, 4>{1, 2, 2, 3});
  CHECK(image.stride == std::array<std::int64_t, 4>{24, 12, 3, 1});
}

TEST_CASE("view: rows interleaved across images (tiles of one canvas) are accepted") {
  std::vector<std::uint8_t> canvas(4 * 30);
  kernels::view<std::uint8_t, 4> tiles{canvas.data(), {2, 4, 5, 3}, {15, 30, 3, 1}};
  kernels::check_images("test", "tiles", tiles);
  tiles.stride[0] = 14;
  CHECK_THROWS_AS(kernels::check_images("test", "tiles", tiles), kernels::error);
}

TEST_CASE("buffer: moves, keeps its capacity, aligned, refuses nonsense") {
  kernels::buffer<float> a(100);
  CHECK(reinterpret_cast<std::uintptr_t>(a.data()) % 64 == 0);
  const float* first = a.data();
  a.resize(10);
  CHECK(a.data() == first);
  CHECK(a.bytes() == 400);
  kernels::buffer<float> b = std::move(a);
  CHECK(b.data() == first);
  CHECK(b.size() == 10);
  CHECK_THROWS_AS(b.resize(-1), kernels::error);
  CHECK_THROWS_AS(b.resize(std::int64_t{1} << 60), kernels::error);
  CHECK(b.size() == 10);
  CHECK_THROWS_AS(static_cast<void>(b.as({11})), kernels::error);
  CHECK_THROWS_AS(static_cast<void>(b.as({-2, -5})), kernels::error);
  CHECK_THROWS_AS(static_cast<void>(b.as({std::int64_t{1} << 32, std::int64_t{1} << 32})),
                  kernels::error);
  CHECK(b.as({2, 5}).size() == 10);
}

#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
TEST_CASE("buffer: memory that is not to be had is out_of_memory") {
  kernels::buffer<std::uint8_t> b;
  CHECK_THROWS_AS(b.resize(std::int64_t{1} << 60), kernels::out_of_memory);
}
#endif

TEST_CASE("copy: host to host; shapes and packing checked") {
  std::vector<int> from = {1, 2, 3, 4, 5, 6};
  std::vector<int> to(6);
  kernels::copy(kernels::packed(from.data(), {2, 3}), kernels::packed(to.data(), {2, 3}));
  CHECK(to == from);
  CHECK_THROWS_AS(
      kernels::copy(kernels::packed(from.data(), {3, 2}), kernels::packed(to.data(), {2, 3})),
      kernels::error);
  CHECK_THROWS_AS(kernels::copy(kernels::packed(static_cast<int*>(nullptr), {2, 3}),
                                kernels::packed(to.data(), {2, 3})),
                  kernels::error);
  CHECK_THROWS_AS(
      kernels::copy(kernels::packed(from.data(), {-6}), kernels::packed(to.data(), {-6})),
      kernels::error);
  const kernels::view<int, 2> strided{from.data(), {2, 2}, {3, 1}};
  CHECK_THROWS_AS(kernels::copy(strided, kernels::packed(to.data(), {2, 2})), kernels::error);
}

#if !KERNELS_HAS_CUDA
TEST_CASE("without CUDA: no GPU, and device memory is refused with the remedy") {
  CHECK(kernels::gpu_count() == 0);
  CHECK_THROWS_WITH_AS((kernels::buffer<int, kernels::memory::device>(4)),
                       doctest::Contains("kernels::cuda"), kernels::error);
}
#endif

TEST_CASE("workspace: one layout counts and carves; too little and nonsense are refused") {
  const auto layout = [](kernels::workspace_carver& carver, std::int64_t n) {
    return std::pair<double*, char*>{carver.take<double>(n), carver.take<char>(3)};  // in order
  };
  kernels::workspace_carver counter;
  CHECK(layout(counter, 100).first == nullptr);
  CHECK(counter.bytes() == 1024 + 256);
  std::vector<std::byte> memory(static_cast<std::size_t>(counter.bytes()) + 256);
  auto* start = memory.data() + (256 - reinterpret_cast<std::uintptr_t>(memory.data()) % 256);
  kernels::workspace_carver carver(kernels::packed(start, {counter.bytes()}));
  const auto [numbers, letters] = layout(carver, 100);
  CHECK(reinterpret_cast<std::byte*>(numbers) == start);
  CHECK(reinterpret_cast<std::byte*>(letters) == start + 1024);
  kernels::workspace_carver small(kernels::packed(start, {counter.bytes() - 1}));
  CHECK_THROWS_AS(layout(small, 100), kernels::error);
  CHECK_THROWS_AS(static_cast<void>(counter.take<int>(-5)), kernels::error);
  CHECK_THROWS_AS(kernels::workspace_carver(kernels::packed(start + 1, {64})), kernels::error);
}

TEST_CASE("exact: to_int64 rounds halves away from zero, far and near") {
  using kernels::exact::to_int64;
  CHECK(to_int64(2.5) == 3);
  CHECK(to_int64(-2.5) == -3);
  CHECK(to_int64(2.4999999999999996) == 2);
  CHECK(to_int64(0.49999999999999994) == 0);
  CHECK(to_int64(-0.5) == -1);
  CHECK(to_int64(4503599627370495.5) == 4503599627370496);
  CHECK(to_int64(-9007199254740993.0) == -9007199254740992);
  CHECK(to_int64(1152921504606846976.0) == std::int64_t{1} << 60);
}

TEST_CASE("exact: 64-bit integers as floats, within one unit in the last place") {
  std::mt19937_64 random(9);
  for (int k = 0; k < 200000; ++k) {
    const int bits = 1 + static_cast<int>(random() % 62);
    const auto magnitude = static_cast<std::int64_t>(random() >> (64 - bits));
    const std::int64_t x = random() % 2 != 0 ? magnitude : -magnitude;
    const float given = kernels::exact::to_float(x);
    const auto nearest = static_cast<float>(x);
    const float above = std::nextafter(nearest, INFINITY);
    const float below = std::nextafter(nearest, -INFINITY);
    const bool close = given >= below && given <= above;
    REQUIRE(close);
  }
  CHECK(kernels::exact::to_float(0) == 0.0F);
  CHECK(kernels::exact::to_float(-5) == -5.0F);
  CHECK(kernels::exact::to_float(std::int64_t{1} << 40) == std::ldexp(1.0F, 40));
}

TEST_CASE("exact: min and max choose as the processor's instructions do") {
  CHECK(kernels::exact::min(1.0F, 2.0F) == 1.0F);
  CHECK(kernels::exact::max(NAN, 2.0F) == 2.0F);
  CHECK(std::isnan(kernels::exact::max(2.0F, NAN)));
}

TEST_CASE("parallel_for: every index once, exceptions come back, nonsense is refused") {
  for (const int threads : {0, 1, 2, 7}) {
    std::vector<std::atomic<int>> hits(1000);
    kernels::cpu::parallel_for({.threads = threads}, 1000,
                               [&](std::int64_t k) { ++hits[static_cast<std::size_t>(k)]; });
    bool once = true;
    for (const auto& h : hits) once = once && h == 1;
    CHECK(once);
    CHECK_THROWS_AS(kernels::cpu::parallel_for({.threads = threads}, 100,
                                               [](std::int64_t k) {
                                                 if (k == 57) throw kernels::error("57");
                                               }),
                    kernels::error);
  }
  CHECK_THROWS_AS(kernels::cpu::parallel_for({.threads = -2}, 1, [](std::int64_t) {}),
                  kernels::error);
}

TEST_CASE("instruction sets: what this processor lacks is refused by name") {
  for (const auto isa : {kernels::instruction_set::avx2, kernels::instruction_set::avx512}) {
    if (kernels::cpu::supported(isa)) {
      CHECK(kernels::cpu::choose(isa) == isa);
    } else {
      CHECK_THROWS_WITH_AS(static_cast<void>(kernels::cpu::choose(isa)),
                           doctest::Contains(kernels::cpu::name(isa)), kernels::error);
    }
  }
  CHECK(kernels::cpu::choose(kernels::instruction_set::best) != kernels::instruction_set::best);
}
