// iou's CUDA kernels in the emulator, under several thread schedules.
#include "../iou_cases.hpp"

#include <kernels/core/buffer.hpp>
#include <kernels/iou.cuh>

namespace {

using namespace iou_cases;
namespace gpu = kernels::gpu;

std::int64_t length(std::size_t n) { return static_cast<std::int64_t>(n); }

template <class T, std::size_t Rank>
auto device(T* data, const std::int64_t (&extent)[Rank]) {
  return kernels::packed<kernels::space::device>(data, extent);
}

/// The launchers, with host memory in the place of the device's; rows of out with a gap if padded.
struct kernel_run {
  std::int64_t padding = 0;

  template <class T>
  std::vector<T> pairwise(const boxes<T>& a, const boxes<T>& b, const iou_options& options) const {
    const std::int64_t columns = length(b.size());
    const std::int64_t pitch = columns + padding;
    kernels::buffer<T> out(length(a.size()) * pitch);
    std::fill(out.data(), out.data() + out.size(), T(-7));
    gpu::iou_launchers<T>::pairwise(nullptr, device(a.data(), {length(a.size())}),
                                    device(b.data(), {columns}),
                                    {out.data(), {length(a.size()), columns}, {pitch, 1}}, options);
    std::vector<T> given;
    for (std::int64_t k = 0; k < out.size(); ++k) {
      if (k % pitch < columns) given.push_back(out.data()[k]);
      if (k % pitch >= columns && out.data()[k] != T(-7)) given.clear();  // padding was written
    }
    return given;
  }
  template <class T>
  std::vector<T> ragged(const boxes<T>& a, const std::vector<std::int32_t>& a_offsets,
                        const boxes<T>& b, const std::vector<std::int32_t>& b_offsets,
                        std::vector<T> out, const std::vector<std::int64_t>& out_offsets,
                        const iou_options& options) const {
    gpu::iou_launchers<T>::ragged(
        nullptr, device(a.data(), {length(a.size())}),
        device(a_offsets.data(), {length(a_offsets.size())}), device(b.data(), {length(b.size())}),
        device(b_offsets.data(), {length(b_offsets.size())}),
        device(out.data(), {length(out.size())}),
        device(out_offsets.data(), {length(out_offsets.size())}), options);
    return out;
  }
  template <class T>
  std::vector<T> elementwise(const boxes<T>& a, const boxes<T>& b,
                             const iou_options& options) const {
    std::vector<T> out(a.size());
    gpu::iou_launchers<T>::elementwise(nullptr, device(a.data(), {length(a.size())}),
                                       device(b.data(), {length(b.size())}),
                                       device(out.data(), {length(a.size())}), options);
    return out;
  }
};

}  // namespace

TEST_CASE("iou emulated: equals the definitions on every schedule") {
  for (const unsigned seed : {0U, 1U, 2U}) {
    const kernels::emulator::schedule schedule({.seed = seed});
    const kernel_run run{seed};
    equals_definition<float>(run, 70, 33, true, {});
    equals_definition<double>(run, 3, 513, true, {});
    all_kinds<float>(run, 9, 11);
  }
  all_kinds<double>(kernel_run{1}, 9, 11);
}

TEST_CASE("iou emulated: tiles of rows and columns") {
  for (const int columns : {1023, 1024, 1025})
    equals_definition<float>(kernel_run{3}, 2, columns, false, {});
  for (const int rows : {63, 64, 65, 129})
    equals_definition<float>(kernel_run{4}, rows, 4, false, {});
  equals_definition<float>(kernel_run(), 0, 4, false, {});
}

TEST_CASE("iou emulated: groups equal single calls") {
  for (const unsigned seed : {0U, 1U, 2U}) {
    const kernels::emulator::schedule schedule({.seed = seed});
    const std::vector<int> rows{3, 0, 12, 1, 0, 90, 5};
    const std::vector<int> columns{4, 7, 12, 1, 0, 95, 0};
    ragged_equals_groups<float>(kernel_run(), rows, columns, {});
    ragged_equals_groups<double>(kernel_run(), rows, columns, {.kind = overlap::over_b});
  }
  ragged_equals_groups<float>(kernel_run(), {180}, {170}, {.kind = overlap::diou});  // many blocks
}

TEST_CASE("iou emulated: groups stay within an output that is too short, and within the boxes") {
  const auto a = random_boxes<float>(9, 1, false);
  const auto b = random_boxes<float>(11, 2, false);
  const auto all = kernel_run().pairwise(a, b, {});
  for (const std::int64_t room : {1, 11, 40, 98, 99}) {
    // the memory goes on behind the view
    std::vector<float> out(120, -7.0F);
    const std::vector<std::int32_t> a_offsets{0, 9}, b_offsets{0, 11};
    const std::vector<std::int64_t> out_offsets{0, 99};
    gpu::iou_launchers<float>::ragged(nullptr, device(a.data(), {9}), device(a_offsets.data(), {2}),
                                      device(b.data(), {11}), device(b_offsets.data(), {2}),
                                      device(out.data(), {room}), device(out_offsets.data(), {2}),
                                      {});
    std::vector<float> expected(all.begin(), all.begin() + room);
    expected.resize(120, -7.0F);
    CHECK(same_bits(out, expected));
  }
  // starts outside of out; offsets beyond the boxes are cut
  std::vector<float> out(99, -7.0F);
  const kernel_run run;
  CHECK(same_bits(run.ragged<float>(a, {0, 9}, b, {0, 11}, out, {99, 198}, {}), out));
  CHECK(same_bits(run.ragged<float>(a, {0, 9}, b, {0, 11}, out, {-5, 94}, {}), out));
  CHECK(same_bits(run.ragged<float>(a, {-3, 20}, b, {0, 1 << 30}, out, {0, 99}, {}), all));
}
