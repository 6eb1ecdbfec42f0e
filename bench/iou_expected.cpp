// iou on the CPU for the GPU benchmark: see iou_expected.hpp.
#include "iou_expected.hpp"

#include <kernels/iou.hpp>
#include <kernels/iou_match.hpp>

namespace bench {
namespace {

auto as_view(const float_boxes& boxes) {
  return kernels::packed(boxes.data(), {static_cast<std::int64_t>(boxes.size())});
}
template <class T>
auto as_view(std::vector<T>& values) {
  return kernels::packed(values.data(), {static_cast<std::int64_t>(values.size())});
}

}  // namespace

std::vector<float> iou_expected(const float_boxes& a, const float_boxes& b,
                                const kernels::iou_options& options) {
  std::vector<float> matrix(a.size() * b.size());
  kernels::pairwise_iou<float>(
      kernels::on_cpu(), as_view(a), as_view(b),
      kernels::packed(matrix.data(),
                      {static_cast<std::int64_t>(a.size()), static_cast<std::int64_t>(b.size())}),
      options);
  return matrix;
}

iou_matches_expected iou_matches_of(const float_boxes& a, const float_boxes& b,
                                    const kernels::iou_match_options& options) {
  const kernels::on_cpu exec;
  iou_matches_expected all;
  all.best_values.resize(a.size());
  all.best_indices.resize(a.size());
  kernels::iou_best_match<float>(exec, as_view(a), as_view(b), as_view(all.best_values),
                                 as_view(all.best_indices), options);
  all.row_offsets.resize(a.size() + 1);
  const std::int64_t count =
      kernels::iou_matches<float>(exec, as_view(a), as_view(b), as_view(all.row_offsets),
                                  as_view(all.columns), as_view(all.values), options);
  all.columns.resize(static_cast<std::size_t>(count));
  all.values.resize(static_cast<std::size_t>(count));
  kernels::iou_matches<float>(exec, as_view(a), as_view(b), as_view(all.row_offsets),
                              as_view(all.columns), as_view(all.values), options);
  return all;
}

}  // namespace bench
