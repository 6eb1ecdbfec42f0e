// cosine on the CPU.
#include "../cosine_cases.hpp"

#include <kernels/cosine.hpp>

namespace {

using kernels::instruction_set;
using kernels::view;
using namespace cosine_cases;

struct cpu_run {
  kernels::on_cpu exec;

  template <class T>
  void pairwise(const view<const T, 2>& a, const view<const T, 2>& b, const view<float, 2>& out,
                const cosine_options& options) const {
    kernels::cosine<T>(exec, a, b, out, options);
  }
  template <class T>
  void ragged(const view<const T, 2>& a, const view<const T, 2>& b, const cosine_groups<>& groups,
              const view<float, 1>& out, const cosine_options& options) const {
    kernels::cosine<T>(exec, a, b, groups, out, options);
  }
  void integers(const kernels::int8_rows<>& a, const kernels::int8_rows<>& b,
                const view<float, 2>& out, const cosine_options& options) const {
    kernels::cosine(exec, a, b, out, options);
  }
};

std::vector<cpu_run> every_run() {
  std::vector<cpu_run> all;
  for (const auto isa :
       {instruction_set::portable, instruction_set::avx2, instruction_set::avx512}) {
    if (kernels::cpu::supported(isa)) all.push_back({{2, isa}});
  }
  return all;
}

}  // namespace

TEST_CASE("cosine cpu: equals the definition, and is near the truth") {
  for (const auto& run : every_run()) {
    for (const auto& [n, m, d] : {std::array{0, 4, 5},
                                  {4, 0, 5},
                                  {3, 2, 0},
                                  {1, 1, 1},
                                  {31, 33, 17},
                                  {14, 100, 64},
                                  {97, 66, 19},
                                  {2, 3, 513}}) {
      equals_definition(run, n, m, d);
    }
  }
}

TEST_CASE("cosine cpu: groups equal single calls") {
  for (const auto& run : every_run()) {
    groups_equal_calls(run, {3, 0, 12, 1, 0, 130, 5}, {4, 7, 12, 1, 0, 95, 0}, 40);
    groups_equal_calls(run, {}, {}, 4);
  }
}

TEST_CASE("cosine cpu: rows of integers") {
  for (const auto& run : every_run()) {
    for (const std::int64_t step : {1, 2}) {
      for (const std::int64_t d : {1, 31, 32, 33, 512}) {
        integers_equal_definition(run, 9, 13, d, step);
      }
      integers_equal_definition(run, 65, 130, 5, step);
    }
    integers_equal_definition(run, 3, 1, 131071, 1);
  }
}

TEST_CASE("cosine cpu: one thread or many, a pair by itself: the same bytes") {
  const auto a = flat<float>(random_rows(300, 130, 5, false));
  std::vector<float> one(300 * 300), many(300 * 300);
  const auto rows = packed(a.data(), {300, 130});
  kernels::cosine<float>({1}, rows, rows, packed(one.data(), {300, 300}));
  kernels::cosine<float>({7}, rows, rows, packed(many.data(), {300, 300}));
  CHECK(one == many);
  bool symmetric = true, alone = true, itself = true;
  for (std::int64_t i = 0; i < 300; ++i) {
    for (std::int64_t j = 0; j < 300; ++j) {
      const auto at = [&](std::int64_t r, std::int64_t c) {
        return one[static_cast<std::size_t>(r * 300 + c)];
      };
      symmetric = symmetric && at(i, j) == at(j, i);
      if (i == j) itself = itself && at(i, j) <= 1.0F && at(i, j) > 0.999999F;
      if ((i * 7 + j) % 997 != 0) continue;
      float pair = 0;
      kernels::cosine<float>({1}, packed(a.data() + i * 130, {1, 130}),
                             packed(a.data() + j * 130, {1, 130}), packed(&pair, {1, 1}));
      alone = alone && pair == at(i, j);
    }
  }
  CHECK(symmetric);
  CHECK(alone);
  CHECK(itself);
}

TEST_CASE("cosine: refused arguments") {
  const std::vector<float> values(40);
  std::vector<float> out(40);
  const auto a = packed(values.data(), {3, 4});
  const auto b = packed(values.data(), {2, 5});
  const kernels::on_cpu exec;
  CHECK_THROWS_WITH_AS(kernels::cosine<float>(exec, a, b, packed(out.data(), {3, 2})),
                       doctest::Contains("b: wanted rows of 4 elements"), kernels::error);
  CHECK_THROWS_WITH_AS(kernels::cosine<float>(exec, a, a, packed(out.data(), {3, 2})),
                       doctest::Contains("out: wanted shape (3, 3)"), kernels::error);
  CHECK_THROWS_WITH_AS(
      kernels::cosine<float>(exec, a, a, packed(out.data(), {3, 3}), {static_cast<cosine_kind>(7)}),
      doctest::Contains("kind"), kernels::error);
  const std::vector<std::int32_t> offsets{0, 3};
  const std::vector<std::int64_t> room{0, 8};
  CHECK_THROWS_WITH_AS(
      kernels::cosine<float>(
          exec, a, a,
          {packed(offsets.data(), {2}), packed(offsets.data(), {2}), packed(room.data(), {2})},
          packed(out.data(), {9})),
      doctest::Contains("room for 9 values in group 0"), kernels::error);
  const std::vector<std::int8_t> integers(131072);
  const kernels::int8_rows<> wide{packed(integers.data(), {1, 131072}), packed(values.data(), {1})};
  CHECK_THROWS_WITH_AS(kernels::cosine(exec, wide, wide, packed(out.data(), {1, 1})),
                       doctest::Contains("131071"), kernels::error);
#if !KERNELS_HAS_CUDA
  const kernels::device_view<const float, 2> nothing{};
  CHECK_THROWS_WITH_AS(kernels::cosine<float>(kernels::on_gpu(), nothing, nothing, {}, {}, {}),
                       doctest::Contains("kernels::cuda"), kernels::error);
#endif
}
