// iou_match on the CPU.
#include "../iou_match_cases.hpp"

#include <kernels/iou.hpp>
#include <kernels/iou_match.hpp>

namespace {

using namespace iou_match_cases;
using kernels::packed;

std::int64_t length(std::size_t n) { return static_cast<std::int64_t>(n); }

struct cpu_run {
  kernels::on_cpu exec;

  template <class T>
  std::vector<T> pairwise(const boxes<T>& a, const boxes<T>& b,
                          const kernels::iou_options& options) const {
    std::vector<T> out;
    for (const auto& x : a) {
      for (const auto& y : b) out.push_back(kernels::math::overlap_of(options, x, y));
    }
    return out;
  }
  template <class T>
  best<T> best_match(const boxes<T>& a, const boxes<T>& b, const iou_match_options& options) const {
    best<T> found{std::vector<T>(a.size()), std::vector<std::int32_t>(a.size())};
    kernels::iou_best_match<T>(exec, packed(a.data(), {length(a.size())}),
                               packed(b.data(), {length(b.size())}),
                               packed(found.values.data(), {length(a.size())}),
                               packed(found.indices.data(), {length(a.size())}), options);
    return found;
  }
  template <class T>
  list<T> matches(const boxes<T>& a, const boxes<T>& b, const iou_match_options& options,
                  std::int64_t capacity) const {
    const auto room = static_cast<std::size_t>(capacity);
    list<T> found{0, std::vector<std::int64_t>(a.size() + 1), std::vector<std::int32_t>(room, -7),
                  std::vector<T>(room, T(-7))};
    found.count = kernels::iou_matches<T>(
        exec, packed(a.data(), {length(a.size())}), packed(b.data(), {length(b.size())}),
        packed(found.row_offsets.data(), {length(a.size() + 1)}),
        packed(found.columns.data(), {capacity}), packed(found.values.data(), {capacity}), options);
    return found;
  }
};

}  // namespace

TEST_CASE("iou_match cpu: equals a search of the matrix") {
  for (const auto isa : {kernels::instruction_set::portable, kernels::instruction_set::avx2,
                         kernels::instruction_set::avx512}) {
    if (!kernels::cpu::supported(isa)) continue;
    const cpu_run run{{.threads = 1, .isa = isa}};
    all_kinds<float>(run, 21, 70);
    all_kinds<double>(run, 21, 70);
    for (const int columns : {0, 1, 15, 16, 17, 31, 33, 512, 513, 1100}) {
      equals_search<float>(run, 5, columns, {.threshold = 0.2});
      equals_search<double>(run, 2, columns, {.kind = overlap::giou, .threshold = -0.9});
    }
    equals_search<float>(run, 0, 4, {});
    equals_search<float>(run, 600, 3, {});
  }
}

TEST_CASE("iou_match cpu: equals a search of the matrix where boxes are sorted") {
  for (const auto isa : {kernels::instruction_set::portable, kernels::instruction_set::avx2,
                         kernels::instruction_set::avx512}) {
    if (!kernels::cpu::supported(isa)) continue;
    const cpu_run run{{.threads = 1, .isa = isa}};
    for (const int columns : {128, 137, 512, 1025}) {
      many<float>(run, 65, columns);
      many<double>(run, 65, columns);
    }
  }
}

TEST_CASE("iou_match cpu: any number of threads") {
  for (const int threads : {2, 5}) {
    equals_search<float>(cpu_run{{.threads = threads}}, 700, 600, {.threshold = 0.3});
  }
}

TEST_CASE("iou_match: refused arguments") {
  const boxes<float> a(2);
  std::vector<float> values(2);
  std::vector<std::int32_t> indices(3);
  const auto view = packed(a.data(), {2});
  const kernels::on_cpu exec;
  CHECK_THROWS_WITH_AS(kernels::iou_best_match<float>(exec, view, view, packed(values.data(), {2}),
                                                      packed(indices.data(), {3})),
                       doctest::Contains("indices: wanted 2 elements"), kernels::error);
  CHECK_THROWS_WITH_AS(
      kernels::iou_best_match<float>(exec, view, view, packed(values.data(), {2}),
                                     packed(indices.data(), {2}), {.threshold = std::nan("")}),
      doctest::Contains("threshold"), kernels::error);
  std::vector<std::int64_t> offsets(2);
  CHECK_THROWS_WITH_AS(
      kernels::iou_matches<float>(exec, view, view, packed(offsets.data(), {2}),
                                  packed(indices.data(), {2}), packed(values.data(), {2})),
      doctest::Contains("row_offsets: wanted 3 elements"), kernels::error);
}
