// iou on a GPU, through the front door.
#include "../iou_cases.hpp"
#include "arrays.hpp"

#include <kernels/iou.hpp>

namespace {

using namespace iou_cases;
using gpu_test::array;

std::int64_t length(std::size_t n) { return static_cast<std::int64_t>(n); }

struct gpu_run {
  template <class T>
  std::vector<T> pairwise(const boxes<T>& a, const boxes<T>& b, const iou_options& options) const {
    array<kernels::box<T>> in_a(a), in_b(b);
    array<T> out(std::vector<T>(a.size() * b.size(), T(-7)));
    kernels::pairwise_iou<T>(kernels::on_gpu(), in_a.view(), in_b.view(),
                             out.view(length(a.size()), length(b.size())), options);
    return out.values();
  }
  template <class T>
  std::vector<T> ragged(const boxes<T>& a, const std::vector<std::int32_t>& a_offsets,
                        const boxes<T>& b, const std::vector<std::int32_t>& b_offsets,
                        const std::vector<T>& out, const std::vector<std::int64_t>& out_offsets,
                        const iou_options& options) const {
    array<kernels::box<T>> in_a(a), in_b(b);
    array<std::int32_t> cuts_a(a_offsets), cuts_b(b_offsets);
    array<T> to(out);
    array<std::int64_t> places(out_offsets);
    kernels::pairwise_iou<T>(kernels::on_gpu(), in_a.view(), cuts_a.view(), in_b.view(),
                             cuts_b.view(), to.view(), places.view(), options);
    return to.values();
  }
  template <class T>
  std::vector<T> elementwise(const boxes<T>& a, const boxes<T>& b,
                             const iou_options& options) const {
    array<kernels::box<T>> in_a(a), in_b(b);
    array<T> out(std::vector<T>(a.size()));
    kernels::elementwise_iou<T>(kernels::on_gpu(), in_a.view(), in_b.view(), out.view(), options);
    return out.values();
  }
};

/// The CPU's bytes, of sizes that fill many blocks.
template <class T>
void equals_cpu(int rows, int columns, const iou_options& options) {
  const auto a = random_boxes<T>(rows, 1, true);
  const auto b = random_boxes<T>(columns, 2, true);
  std::vector<T> expected(a.size() * b.size());
  kernels::pairwise_iou<T>(kernels::on_cpu(), kernels::packed(a.data(), {rows}),
                           kernels::packed(b.data(), {columns}),
                           kernels::packed(expected.data(), {rows, columns}), options);
  CHECK(same_bits(gpu_run().pairwise(a, b, options), expected));
}

}  // namespace

TEST_CASE("iou gpu: equals the definitions") {
  all_kinds<float>(gpu_run(), 33, 47);
  all_kinds<double>(gpu_run(), 33, 47);
  for (const int size : {0, 1, 31, 32, 513, 1025}) {
    equals_definition<float>(gpu_run(), 3, size, true, {});
  }
}

TEST_CASE("iou gpu: the CPU's bytes") {
  for (const auto kind : kKinds) {
    for (const auto convention : kConventions) {
      equals_cpu<float>(700, 1500, {kind, convention});
      equals_cpu<double>(130, 1501, {kind, convention});
    }
  }
}

TEST_CASE("iou gpu: groups equal single calls") {
  const std::vector<int> rows{3, 0, 12, 1, 0, 530, 5, 2};
  const std::vector<int> columns{4, 7, 12, 1, 0, 9, 0, 600};
  ragged_equals_groups<float>(gpu_run(), rows, columns, {});
  ragged_equals_groups<double>(gpu_run(), rows, columns, {.kind = overlap::ciou});
}
