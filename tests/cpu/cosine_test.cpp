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

TEST_CASE("cosine cpu: bfloat16 precision keeps its bound, and is used where it can be") {
  const cosine_options bounded{.precision = kernels::cosine_precision::bfloat16};
  for (const auto& run : every_run()) {
    const bool faster = run.exec.isa == instruction_set::avx512 && kernels::cpu::has_bf16();
    double nearest_to_bound = 0;
    bool within = true, differs = false;
    // rows of ones are rounded alike in all their elements: up by much for 1017 of them; down, if
    // only cut off, for 993
    for (const std::int64_t d : {1, 15, 33, 67, 130, 512, 993, 1017}) {
      constexpr std::int64_t kN = 71, kM = 150;
      auto rows = random_rows(kM, d, 8, true);
      rows[2].assign(rows[2].size(), 1.0F);
      rows[3].assign(rows[3].size(), -1.0F);
      const auto b = flat<float>(rows);
      std::vector<float> exact(kN * kM), given(kN * kM, -7.0F);
      const auto left = packed(b.data(), {kN, d}), right = packed(b.data(), {kM, d});
      kernels::cosine<float>(run.exec, left, right, packed(exact.data(), {kN, kM}));
      kernels::cosine<float>(run.exec, left, right, packed(given.data(), {kN, kM}), bounded);
      for (std::size_t k = 0; k < given.size(); ++k) {
        if (std::isnan(exact[k])) {
          within = within && std::isnan(given[k]);
          continue;
        }
        const double off = std::abs(double{given[k]} - double{exact[k]});
        within = within && std::abs(given[k]) <= 1 && off <= kernels::cosine_bfloat16_bound(d);
        differs = differs || off > 0;
        nearest_to_bound = std::max(nearest_to_bound, off / kernels::cosine_bfloat16_bound(d));
      }
    }
    CHECK(within);
    CHECK(differs == faster);
    CHECK((nearest_to_bound > 0.75) == faster);
  }
}

TEST_CASE("cosine cpu: bfloat16 precision: one thread or many, any batch, either way round") {
  const cosine_options bounded{.precision = kernels::cosine_precision::bfloat16};
  for (const auto& [n, d] : {std::array<std::int64_t, 2>{1130, 33}, {300, 1100}}) {
    const auto a = flat<float>(random_rows(n, d, 9, true));
    const auto rows = packed(a.data(), {n, d});
    std::vector<float> one(static_cast<std::size_t>(n * n), -7.0F), many = one, exact = one;
    kernels::cosine<float>({1}, rows, rows, packed(one.data(), {n, n}), bounded);
    kernels::cosine<float>({7}, rows, rows, packed(many.data(), {n, n}), bounded);
    kernels::cosine<float>({2}, rows, rows, packed(exact.data(), {n, n}));
    CHECK(std::equal(one.begin(), one.end(), many.begin(), same));
    bool symmetric = true, alone = true, within = true;
    for (std::int64_t i = 0; i < n; ++i) {
      for (std::int64_t j = 0; j < n; ++j) {
        const float x = one[static_cast<std::size_t>(i * n + j)];
        const float y = exact[static_cast<std::size_t>(i * n + j)];
        symmetric = symmetric && same(x, one[static_cast<std::size_t>(j * n + i)]);
        within = within && std::isnan(x) == std::isnan(y) &&
                 !(std::abs(x - y) > static_cast<float>(kernels::cosine_bfloat16_bound(d)));
        if ((i * 7 + j) % 997 != 0) continue;
        float pair = -7;
        kernels::cosine<float>({1}, packed(a.data() + i * d, {1, d}),
                               packed(a.data() + j * d, {1, d}), packed(&pair, {1, 1}), bounded);
        alone = alone && same(x, pair);
      }
    }
    CHECK(symmetric);
    CHECK(alone);
    CHECK(within);
  }
}

TEST_CASE("cosine cpu: groups and integers are exact whatever precision is allowed") {
  const kernels::on_cpu exec;
  const cosine_options bounded{.precision = kernels::cosine_precision::bfloat16};
  const auto a = flat<float>(random_rows(40, 64, 10, false));
  const auto rows = packed(a.data(), {40, 64});
  const std::vector<std::int32_t> offsets{0, 40};
  const std::vector<std::int64_t> room{0, 1600};
  std::vector<float> exact(1600), given(1600, -7.0F);
  kernels::cosine<float>(exec, rows, rows, packed(exact.data(), {40, 40}));
  kernels::cosine<float>(
      exec, rows, rows,
      {packed(offsets.data(), {2}), packed(offsets.data(), {2}), packed(room.data(), {2})},
      packed(given.data(), {1600}), bounded);
  CHECK(exact == given);
  std::vector<std::int8_t> integers(40 * 64);
  for (std::size_t k = 0; k < integers.size(); ++k) {
    integers[k] = static_cast<std::int8_t>(std::lround(20 * a[k]));
  }
  const std::vector<float> scales(40, 1.0F);
  const kernels::int8_rows<> small{packed(std::as_const(integers).data(), {40, 64}),
                                   packed(scales.data(), {40})};
  kernels::cosine(exec, small, small, packed(exact.data(), {40, 40}));
  kernels::cosine(exec, small, small, packed(given.data(), {40, 40}), bounded);
  CHECK(exact == given);
}

TEST_CASE("cosine cpu: bfloat16 precision of distances, into any strides, of zeros and NaN") {
  const cosine_options bounded{cosine_kind::distance, kernels::cosine_precision::bfloat16};
  const std::vector<float> rows{1, 2, 0, 0, -1, -2, std::nanf(""), 1, 2, -1};
  std::vector<float> out(5 * 7, -7.0F);
  kernels::cosine<float>({}, packed(rows.data(), {5, 2}), packed(rows.data(), {5, 2}),
                         {out.data(), {5, 5}, {1, 7}}, bounded);
  const double bound = kernels::cosine_bfloat16_bound(2);
  const auto at = [&](std::size_t i, std::size_t j) { return double{out[i + 7 * j]}; };
  CHECK(std::abs(at(0, 0)) <= bound);
  CHECK(std::abs(at(0, 2) - 2) <= bound);
  CHECK(std::abs(at(0, 4) - 1) <= bound);
  CHECK(at(1, 1) == 1);
  CHECK(at(1, 4) == 1);
  CHECK((std::isnan(at(3, 0)) && std::isnan(at(1, 3)) && std::isnan(at(3, 3))));
  CHECK((out[5] == -7.0F && out[6] == -7.0F && out[34] == -7.0F));
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
  CHECK_THROWS_WITH_AS(
      kernels::cosine<float>(exec, a, a, packed(out.data(), {3, 3}),
                             {.precision = static_cast<kernels::cosine_precision>(2)}),
      doctest::Contains("precision"), kernels::error);
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
