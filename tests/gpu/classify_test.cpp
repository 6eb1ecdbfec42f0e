// classify on a GPU, through the front door.
#include "../classify_cases.hpp"
#include "uploaded.hpp"

#include <kernels/classify.hpp>

namespace {

using kernels::view;
using on_gpu_tests::upload;
using namespace classify_cases;

struct gpu_run {
  kernels::on_gpu exec;

  template <class T>
  void operator()(const view<const T, 2>& rows, const view<const T, 2>& classes,
                  const kernels::classify_outputs<>& out, const classify_params& params) const {
    auto left = upload(rows), right = upload(classes);
    auto best = upload(out.classes);
    auto similarities = upload(out.similarities), probabilities = upload(out.probabilities);
    kernels::buffer<std::byte, kernels::memory::device> memory(kernels::classify_workspace_bytes<T>(
        exec, rows.extent[0], classes.extent[0], rows.extent[1]));
    kernels::classify<T>(exec, left.view(), right.view(),
                         {best.view(), similarities.view(), probabilities.view()}, params,
                         memory.as({memory.size()}));
    best.download(out.classes.data);
    similarities.download(out.similarities.data);
    probabilities.download(out.probabilities.data);
  }
};

}  // namespace

TEST_CASE("classify gpu: equals the definition; ties; the CPU's bytes") {
  const gpu_run run{};
  equals_definition<float>(run, 60, 31, 20, 5, 0.01F);
  equals_definition<kernels::half>(run, 60, 31, 20, 5, 0.1F);
  equals_definition<float>(run, 3, 0, 16, 5, 1.0F);
  equals_definition<float>(run, 12, 1000, 8, 64, 1.0F);
  ties_and_prefix(run);
  CHECK(known_hash(run) == kKnownHash);
}
