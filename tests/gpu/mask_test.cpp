// Packed masks on a GPU, through the front door.
#include "mask_memory.hpp"

#include <kernels/mask.hpp>

namespace {

using namespace mask_cases;
using mask_memory::on_device;

struct gpu_runner {
  kernels::on_gpu exec;

  void pack(const pixels& p, words& m) const {
    const on_device<std::uint8_t> from(p);
    on_device<std::uint64_t> to(m);
    kernels::pack_masks(exec, from.as_const(), to.as_view());
    to.download(m.data);
  }
  void unpack(const words& m, pixels& p, std::uint8_t value) const {
    const on_device<std::uint64_t> from(m);
    on_device<std::uint8_t> to(p);
    kernels::unpack_masks(exec, from.as_const(), to.as_view(), value);
    to.download(p.data);
  }
  void areas(const words& m, std::vector<std::int64_t>& out) const {
    const on_device<std::uint64_t> from(m);
    on_device<std::int64_t> to(out);
    kernels::mask_areas(exec, from.as_const(), to.list());
    to.download(out);
  }
  void boxes(const words& m, std::vector<int_box>& out) const {
    const on_device<std::uint64_t> from(m);
    on_device<int_box> to(out);
    kernels::mask_boxes(exec, from.as_const(), to.list());
    to.download(out);
  }
  template <class T>
  void iou(const words& a, const words& b, std::vector<T>& out) const {
    const on_device<std::uint64_t> da(a);
    const on_device<std::uint64_t> db(b);
    on_device<T> to(out);
    kernels::buffer<std::byte, kernels::memory::device> scratch(
        kernels::mask_iou_workspace_bytes(exec, a.extent[0], b.extent[0]));
    kernels::mask_iou(exec, da.as_const(), db.as_const(), to.memory.as({a.extent[0], b.extent[0]}),
                      scratch.as({scratch.size()}));
    to.download(out);
  }
};

}  // namespace

TEST_CASE("mask gpu: the definition") {
  equals_definition(gpu_runner{});
  iou_equals_loop(gpu_runner{});
}
