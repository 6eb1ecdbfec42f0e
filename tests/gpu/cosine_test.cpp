// cosine on a GPU, through the front door.
#include "../cosine_cases.hpp"
#include "uploaded.hpp"

#include <kernels/cosine.hpp>

namespace {

using kernels::view;
using on_gpu_tests::upload;
using namespace cosine_cases;
using scratch = kernels::buffer<std::byte, kernels::memory::device>;

struct gpu_run {
  kernels::on_gpu exec;

  template <class T>
  void pairwise(const view<const T, 2>& a, const view<const T, 2>& b, const view<float, 2>& out,
                const cosine_options& options) const {
    auto left = upload(a), right = upload(b);
    auto to = upload(out);
    scratch memory(kernels::cosine_workspace_bytes<T>(exec, a.extent[0], b.extent[0], a.extent[1]));
    kernels::cosine<T>(exec, left.view(), right.view(), to.view(), options,
                       memory.as({memory.size()}));
    to.download(out.data);
  }
  template <class T>
  void ragged(const view<const T, 2>& a, const view<const T, 2>& b, const cosine_groups<>& groups,
              const view<float, 1>& out, const cosine_options& options) const {
    auto left = upload(a), right = upload(b);
    auto a_offsets = upload(groups.a_offsets), b_offsets = upload(groups.b_offsets);
    auto out_offsets = upload(groups.out_offsets);
    auto to = upload(out);
    scratch memory(kernels::cosine_workspace_bytes<T>(exec, a.extent[0], b.extent[0], a.extent[1]));
    kernels::cosine<T>(exec, left.view(), right.view(),
                       {a_offsets.view(), b_offsets.view(), out_offsets.view()}, to.view(), options,
                       memory.as({memory.size()}));
    to.download(out.data);
  }
  void integers(const kernels::int8_rows<>& a, const kernels::int8_rows<>& b,
                const view<float, 2>& out, const cosine_options& options) const {
    auto left = upload(a.values), right = upload(b.values);
    auto left_scales = upload(a.scales), right_scales = upload(b.scales);
    auto to = upload(out);
    scratch memory(
        kernels::cosine_int8_workspace_bytes(exec, a.values.extent[0], b.values.extent[0]));
    kernels::cosine(exec, {left.view(), left_scales.view()}, {right.view(), right_scales.view()},
                    to.view(), options, memory.as({memory.size()}));
    to.download(out.data);
  }
};

}  // namespace

TEST_CASE("cosine gpu: equals the definition") {
  const gpu_run run{};
  for (const auto& [n, m, d] :
       {std::array{0, 4, 5}, {3, 2, 0}, {1, 1, 1}, {65, 33, 40}, {130, 131, 513}, {2, 300, 64}}) {
    equals_definition(run, n, m, d);
  }
  groups_equal_calls(run, {3, 0, 12, 1, 0, 130, 5}, {4, 7, 12, 1, 0, 95, 0}, 40);
  for (const std::int64_t d : {1, 67, 512}) integers_equal_definition(run, 40, 35, d, 1);
  integers_equal_definition(run, 9, 13, 33, 2);
}
