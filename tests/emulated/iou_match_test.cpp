// iou_match's CUDA kernels in the emulator, under several thread schedules.
#include "../iou_match_cases.hpp"

#include <kernels/iou_match.cuh>

namespace {

using namespace iou_match_cases;
namespace gpu = kernels::gpu;

std::int64_t length(std::size_t n) { return static_cast<std::int64_t>(n); }

template <class T, std::size_t Rank>
auto device(T* data, const std::int64_t (&extent)[Rank]) {
  return kernels::packed<kernels::space::device>(data, extent);
}

struct kernel_run {
  template <class T>
  std::vector<T> pairwise(const boxes<T>& a, const boxes<T>& b,
                          const kernels::iou_options& options) const {
    std::vector<T> out(a.size() * b.size());
    for (std::size_t k = 0; k < out.size(); ++k) {
      out[k] = kernels::math::overlap_of(options, a[k / b.size()], b[k % b.size()]);
    }
    return out;
  }
  template <class T>
  best<T> best_match(const boxes<T>& a, const boxes<T>& b, const iou_match_options& options) const {
    best<T> found{std::vector<T>(a.size()), std::vector<std::int32_t>(a.size())};
    gpu::iou_match_launchers<T>::best(nullptr, device(a.data(), {length(a.size())}),
                                      device(b.data(), {length(b.size())}),
                                      device(found.values.data(), {length(a.size())}),
                                      device(found.indices.data(), {length(a.size())}), options);
    return found;
  }
  template <class T>
  list<T> matches(const boxes<T>& a, const boxes<T>& b, const iou_match_options& options,
                  std::int64_t capacity) const {
    const auto room = static_cast<std::size_t>(capacity);
    list<T> found{0, std::vector<std::int64_t>(a.size() + 1), std::vector<std::int32_t>(room, -7),
                  std::vector<T>(room, T(-7))};
    gpu::iou_match_launchers<T>::list(
        nullptr, device(a.data(), {length(a.size())}), device(b.data(), {length(b.size())}),
        device(found.row_offsets.data(), {length(a.size() + 1)}),
        device(found.columns.data(), {capacity}), device(found.values.data(), {capacity}), options);
    found.count = found.row_offsets.back();
    return found;
  }
};

}  // namespace

TEST_CASE("iou_match emulated: equals a search of the matrix on every schedule") {
  for (const unsigned seed : {0U, 1U, 2U}) {
    const kernels::emulator::schedule schedule({.seed = seed});
    all_kinds<float>(kernel_run(), 6, 37);
    equals_search<double>(kernel_run(), 17, 64, {.threshold = 0.2});
  }
  for (const int columns : {0, 1, 31, 32, 33}) {
    equals_search<float>(kernel_run(), 5, columns, {.threshold = 0.2});
    equals_search<double>(kernel_run(), 16, columns, {.kind = overlap::giou, .threshold = -0.9});
  }
}

TEST_CASE("iou_match emulated: more rows than one round of the scan") {
  equals_search<float>(kernel_run(), 1030, 3, {});
  equals_search<float>(kernel_run(), 0, 3, {});
}
