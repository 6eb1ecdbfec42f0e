// rotated_iou on the CPU.
#include "../rotated_iou_cases.hpp"

#include <kernels/rotated_iou.hpp>

namespace {

using namespace rotated_iou_cases;
using kernels::packed;

std::int64_t length(std::size_t n) { return static_cast<std::int64_t>(n); }

struct cpu_run {
  kernels::on_cpu exec;

  template <class T>
  std::vector<T> pairwise(const boxes<T>& a, const boxes<T>& b) const {
    std::vector<T> out(a.size() * b.size());
    kernels::rotated_pairwise_iou<T>(exec, packed(a.data(), {length(a.size())}),
                                     packed(b.data(), {length(b.size())}),
                                     packed(out.data(), {length(a.size()), length(b.size())}));
    return out;
  }
  template <class T>
  std::vector<T> elementwise(const boxes<T>& a, const boxes<T>& b) const {
    std::vector<T> out(2 * a.size());
    kernels::rotated_elementwise_iou<T>(exec, packed(a.data(), {length(a.size())}),
                                        packed(b.data(), {length(b.size())}),
                                        {out.data(), {length(a.size())}, {2}});
    std::vector<T> given(a.size());
    for (std::size_t k = 0; k < a.size(); ++k) given[k] = out[2 * k];
    return given;
  }
};

}  // namespace

TEST_CASE("rotated_iou cpu: equals polygon clipping") {
  for (const auto isa : {kernels::instruction_set::portable, kernels::instruction_set::best}) {
    const cpu_run run{{.threads = 1, .isa = isa}};
    equals_clipping<float>(run, 130, 129);
    equals_clipping<double>(run, 130, 129);
    equals_clipping<double>(run, 0, 3);
    equals_clipping<float>(run, 1, 1);
    strange_boxes<float>(run);
    strange_boxes<double>(run);
  }
}

TEST_CASE("rotated_iou cpu: the same bytes with every instruction set and any number of threads") {
  const auto a = random_boxes<double>(200, 5);
  const cpu_run portable{{.threads = 1, .isa = kernels::instruction_set::portable}};
  const auto expected = portable.pairwise(a, a);
  for (const int threads : {1, 3}) {
    CHECK(same_bits(cpu_run{{.threads = threads}}.pairwise(a, a), expected));
  }
}

TEST_CASE("rotated_iou: upright boxes overlap as boxes do") {
  const cpu_run run{{.threads = 1}};
  CHECK(run.pairwise<float>({{2, 1, 4, 2, 0}}, {{4, 1, 4, 2, 180}})[0] == 4.0F / 12);
  CHECK(run.pairwise<float>({{2, 1, 4, 2, 0}}, {{6, 1, 4, 2, 0}})[0] == 0);  // touching
}

TEST_CASE("rotated_iou: refused arguments") {
  const boxes<float> a(2);
  std::vector<float> out(6);
  const auto view = packed(a.data(), {2});
  CHECK_THROWS_WITH_AS(kernels::rotated_pairwise_iou<float>(kernels::on_cpu(), view, view,
                                                            packed(out.data(), {2, 3})),
                       doctest::Contains("out: wanted (2, 2)"), kernels::error);
}
