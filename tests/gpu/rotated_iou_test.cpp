// rotated_iou on a GPU, through the front door.
#include "../rotated_iou_cases.hpp"
#include "arrays.hpp"

#include <kernels/rotated_iou.hpp>

namespace {

using namespace rotated_iou_cases;
using gpu_test::array;

std::int64_t length(std::size_t n) { return static_cast<std::int64_t>(n); }

struct gpu_run {
  template <class T>
  std::vector<T> pairwise(const boxes<T>& a, const boxes<T>& b) const {
    array<kernels::rotated_box<T>> in_a(a), in_b(b);
    array<T> out(std::vector<T>(a.size() * b.size()));
    kernels::rotated_pairwise_iou<T>(kernels::on_gpu(), in_a.view(), in_b.view(),
                                     out.view(length(a.size()), length(b.size())));
    return out.values();
  }
  template <class T>
  std::vector<T> elementwise(const boxes<T>& a, const boxes<T>& b) const {
    array<kernels::rotated_box<T>> in_a(a), in_b(b);
    array<T> out(std::vector<T>(a.size()));
    kernels::rotated_elementwise_iou<T>(kernels::on_gpu(), in_a.view(), in_b.view(), out.view());
    return out.values();
  }
};

}  // namespace

TEST_CASE("rotated_iou gpu: equals polygon clipping, and the CPU's bytes") {
  equals_clipping<float>(gpu_run(), 130, 129);
  equals_clipping<double>(gpu_run(), 130, 129);
  strange_boxes<float>(gpu_run());
  const auto a = random_boxes<double>(300, 5);
  std::vector<double> expected(a.size() * a.size());
  const auto view = kernels::packed(a.data(), {300});
  kernels::rotated_pairwise_iou<double>(kernels::on_cpu(), view, view,
                                        kernels::packed(expected.data(), {300, 300}));
  CHECK(same_bits(gpu_run().pairwise(a, a), expected));
}
