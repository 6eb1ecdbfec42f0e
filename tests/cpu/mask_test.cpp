// Packed masks on the CPU.
#include "../instruction_sets.hpp"
#include "../mask_cases.hpp"

#include <kernels/mask.hpp>

namespace {

using namespace mask_cases;
using kernels::packed;

struct cpu_runner {
  kernels::on_cpu exec;

  void pack(const pixels& p, words& m) const {
    kernels::pack_masks(exec, p.as_view(), m.as_view());
  }
  void unpack(const words& m, pixels& p, std::uint8_t value) const {
    kernels::unpack_masks(exec, m.as_view(), p.as_view(), value);
  }
  void areas(const words& m, std::vector<std::int64_t>& out) const {
    kernels::mask_areas(exec, m.as_view(), packed(out.data(), {m.extent[0]}));
  }
  void boxes(const words& m, std::vector<int_box>& out) const {
    kernels::mask_boxes(exec, m.as_view(), packed(out.data(), {m.extent[0]}));
  }
  template <class T>
  void iou(const words& a, const words& b, std::vector<T>& out) const {
    kernels::mask_iou(exec, a.as_view(), b.as_view(),
                      packed(out.data(), {a.extent[0], b.extent[0]}));
  }
};

}  // namespace

TEST_CASE("mask cpu: the definition, any instruction set and number of threads") {
  for (const auto isa : instruction_sets()) {
    CAPTURE(std::string(kernels::cpu::name(isa)));
    for (const int threads : {1, 3}) {
      equals_definition(cpu_runner{{.threads = threads, .isa = isa}});
      iou_equals_loop(cpu_runner{{.threads = threads, .isa = isa}});
    }
  }
}

TEST_CASE("mask cpu: bool pixels") {
  const std::array<bool, 6> p{true, false, true, false, false, true};
  std::array<std::uint64_t, 2> m{};
  kernels::pack_masks(kernels::on_cpu(), packed(p.data(), {1, 2, 3}), packed(m.data(), {1, 2, 1}));
  CHECK(m == std::array<std::uint64_t, 2>{5, 4});
}

TEST_CASE("mask: refused arguments") {
  std::vector<std::uint8_t> p(64);
  std::vector<std::uint64_t> m(16, 9);
  std::vector<float> out(16);
  const auto exec = kernels::on_cpu();
  const auto masks = [&](std::int64_t n, std::int64_t h, std::int64_t w) {
    return packed(static_cast<const std::uint64_t*>(m.data()), {n, h, w});
  };
  CHECK_THROWS_WITH_AS(
      kernels::pack_masks(exec, packed(p.data(), {1, 1, 64}), packed(m.data(), {1, 1, 2})),
      doctest::Contains("masks: wanted shape (1, 1, 1)"), kernels::error);
  CHECK_THROWS_AS(kernels::unpack_masks(exec, masks(2, 1, 1), packed(p.data(), {1, 1, 64})),
                  kernels::error);
  CHECK_THROWS_WITH_AS(
      kernels::mask_iou(exec, masks(1, 2, 1), masks(1, 1, 2), packed(out.data(), {1, 1})),
      doctest::Contains("b: wanted masks as large"), kernels::error);
  CHECK_THROWS_WITH_AS(
      kernels::mask_iou(exec, masks(1, 2, 1), masks(3, 2, 1), packed(out.data(), {3, 1})),
      doctest::Contains("iou: wanted shape (1, 3)"), kernels::error);
  std::vector<std::int64_t> areas(2);
  CHECK_THROWS_WITH_AS(kernels::mask_areas(exec, masks(3, 1, 1), packed(areas.data(), {2})),
                       doctest::Contains("areas: wanted 3"), kernels::error);
  CHECK_THROWS_WITH_AS(kernels::mask_areas(exec, masks(1, 1 << 20, 1), packed(areas.data(), {1})),
                       doctest::Contains("2^20"), kernels::error);
  auto null = masks(1, 1, 1);
  null.data = nullptr;
  CHECK_THROWS_AS(kernels::mask_areas(exec, null, packed(areas.data(), {1})), kernels::error);
  CHECK(m == std::vector<std::uint64_t>(16, 9));
#if !KERNELS_HAS_CUDA
  CHECK_THROWS_WITH_AS(kernels::mask_areas(kernels::on_gpu(), {}, {}),
                       doctest::Contains("kernels::cuda"), kernels::error);
#endif
}
