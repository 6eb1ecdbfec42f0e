// cosine's CUDA kernels in the emulator, under several thread schedules.
#include "../cosine_cases.hpp"
#include "scratch.hpp"

#include <kernels/cosine.cuh>
#include <kernels/cosine_int8.cuh>

namespace {

using kernels::space;
using kernels::view;
using namespace cosine_cases;
namespace gpu = kernels::gpu;

template <class T, int Rank>
view<T, Rank, space::device> on_device(const view<T, Rank>& v) {
  return {v.data, v.extent, v.stride};
}

struct kernel_run {
  template <class T>
  void pairwise(const view<const T, 2>& a, const view<const T, 2>& b, const view<float, 2>& out,
                const cosine_options& options) const {
    using launchers = gpu::cosine_launchers<T>;
    const emulated::aligned_scratch scratch(
        launchers::workspace_bytes(a.extent[0], b.extent[0], a.extent[1]));
    launchers::pairwise(nullptr, on_device(a), on_device(b), on_device(out), options,
                        scratch.as_view());
  }
  template <class T>
  void ragged(const view<const T, 2>& a, const view<const T, 2>& b, const cosine_groups<>& groups,
              const view<float, 1>& out, const cosine_options& options) const {
    using launchers = gpu::cosine_launchers<T>;
    const emulated::aligned_scratch scratch(
        launchers::workspace_bytes(a.extent[0], b.extent[0], a.extent[1]));
    launchers::ragged(
        nullptr, on_device(a), on_device(b),
        {on_device(groups.a_offsets), on_device(groups.b_offsets), on_device(groups.out_offsets)},
        on_device(out), options, scratch.as_view());
  }
  void integers(const kernels::int8_rows<>& a, const kernels::int8_rows<>& b,
                const view<float, 2>& out, const cosine_options& options) const {
    const emulated::aligned_scratch scratch(
        gpu::cosine_int8_launchers<>::workspace_bytes(a.values.extent[0], b.values.extent[0]));
    gpu::cosine_int8_launchers<>::pairwise(nullptr, {on_device(a.values), on_device(a.scales)},
                                           {on_device(b.values), on_device(b.scales)},
                                           on_device(out), options, scratch.as_view());
  }
};

}  // namespace

TEST_CASE("cosine emulated: equals the definition on every schedule") {
  for (const unsigned seed : {0U, 1U, 2U}) {
    const kernels::emulator::schedule schedule({.seed = seed});
    equals_definition(kernel_run{}, 65, 33, 40);
    equals_definition(kernel_run{}, 3, 2, 17);
  }
  equals_definition(kernel_run{}, 130, 31, 16);
  equals_definition(kernel_run{}, 3, 2, 0);
  equals_definition(kernel_run{}, 0, 2, 5);
}

TEST_CASE("cosine emulated: groups equal single calls") {
  for (const unsigned seed : {0U, 1U, 2U}) {
    const kernels::emulator::schedule schedule({.seed = seed});
    groups_equal_calls(kernel_run{}, {3, 0, 12, 1, 0, 70, 5}, {4, 7, 12, 1, 0, 35, 0}, 20);
  }
  groups_equal_calls(kernel_run{}, {140}, {90}, 5);  // many blocks
}

TEST_CASE("cosine emulated: groups stay within an output that is too short, and within the rows") {
  const auto a = flat<float>(random_rows(9, 8, 1, false));
  const auto b = flat<float>(random_rows(11, 8, 2, false));
  std::vector<float> all(99);
  kernel_run{}.pairwise<float>(packed(a.data(), {9, 8}), packed(b.data(), {11, 8}),
                               packed(all.data(), {9, 11}), {});
  for (const auto& [room, last] : {std::pair{1, 9}, {40, 9}, {98, 1 << 30}, {99, 1 << 30}}) {
    std::vector<float> out(120, -7.0F);  // the memory goes on behind the view
    const std::vector<std::int32_t> a_offsets{-3, last}, b_offsets{0, last + 2};
    const std::vector<std::int64_t> out_offsets{0, 99};
    kernel_run{}.ragged<float>(packed(a.data(), {9, 8}), packed(b.data(), {11, 8}),
                               {packed(a_offsets.data(), {2}), packed(b_offsets.data(), {2}),
                                packed(out_offsets.data(), {2})},
                               packed(out.data(), {room}), {});
    std::vector<float> expected(all.begin(), all.begin() + room);
    expected.resize(120, -7.0F);
    CHECK(out == expected);
  }
}

TEST_CASE("cosine emulated: rows of integers") {
  for (const unsigned seed : {0U, 1U, 2U}) {
    const kernels::emulator::schedule schedule({.seed = seed});
    integers_equal_definition(kernel_run{}, 9, 35, 67, 1);
    integers_equal_definition(kernel_run{}, 9, 3, 70, 2);
  }
  integers_equal_definition(kernel_run{}, 3, 1, 3000, 1);
}

TEST_CASE("cosine emulated: a workspace that is too small is refused") {
  const auto a = flat<float>(random_rows(9, 80, 1, false));
  std::vector<float> out(81);
  const emulated::aligned_scratch scratch(256);
  const auto rows = on_device(packed(a.data(), {9, 80}));
  CHECK_THROWS_WITH_AS(
      gpu::cosine_launchers<float>::pairwise(
          nullptr, rows, rows, on_device(packed(out.data(), {9, 9})), {}, scratch.as_view()),
      doctest::Contains("workspace"), kernels::error);
}
