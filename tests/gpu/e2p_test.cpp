// e2p on a GPU, through the front door as an application calls it.
#include "../e2p_cases.hpp"
#include "gpu_test.hpp"

#include <kernels/e2p.hpp>

namespace {

using namespace e2p_cases;
using kernels::buffer;
using kernels::memory;

struct gpu_runner {
  std::vector<image_stack> operator()(const e2p_request& request) const {
    const gpu_test::stream stream;
    const kernels::on_gpu exec(stream.get());
    const auto frames = upload(request.frames, exec);
    auto outputs = request.empty_outputs();
    std::vector<buffer<std::uint8_t, memory::device>> results;
    std::vector<kernels::device_view<std::uint8_t, 4>> views;
    for (const auto& o : outputs) {
      results.push_back(upload(o, exec));
      views.push_back(o.as_view<kernels::space::device>(results.back().data()));
    }
    kernels::e2p(exec, request.frames.as_view<kernels::space::device>(frames.data()), views,
                 kernels::make_e2p_plan(exec, request.rig, request.source()),
                 {.filter = request.filter});
    for (std::size_t v = 0; v < outputs.size(); ++v) {
      auto& bytes = outputs[v].bytes;
      const auto size = static_cast<std::int64_t>(bytes.size());
      kernels::copy(results[v].as({size}), kernels::packed(bytes.data(), {size}), exec);
    }
    stream.wait();
    return outputs;
  }

  static buffer<std::uint8_t, memory::device> upload(const image_stack& images,
                                                     kernels::on_gpu exec) {
    const auto size = static_cast<std::int64_t>(images.bytes.size());
    buffer<std::uint8_t, memory::device> on_device(size);
    kernels::copy(kernels::packed(images.bytes.data(), {size}), on_device.as({size}), exec);
    return on_device;
  }
};

}  // namespace

TEST_CASE("e2p gpu: within one level of the double-precision reference") {
  matches_reference(gpu_runner{}, 48, 67);
}
TEST_CASE("e2p gpu: a constant image stays constant") { constant_stays_constant(gpu_runner{}); }
TEST_CASE("e2p gpu: a quarter turn is a shift of the panorama") {
  quarter_turn_is_a_shift(gpu_runner{});
}
TEST_CASE("e2p gpu: a batch is a loop") { batch_is_a_loop(gpu_runner{}); }
TEST_CASE("e2p gpu: strides are honoured") { strides_are_honoured(gpu_runner{}); }
TEST_CASE("e2p gpu: the bytes of the definition") { equals_definition(gpu_runner{}); }
TEST_CASE("e2p gpu: nothing in, nothing out") { empty_is_nothing(gpu_runner{}); }

TEST_CASE("e2p gpu: large views equal the CPU's") {
  const e2p_request request{noise(3, 960, 1920, 3),
                            kernels::ring(8, {.width = 960, .height = 540})};
  const auto on_gpu = gpu_runner{}(request);
  auto on_cpu = request.empty_outputs();
  std::vector<kernels::view<std::uint8_t, 4>> views;
  for (auto& o : on_cpu) views.push_back(o.as_view());
  kernels::e2p(kernels::on_cpu(), request.frames.as_view(), views,
               kernels::make_e2p_plan(kernels::on_cpu(), request.rig, request.source()));
  for (std::size_t v = 0; v < on_cpu.size(); ++v) CHECK(on_gpu[v].bytes == on_cpu[v].bytes);
}

TEST_CASE("e2p gpu: captured in a graph and replayed") {
  const e2p_request request{noise(2, 60, 120, 3), many_views(70, 40)};
  const auto expected = gpu_runner{}(request);
  const gpu_test::stream stream;
  const kernels::on_gpu exec(stream.get());
  const auto frames = gpu_runner::upload(request.frames, exec);
  auto outputs = request.empty_outputs();
  std::vector<buffer<std::uint8_t, memory::device>> results;
  std::vector<kernels::device_view<std::uint8_t, 4>> views;
  for (const auto& o : outputs) {
    results.push_back(gpu_runner::upload(o, exec));
    views.push_back(o.as_view<kernels::space::device>(results.back().data()));
  }
  stream.wait();
  const auto graph = stream.capture([&] {
    kernels::e2p(exec, kernels::packed<kernels::space::device>(frames.data(), {2, 60, 120, 3}),
                 views, kernels::e2p_plan(request.rig, request.source()));
  });
  graph.launch(stream);
  graph.launch(stream);
  for (std::size_t v = 0; v < outputs.size(); ++v) {
    auto& bytes = outputs[v].bytes;
    const auto size = static_cast<std::int64_t>(bytes.size());
    kernels::copy(results[v].as({size}), kernels::packed(bytes.data(), {size}), exec);
  }
  stream.wait();
  for (std::size_t v = 0; v < outputs.size(); ++v) CHECK(outputs[v].bytes == expected[v].bytes);
}

TEST_CASE("e2p gpu: a host pointer is refused") {
  const auto rig = kernels::ring(1, {.width = 8, .height = 6});
  const kernels::e2p_plan plan(rig, {16, 8});
  std::vector<std::uint8_t> host(16 * 8 * 3);
  buffer<std::uint8_t, memory::device> out(8 * 6 * 3);
  std::string message;
  try {
    kernels::e2p(kernels::on_gpu(),
                 kernels::packed<kernels::space::device>(host.data(), {1, 8, 16, 3}),
                 out.as({1, 1, 6, 8, 3}), plan);
  } catch (const kernels::error& e) {
    message = e.what();
  }
  CHECK(message.find("device memory") != std::string::npos);
}
