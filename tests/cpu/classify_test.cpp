// classify on the CPU.
#include "../classify_cases.hpp"

#include <kernels/classify.hpp>

namespace {

using kernels::instruction_set;
using kernels::view;
using namespace classify_cases;

struct cpu_run {
  kernels::on_cpu exec;

  template <class T>
  void operator()(const view<const T, 2>& rows, const view<const T, 2>& classes,
                  const kernels::classify_outputs<>& out, const classify_params& params) const {
    kernels::classify<T>(exec, rows, classes, out, params);
  }
};

}  // namespace

TEST_CASE("classify cpu: equals the definition; ties; the same bytes everywhere") {
  const auto rows = rows_of<float>(120, 33, 5);
  const auto classes = rows_of<float>(203, 33, 6);
  const results portable =
      run_on<float>(cpu_run{{1, instruction_set::portable}}, rows, classes, 33, 7, {0.02F});
  for (const auto isa :
       {instruction_set::portable, instruction_set::avx2, instruction_set::avx512}) {
    if (!kernels::cpu::supported(isa)) continue;
    const cpu_run run{{3, isa}};
    for (const float temperature : {0.01F, 0.2F, 3.0F}) {
      equals_definition<float>(run, 60, 31, 20, 5, temperature);
      equals_definition<float>(run, 9, 3, 16, 5, temperature);
    }
    equals_definition<float>(run, 3, 0, 16, 5, 1.0F);
    equals_definition<float>(run, 0, 3, 16, 5, 1.0F);
    equals_definition<float>(run, 12, 1000, 8, 64, 1.0F);
    equals_definition<kernels::half>(run, 13, 33, 20, 4, 0.05F);
    equals_definition<kernels::bfloat16>(run, 13, 33, 20, 4, 0.05F);
    ties_and_prefix(run);
    CHECK(known_hash(run) == kKnownHash);
    const results r = run_on<float>(run, rows, classes, 33, 7, {0.02F});
    CHECK(r == portable);
  }
}

TEST_CASE("classify cpu: all probabilities sum to 1, also at temperatures near 0") {
  const auto rows = rows_of<float>(40, 20, 1);
  const auto classes = rows_of<float>(50, 20, 2);
  for (const float temperature : {1e-38F, 1e-4F, 0.01F, 1e38F}) {
    const results r = run_on<float>(cpu_run{{1}}, rows, classes, 20, 50, {temperature});
    bool right = true;
    for (std::size_t i = 0; i < 40; ++i) {
      double sum = 0;
      for (std::size_t k = 0; k < 50; ++k) sum += r.probabilities[50 * i + k];
      right = right && (r.classes[50 * i] < 0 ? sum == 0 : std::abs(sum - 1) < 1e-6);
    }
    CHECK(right);
  }
}

TEST_CASE("classify: outputs that are left out, refused arguments") {
  const std::vector<float> values(600, 1.0F);
  std::vector<std::int32_t> best(400, -9);
  const auto rows = packed(values.data(), {3, 4});
  const kernels::on_cpu exec;
  kernels::classify<float>(exec, rows, rows, {.classes = packed(best.data(), {3, 2})});
  CHECK(best[0] == 0);
  CHECK(best[1] == 1);
  CHECK(best[6] == -9);
  CHECK_THROWS_WITH_AS(kernels::classify<float>(exec, rows, packed(values.data(), {2, 5}),
                                                {.classes = packed(best.data(), {3, 2})}),
                       doctest::Contains("classes: wanted rows of 4"), kernels::error);
  CHECK_THROWS_WITH_AS(
      kernels::classify<float>(exec, rows, rows, {.classes = packed(best.data(), {3, 65})}),
      doctest::Contains("at most 64"), kernels::error);
  for (const float temperature : {0.0F, -1.0F, kInfinite, std::nanf("")}) {
    CHECK_THROWS_WITH_AS(
        kernels::classify<float>(exec, rows, rows, {.classes = packed(best.data(), {3, 2})},
                                 {.temperature = temperature}),
        doctest::Contains("temperature"), kernels::error);
  }
}
