// iou on the CPU.
#include "../iou_cases.hpp"

#include <kernels/iou.hpp>

#include <utility>

namespace {

using namespace iou_cases;
using kernels::instruction_set;
using kernels::packed;

std::int64_t length(std::size_t n) { return static_cast<std::int64_t>(n); }

/// Through the front door, with strides: every second box, rows of out with a gap.
struct cpu_run {
  kernels::on_cpu exec;
  bool padded = false;

  template <class T>
  auto view_of(const boxes<T>& all, boxes<T>& storage) const {
    const std::int64_t step = padded ? 2 : 1;
    storage.assign(all.size() * static_cast<std::size_t>(step), kernels::box<T>{0, 0, 9, 9});
    for (std::size_t k = 0; k < all.size(); ++k)
      storage[k * static_cast<std::size_t>(step)] = all[k];
    return kernels::view<const kernels::box<T>, 1>{storage.data(), {length(all.size())}, {step}};
  }
  template <class T>
  std::vector<T> pairwise(const boxes<T>& a, const boxes<T>& b, const iou_options& options) const {
    boxes<T> some_a, some_b;
    const std::size_t pitch = b.size() + (padded ? 3 : 0);
    std::vector<T> out(a.size() * pitch, T(-7));
    kernels::pairwise_iou<T>(exec, view_of(a, some_a), view_of(b, some_b),
                             {out.data(), {length(a.size()), length(b.size())}, {length(pitch), 1}},
                             options);
    std::vector<T> given;
    for (std::size_t i = 0; i < a.size(); ++i) {
      for (std::size_t j = 0; j < pitch; ++j) {
        if (j < b.size()) given.push_back(out[i * pitch + j]);
        if (j >= b.size() && out[i * pitch + j] != T(-7)) given.clear();  // padding was written
      }
    }
    return given;
  }
  template <class T>
  std::vector<T> ragged(const boxes<T>& a, const std::vector<std::int32_t>& a_offsets,
                        const boxes<T>& b, const std::vector<std::int32_t>& b_offsets,
                        std::vector<T> out, const std::vector<std::int64_t>& out_offsets,
                        const iou_options& options) const {
    kernels::pairwise_iou<T>(exec, packed(a.data(), {length(a.size())}),
                             packed(a_offsets.data(), {length(a_offsets.size())}),
                             packed(b.data(), {length(b.size())}),
                             packed(b_offsets.data(), {length(b_offsets.size())}),
                             packed(out.data(), {length(out.size())}),
                             packed(out_offsets.data(), {length(out_offsets.size())}), options);
    return out;
  }
  template <class T>
  std::vector<T> elementwise(const boxes<T>& a, const boxes<T>& b,
                             const iou_options& options) const {
    boxes<T> some_a, some_b;
    const std::int64_t step = padded ? 3 : 1;
    std::vector<T> out(a.size() * static_cast<std::size_t>(step));
    kernels::elementwise_iou<T>(exec, view_of(a, some_a), view_of(b, some_b),
                                {out.data(), {length(a.size())}, {step}}, options);
    std::vector<T> given(a.size());
    for (std::size_t k = 0; k < a.size(); ++k) given[k] = out[k * static_cast<std::size_t>(step)];
    return given;
  }
};

template <class T>
void every_instruction_set() {
  const auto a = random_boxes<T>(67, 1, true);
  const auto b = random_boxes<T>(1100, 2, true);
  const cpu_run portable{{.threads = 1, .isa = instruction_set::portable}};
  for (const auto kind : kKinds) {
    for (const auto convention : kConventions) {
      const iou_options options{kind, convention};
      const auto expected = portable.pairwise(a, b, options);
      std::vector<T> of_pairs;
      for (const auto& x : a) {
        for (const auto& y : b) of_pairs.push_back(kernels::math::overlap_of(options, x, y));
      }
      CHECK(same_bits(expected, of_pairs));
      const auto expected_pairs = portable.elementwise(b, b, options);
      for (const auto isa : {instruction_set::avx2, instruction_set::avx512}) {
        if (!kernels::cpu::supported(isa)) continue;
        for (const int threads : {1, 3}) {
          const cpu_run run{{.threads = threads, .isa = isa}};
          CHECK(same_bits(run.pairwise(a, b, options), expected));
          CHECK(same_bits(run.elementwise(b, b, options), expected_pairs));
        }
      }
    }
  }
}

}  // namespace

TEST_CASE("iou cpu: equals the definitions") {
  for (const bool padded : {false, true}) {
    const cpu_run run{{.threads = 1}, padded};
    all_kinds<float>(run, 33, 47);
    all_kinds<double>(run, 33, 47);
    for (const int size : {0, 1, 2, 15, 16, 17, 31, 32, 513}) {
      equals_definition<float>(run, 3, size, true, {});
      equals_definition<double>(run, size, 3, true, {});
    }
  }
}

TEST_CASE("iou cpu: the same bytes with every instruction set and any number of threads") {
  every_instruction_set<float>();
  every_instruction_set<double>();
}

TEST_CASE("iou cpu: groups equal single calls") {
  const std::vector<int> rows{3, 0, 12, 1, 0, 530, 5, 2};
  const std::vector<int> columns{4, 7, 12, 1, 0, 9, 0, 600};
  for (const int threads : {1, 2}) {
    const cpu_run run{{.threads = threads}};
    ragged_equals_groups<float>(run, rows, columns, {});
    ragged_equals_groups<double>(run, rows, columns, {.kind = overlap::over_a});
    ragged_equals_groups<float>(run, {}, {}, {});
  }
  const std::vector<int> many(2000, 7);
  ragged_equals_groups<float>(cpu_run{{.threads = 3}}, many, many, {.kind = overlap::giou});
}

TEST_CASE("iou cpu: transposed and scattered outputs") {
  const auto a = random_boxes<float>(40, 8, true);
  const auto b = random_boxes<float>(21, 9, true);
  for (const auto kind : kKinds) {
    const auto expected = cpu_run{{.threads = 1}}.pairwise(a, b, {.kind = kind});
    for (const std::int64_t step : {1, 2}) {
      std::vector<float> out(40 * 21 * 2);
      kernels::pairwise_iou<float>({.threads = 1}, packed(a.data(), {40}), packed(b.data(), {21}),
                                   {out.data(), {40, 21}, {step, 40 * step}}, {.kind = kind});
      int wrong = 0;
      for (std::size_t i = 0; i < 40; ++i) {
        for (std::size_t j = 0; j < 21; ++j) {
          wrong += out[static_cast<std::size_t>(step) * (i + 40 * j)] != expected[21 * i + j];
        }
      }
      CHECK(wrong == 0);
    }
  }
}

TEST_CASE("iou: known values") {
  using kernels::box;
  constexpr auto kInclusive = pixel_convention::inclusive;
  const box<double> a{0, 0, 4, 2};
  const box<double> b{2, 0, 6, 2};
  const auto value = [](const box<double>& x, const box<double>& y, const iou_options& options) {
    return cpu_run{{.threads = 1}}.pairwise<double>({x}, {y}, options)[0];
  };
  CHECK(value(a, b, {}) == 4.0 / 12);
  CHECK(value(a, b, {.convention = kInclusive}) == 9.0 / 21);
  CHECK(value(a, b, {.kind = overlap::over_a}) == 0.5);
  CHECK(value(a, {0, 0, 1, 1}, {.kind = overlap::over_smaller}) == 1);
  CHECK(value({0, 0, 1, 1}, {3, 0, 4, 1}, {.kind = overlap::giou}) == -0.5);
  CHECK(value({0, 0, 1, 1}, {1, 0, 2, 1}, {}) == 0);  // touching edges share nothing
  CHECK(value({0, 0, 0, 0}, {0, 0, 0, 0}, {.convention = kInclusive}) == 1);  // one pixel
  CHECK(value({0, 0, 0, 0}, {0, 0, 0, 0}, {}) == 0);
  CHECK(kernels::math::iou(a, {std::nan(""), 0, 6, 2}, pixel_convention::continuous) == 0);
  CHECK(kernels::math::iou(box<double>{std::nan(""), 0, 6, 2}, a, pixel_convention::continuous) ==
        0);
  const box<float> huge{-3e38F, -3e38F, 3e38F, 3e38F};
  CHECK(kernels::math::iou(huge, huge, pixel_convention::continuous) == 0);
}

TEST_CASE("iou: refused arguments") {
  const boxes<float> a(4), b(3);
  std::vector<float> out(12);
  const auto at = packed(a.data(), {4});
  const auto bt = packed(b.data(), {3});
  const kernels::on_cpu exec{.threads = 1};
  CHECK_THROWS_WITH_AS(kernels::pairwise_iou<float>(exec, at, bt, packed(out.data(), {3, 4})),
                       doctest::Contains("out: wanted (4, 3), given (3, 4)"), kernels::error);
  CHECK_THROWS_WITH_AS(kernels::pairwise_iou<float>(exec, at, bt, {out.data(), {4, 3}, {2, 1}}),
                       doctest::Contains("nothing overlaps"), kernels::error);
  CHECK_THROWS_WITH_AS(kernels::elementwise_iou<float>(exec, at, bt, packed(out.data(), {4})),
                       doctest::Contains("b: wanted 4 elements, given 3"), kernels::error);
  CHECK_THROWS_AS(
      kernels::pairwise_iou<float>(exec, at, bt, packed(static_cast<float*>(nullptr), {4, 3})),
      kernels::error);
  CHECK_THROWS_AS(kernels::pairwise_iou<float>(exec, at, bt, packed(out.data(), {4, 3}),
                                               {.kind = static_cast<overlap>(9)}),
                  kernels::error);
  const auto ragged = [&](std::vector<std::int32_t> offsets, std::vector<std::int64_t> places) {
    kernels::pairwise_iou<float>(exec, at, packed(std::as_const(offsets).data(), {3}), at,
                                 packed(std::as_const(offsets).data(), {3}),
                                 packed(out.data(), {12}),
                                 packed(std::as_const(places).data(), {3}));
  };
  CHECK_NOTHROW(ragged({0, 2, 4}, {0, 4, 8}));
  CHECK_THROWS_WITH_AS(ragged({0, 3, 2}, {0, 4, 8}), doctest::Contains("do not fall"),
                       kernels::error);
  CHECK_THROWS_WITH_AS(ragged({0, 2, 5}, {0, 4, 8}), doctest::Contains("at most 4"),
                       kernels::error);
  CHECK_THROWS_WITH_AS(ragged({0, 1, 4}, {0, 1, 9}), doctest::Contains("room for 9"),
                       kernels::error);
#if !KERNELS_HAS_CUDA
  CHECK_THROWS_WITH_AS(kernels::pairwise_iou<float>(kernels::on_gpu(), {}, {}, {}),
                       doctest::Contains("kernels::cuda"), kernels::error);
#endif
}

TEST_CASE("iou: the arc tangent is within its bound") {
  std::mt19937_64 random(4);
  double worst = 0;
  double worst_float = 0;
  const auto ulps = [](auto given, long double wanted) {
    using T = decltype(given);
    const T near = static_cast<T>(wanted);
    const T ulp = std::nextafter(near, std::numeric_limits<T>::infinity()) - near;
    return static_cast<double>(std::abs(given - wanted) / ulp);
  };
  for (int k = 0; k < 200000; ++k) {
    const double y = std::ldexp(static_cast<double>(random() >> 11) + 1, -40 + int(random() % 20));
    const double x = std::ldexp(static_cast<double>(random() >> 11) + 1, -40 + int(random() % 20));
    worst = std::fmax(
        worst, ulps(kernels::math::arc_tangent(y, x), std::atan2(static_cast<long double>(y), x)));
    const auto fy = static_cast<float>(y);
    const auto fx = static_cast<float>(x);
    worst_float = std::fmax(worst_float, ulps(kernels::math::arc_tangent(fy, fx),
                                              std::atan2(static_cast<long double>(fy), fx)));
  }
  CHECK(worst <= 3);
  CHECK(worst_float <= 3);
  CHECK(kernels::math::arc_tangent(0.0, 0.0) == 0);
  CHECK(kernels::math::arc_tangent(1.0, 0.0) == kernels::math::kHalfPi<double>);
}
