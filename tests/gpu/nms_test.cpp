// nms on a GPU, through the front door.
#include "../nms_cases.hpp"
#include "gpu_test.hpp"

#include <kernels/nms.hpp>

namespace {

using kernels::memory;
using nms_cases::answer;
using nms_cases::problem;

template <class T>
kernels::buffer<T, memory::device> upload(const std::vector<T>& values) {
  const auto size = static_cast<std::int64_t>(values.size());
  kernels::buffer<T, memory::device> b(size);
  kernels::copy(kernels::packed(values.data(), {size}), b.as({size}));
  return b;
}
template <class T>
void download(kernels::buffer<T, memory::device>& from, std::vector<T>& to) {
  const auto size = static_cast<std::int64_t>(to.size());
  kernels::copy(from.as({size}), kernels::packed(to.data(), {size}));
  kernels::check_cuda(cudaDeviceSynchronize(), "download");
}

/// Twice: by a call, and (kept from it, poisoned in between) by a captured graph.
template <class T>
answer run(const problem<T>& p) {
  answer a;
  a.kept.assign(p.scores.size(), -7);
  a.counts.assign(static_cast<std::size_t>(p.groups()), -7);
  auto boxes = upload(p.boxes);
  auto scores = upload(p.scores);
  auto classes = upload(p.classes);
  auto offsets = upload(p.offsets);
  auto kept = upload(a.kept);
  auto counts = upload(a.counts);
  const auto n = p.size();
  const auto each = [&](auto* data) {
    return kernels::device_view<std::remove_pointer_t<decltype(data)>, 1>{data, {n}, {p.stride}};
  };
  kernels::nms_arguments<T, kernels::space::device> in{.boxes = each(std::as_const(boxes).data()),
                                                       .scores = each(std::as_const(scores).data()),
                                                       .kept = each(kept.data()),
                                                       .counts = counts.as({p.groups()})};
  if (!p.offsets.empty()) in.offsets = std::as_const(offsets).as({p.groups() + 1});
  if (!p.classes.empty()) in.classes = each(std::as_const(classes).data());

  kernels::nms(kernels::on_gpu(), in, p.options);
  answer called = a;
  download(kept, called.kept);
  download(counts, called.counts);

  kernels::copy(kernels::packed(a.kept.data(), {static_cast<std::int64_t>(a.kept.size())}),
                kept.as({static_cast<std::int64_t>(a.kept.size())}));
  const gpu_test::stream stream;
  kernels::buffer<std::byte, memory::device> scratch(
      kernels::nms_workspace_bytes(kernels::on_gpu(), in, p.options));
  const auto graph = stream.capture([&] {
    kernels::nms(kernels::on_gpu(stream.get()), in, p.options, scratch.as({scratch.size()}));
  });
  graph.launch(stream);
  stream.wait();
  download(kept, a.kept);
  download(counts, a.counts);
  CHECK(a == called);
  return a;
}

}  // namespace

TEST_CASE("nms gpu: the edges of the definition") {
  nms_cases::edges_of_the_definition([](const auto& p) { return run(p); });
}
TEST_CASE("nms gpu: every box against every kept one") {
  nms_cases::small_sizes([](const auto& p) { return run(p); });
  for (const std::int64_t n : {129, 1500, 5000}) {
    nms_cases::equals_reference<float>([](const auto& p) { return run(p); }, n);
    nms_cases::equals_reference<double>([](const auto& p) { return run(p); }, n);
  }
}
TEST_CASE("nms gpu: a batch gives what its groups give") {
  nms_cases::batch_equals_loop([](const auto& p) { return run(p); }, 300);
  nms_cases::batch_equals_loop([](const auto& p) { return run(p); }, 30000);
}
