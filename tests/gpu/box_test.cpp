// box on a GPU, through the front door.
#include "../box_cases.hpp"
#include "arrays.hpp"

#include <kernels/box.hpp>

namespace {

using namespace box_cases;
using gpu_test::array;

std::int64_t length(std::size_t n) { return static_cast<std::int64_t>(n); }

struct gpu_run {
  template <class T>
  boxes<T> from(const std::vector<T>& numbers, box_format format) const {
    array<T> in(numbers);
    array<kernels::box<T>> out(boxes<T>(numbers.size() / 4));
    kernels::convert_boxes<T>(kernels::on_gpu(), in.view(length(numbers.size() / 4), 4), format,
                              out.view());
    return out.values();
  }
  template <class T>
  std::vector<T> to(const boxes<T>& all, box_format format) const {
    array<kernels::box<T>> in(all);
    array<T> out(std::vector<T>(4 * all.size()));
    kernels::convert_boxes<T>(kernels::on_gpu(), in.view(), format,
                              out.view(length(all.size()), 4));
    return out.values();
  }
  template <class T>
  boxes<T> move(const boxes<T>& all, const kernels::box_move& options) const {
    array<kernels::box<T>> moved(all);
    kernels::move_boxes<T>(kernels::on_gpu(), moved.view(), moved.view(), options);
    return moved.values();
  }
};

}  // namespace

TEST_CASE("box gpu: equals the definitions") {
  all_cases<float>(gpu_run());
  all_cases<double>(gpu_run());
}
