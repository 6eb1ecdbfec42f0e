// iou_match on a GPU, through the front door.
#include "../iou_match_cases.hpp"
#include "arrays.hpp"

#include <kernels/iou.hpp>
#include <kernels/iou_match.hpp>

namespace {

using namespace iou_match_cases;
using gpu_test::array;

std::int64_t length(std::size_t n) { return static_cast<std::int64_t>(n); }

struct gpu_run {
  template <class T>
  std::vector<T> pairwise(const boxes<T>& a, const boxes<T>& b,
                          const kernels::iou_options& options) const {
    std::vector<T> out(a.size() * b.size());
    kernels::pairwise_iou<T>(kernels::on_cpu(), kernels::packed(a.data(), {length(a.size())}),
                             kernels::packed(b.data(), {length(b.size())}),
                             kernels::packed(out.data(), {length(a.size()), length(b.size())}),
                             options);
    return out;
  }
  template <class T>
  best<T> best_match(const boxes<T>& a, const boxes<T>& b, const iou_match_options& options) const {
    array<kernels::box<T>> in_a(a), in_b(b);
    array<T> values(std::vector<T>(a.size()));
    array<std::int32_t> indices(std::vector<std::int32_t>(a.size()));
    kernels::iou_best_match<T>(kernels::on_gpu(), in_a.view(), in_b.view(), values.view(),
                               indices.view(), options);
    return {values.values(), indices.values()};
  }
  template <class T>
  list<T> matches(const boxes<T>& a, const boxes<T>& b, const iou_match_options& options,
                  std::int64_t capacity) const {
    const auto room = static_cast<std::size_t>(capacity);
    array<kernels::box<T>> in_a(a), in_b(b);
    array<std::int64_t> row_offsets(std::vector<std::int64_t>(a.size() + 1));
    array<std::int32_t> columns(std::vector<std::int32_t>(room, -7));
    array<T> values(std::vector<T>(room, T(-7)));
    kernels::iou_matches<T>(kernels::on_gpu(), in_a.view(), in_b.view(), row_offsets.view(),
                            columns.view(), values.view(), options);
    const auto offsets = row_offsets.values();
    return {offsets.back(), offsets, columns.values(), values.values()};
  }
};

}  // namespace

TEST_CASE("iou_match gpu: equals a search of the matrix") {
  all_kinds<float>(gpu_run(), 21, 70);
  all_kinds<double>(gpu_run(), 21, 70);
  for (const int columns : {0, 1, 31, 32, 33, 1100}) {
    equals_search<float>(gpu_run(), 5, columns, {.threshold = 0.2});
  }
  equals_search<float>(gpu_run(), 3000, 900, {.threshold = 0.4});
  equals_search<float>(gpu_run(), 0, 3, {});
}
