// normalize on a GPU, through the front door.
#include "../normalize_cases.hpp"

#include <kernels/core/buffer.hpp>
#include <kernels/normalize.hpp>

namespace {

using namespace normalize_cases;

/// A host view's memory from its first to its last element, on the device.
template <class T>
struct uploaded {
  kernels::buffer<T, kernels::memory::device> memory;
  std::int64_t length = 0;

  template <int Rank>
  explicit uploaded(const kernels::view<const T, Rank>& v) {
    length = v.size() == 0 ? 0 : 1;
    for (int d = 0; d < Rank && length > 0; ++d) length += (v.extent[d] - 1) * v.stride[d];
    memory.resize(length);
    kernels::copy(kernels::packed(v.data, {length}), memory.as({length}));
  }
  void download(T* to) { kernels::copy(memory.as({length}), kernels::packed(to, {length})); }
};

struct gpu_run {
  template <class In, class Out>
  void operator()(const kernels::view<const In, 2>& rows, const kernels::view<Out, 2>& out,
                  const kernels::view<row_state, 1>& states) const {
    uploaded<In> in(rows);
    uploaded<Out> to{kernels::view<const Out, 2>(out)};
    uploaded<row_state> of{kernels::view<const row_state, 1>(states)};
    const bool here = static_cast<const void*>(rows.data) == static_cast<const void*>(out.data);
    if constexpr (std::is_same_v<In, Out>) {
      if (here) {
        const kernels::device_view<In, 2> both{in.memory.data(), rows.extent, rows.stride};
        kernels::normalize<In, Out>(kernels::on_gpu(), both, both);
        in.download(out.data);
        return;
      }
    }
    kernels::normalize<In, Out>(kernels::on_gpu(), {in.memory.data(), rows.extent, rows.stride},
                                {to.memory.data(), out.extent, out.stride},
                                {of.memory.data(), states.extent, states.stride});
    to.download(out.data);
    of.download(states.data);
  }
};

}  // namespace

TEST_CASE("normalize gpu: equals the definition; rows where they stand") {
  equals_definition(gpu_run{});
  in_place<float>(gpu_run{});
  in_place<kernels::half>(gpu_run{});
}
