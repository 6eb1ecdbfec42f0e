// normalize on the CPU.
#include "../normalize_cases.hpp"

#include <kernels/normalize.hpp>

namespace {

using kernels::instruction_set;
using namespace normalize_cases;

struct cpu_run {
  kernels::on_cpu exec;

  template <class In, class Out>
  void operator()(const kernels::view<const In, 2>& rows, const kernels::view<Out, 2>& out,
                  const kernels::view<row_state, 1>& states) const {
    const auto counts = kernels::normalize<In, Out>(exec, rows, out, states);
    if (states.data == nullptr) return;
    kernels::normalize_counts counted;
    for (std::int64_t r = 0; r < states.extent[0]; ++r) {
      counted.zero += states.data[r] == row_state::zero;
      counted.not_finite += states.data[r] == row_state::not_finite;
    }
    if (counts != counted) FAIL("counts");
  }
};

/// Bytes of all three types, every row kind, for one instruction set.
template <class In, class Out>
std::vector<Out> result_of(instruction_set isa, int threads) {
  matrix<In> rows(300, 131, 0, 1);
  fill(rows, 8);
  matrix<Out> out(300, 131, 0, 1);
  kernels::normalize<In, Out>({threads, isa}, rows.as_view(), out.as_view());
  return out.values;
}

template <class In, class Out>
bool same_as_portable(instruction_set isa) {
  const auto a = result_of<In, Out>(instruction_set::portable, 1);
  const auto b = result_of<In, Out>(isa, 3);
  return std::memcmp(a.data(), b.data(), a.size() * sizeof(Out)) == 0;
}

}  // namespace

TEST_CASE("normalize cpu: equals the definition; rows where they stand") {
  for (const auto isa :
       {instruction_set::portable, instruction_set::avx2, instruction_set::avx512}) {
    if (!kernels::cpu::supported(isa)) continue;
    equals_definition(cpu_run{{2, isa}});
    in_place<float>(cpu_run{{1, isa}});
    in_place<half>(cpu_run{{1, isa}});
    in_place<bfloat16>(cpu_run{{1, isa}});
    CHECK(same_as_portable<float, float>(isa));
    CHECK(same_as_portable<half, half>(isa));
    CHECK(same_as_portable<bfloat16, bfloat16>(isa));
    CHECK(same_as_portable<float, half>(isa));
    CHECK(same_as_portable<float, bfloat16>(isa));
    CHECK(same_as_portable<half, bfloat16>(isa));
  }
}

TEST_CASE("normalize cpu: a row has the same bytes in any batch, and stays nearly as it is") {
  matrix<float> rows(40, 100, 0, 1), all(40, 100, 0, 1), again(40, 100, 0, 1);
  fill(rows, 5);
  kernels::normalize<float, float>({2}, rows.as_view(), all.as_view());
  for (std::int64_t i = 0; i < 40; ++i) {
    matrix<float> one(1, 100, 0, 1);
    kernels::normalize<float, float>({1}, {&rows.at(i, 0), {1, 100}, {100, 1}}, one.as_view());
    CHECK(std::memcmp(one.values.data(), &all.at(i, 0), 400) == 0);
  }
  kernels::normalize<float, float>({2}, all.as_view(), again.as_view());
  float largest = 0;
  for (std::size_t k = 0; k < all.values.size(); ++k) {
    const float change = std::abs(all.values[k] - again.values[k]);
    if (change > largest) largest = change;  // NaN is not
  }
  CHECK(largest < 1e-7F);
}

TEST_CASE("normalize: refused arguments") {
  matrix<float> rows(3, 4, 0, 1), out(3, 5, 0, 1);
  std::vector<row_state> states(2);
  CHECK_THROWS_WITH_AS(
      (kernels::normalize<float, float>(kernels::on_cpu(), rows.as_view(), out.as_view())),
      doctest::Contains("out: wanted shape (3, 4)"), kernels::error);
  CHECK_THROWS_WITH_AS(
      (kernels::normalize<float, float>(kernels::on_cpu(), rows.as_view(), rows.as_view(),
                                        kernels::packed(states.data(), {2}))),
      doctest::Contains("states"), kernels::error);
  const kernels::view<float, 2> shifted{rows.values.data(), {2, 4}, {5, 1}};
  const kernels::view<float, 2> two_rows{rows.values.data(), {2, 4}, {4, 1}};
  CHECK_THROWS_WITH_AS((kernels::normalize<float, float>(kernels::on_cpu(), two_rows, shifted)),
                       doctest::Contains("other strides"), kernels::error);
#if !KERNELS_HAS_CUDA
  const kernels::device_view<float, 2> nothing{};
  CHECK_THROWS_WITH_AS((kernels::normalize<float, float>(kernels::on_gpu(), nothing, nothing)),
                       doctest::Contains("kernels::cuda"), kernels::error);
#endif
}
