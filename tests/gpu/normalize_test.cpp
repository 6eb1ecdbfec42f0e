// normalize on a GPU, through the front door.
#include "../normalize_cases.hpp"
#include "uploaded.hpp"

#include <kernels/normalize.hpp>

namespace {

using namespace normalize_cases;
using on_gpu_tests::upload;

struct gpu_run {
  template <class In, class Out>
  void operator()(const kernels::view<const In, 2>& rows, const kernels::view<Out, 2>& out,
                  const kernels::view<row_state, 1>& states) const {
    auto in = upload(rows);
    auto to = upload(out);
    auto of = upload(states);
    const kernels::device_view<row_state, 1> of_view =
        states.data == nullptr ? kernels::device_view<row_state, 1>{} : of.view();
    if constexpr (std::is_same_v<In, Out>) {
      if (rows.data == out.data) {
        kernels::normalize<In, Out>(kernels::on_gpu(), in.view(), in.view(), of_view);
        in.download(out.data);
        return;
      }
    }
    kernels::normalize<In, Out>(kernels::on_gpu(), in.view(), to.view(), of_view);
    to.download(out.data);
    if (states.data != nullptr) of.download(states.data);
  }
};

}  // namespace

TEST_CASE("normalize gpu: equals the definition; rows where they stand") {
  equals_definition(gpu_run{});
  in_place<float>(gpu_run{});
  in_place<kernels::half>(gpu_run{});
}
