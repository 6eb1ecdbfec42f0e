// e2p on the CPU: every instruction set, cached and uncached plans, any number of threads.
#include "../e2p_cases.hpp"
#include "../e2p_huge_arrays.hpp"
#include "../instruction_sets.hpp"

#include <kernels/e2p.hpp>

namespace {

using namespace e2p_cases;

struct cpu_runner {
  kernels::on_cpu exec;
  bool cached = true;

  std::vector<image_stack> operator()(const e2p_request& request) const {
    auto outputs = request.empty_outputs();
    std::vector<kernels::view<std::uint8_t, 4>> views;
    for (auto& o : outputs) views.push_back(o.as_view());
    const auto plan = cached ? kernels::make_e2p_plan(exec, request.rig, request.source())
                             : kernels::e2p_plan(request.rig, request.source());
    kernels::e2p(exec, request.frames.as_view(), views, plan, {.filter = request.filter});
    return outputs;
  }
};

std::vector<cpu_runner> all_runners() {
  std::vector<cpu_runner> runners;
  for (const auto isa : instruction_sets()) {
    for (const bool cached : {true, false}) {
      runners.push_back({{.threads = cached ? 1 : 2, .isa = isa}, cached});
    }
  }
  return runners;
}

template <class Case>
void on_all_runners(Case body) {
  for (const auto& runner : all_runners()) {
    CAPTURE(std::string(kernels::cpu::name(runner.exec.isa)));
    CAPTURE(runner.cached);
    body(runner);
  }
}

template <class Function>
std::string message_of(Function f) {
  try {
    f();
  } catch (const kernels::error& e) {
    return e.what();
  }
  return "";
}

}  // namespace

TEST_CASE("e2p cpu: within one level of the double-precision reference") {
  on_all_runners([](const auto& run) { matches_reference(run, 48, 67); });
}
TEST_CASE("e2p cpu: a constant image stays constant") {
  on_all_runners([](const auto& run) { constant_stays_constant(run); });
}
TEST_CASE("e2p cpu: a quarter turn is a shift of the panorama") {
  on_all_runners([](const auto& run) { quarter_turn_is_a_shift(run); });
}
TEST_CASE("e2p cpu: a batch is a loop") {
  on_all_runners([](const auto& run) { batch_is_a_loop(run); });
}
TEST_CASE("e2p cpu: strides are honoured") {
  on_all_runners([](const auto& run) { strides_are_honoured(run); });
}
TEST_CASE("e2p cpu: the bytes of the definition") {
  on_all_runners([](const auto& run) { equals_definition(run); });
}
TEST_CASE("e2p cpu: nothing in, nothing out") {
  on_all_runners([](const auto& run) { empty_is_nothing(run); });
}

TEST_CASE("e2p cpu: the same bytes with 1, 2 and 7 threads") {
  const e2p_request request{noise(3, 100, 200, 3), many_views(160, 90)};
  const auto one = cpu_runner{{.threads = 1}}(request);
  for (const int threads : {2, 7, 0}) {
    const auto several = cpu_runner{{.threads = threads}}(request);
    for (std::size_t v = 0; v < one.size(); ++v) CHECK(several[v].bytes == one[v].bytes);
  }
}

TEST_CASE("e2p cpu: coordinates within 1e-3 pixel of the reference, 16384 wide") {
  constexpr double kWidth = 16384;
  constexpr double kHeight = 8192;
  auto rig = many_views(331, 240);
  // the poles, near and very near, even and odd sizes (a pixel exactly at the pole)
  for (const double pitch : {90.0, -90.0, 89.999, -89.99999}) {
    for (const std::int64_t size : {256, 255}) {
      for (const double fov : {0.01, 1.0, 170.0}) {
        rig.push_back(kernels::make_pinhole(
            {.width = size, .height = size, .hfov = fov, .yaw = 33, .pitch = pitch}));
      }
    }
  }
  for (const auto isa : instruction_sets()) {
    CAPTURE(std::string(kernels::cpu::name(isa)));
    const auto plan = kernels::make_e2p_plan({.isa = isa}, rig, {16384, 8192});
    double worst_u = 0;
    double worst_v = 0;
    for (std::size_t view = 0; view < rig.size(); ++view) {
      const auto& camera = rig[view];
      for (std::int32_t j = 0; j < camera.height; ++j) {
        for (std::int32_t i = 0; i < camera.width; ++i) {
          const auto at = kernels::math::e2p_locate(plan.views()[view], plan.source(), i, j);
          const auto p = e2p_reference::locate(camera, kWidth, kHeight, i, j);
          const double dv = at.v / 2048.0 - p.v;
          double du = at.u / 2048.0 - p.u;
          du -= kWidth * std::round(du / kWidth);
          const auto d =
              kernels::direction(camera, {static_cast<double>(i), static_cast<double>(j)});
          if (std::hypot(d[0], d[2]) > 1e-7) worst_u = std::max(worst_u, std::abs(du));
          worst_v = std::max(worst_v, std::abs(dv));
          const std::uint32_t* row = plan.maps()[view].coordinates.data() + 2 * j * camera.width;
          const bool edge = row[i] == 0 && row[camera.width + i] == 0;
          if (!edge) {
            const bool same = row[i] == static_cast<std::uint32_t>(at.u) &&
                              row[camera.width + i] == static_cast<std::uint32_t>(at.v);
            REQUIRE(same);
          }
        }
      }
    }
    MESSAGE("largest error: u ", worst_u, ", v ", worst_v, " pixel");
    CHECK(worst_u < 1e-3);
    CHECK(worst_v < 1e-3);
  }
}

TEST_CASE("e2p cpu: a scene known by direction comes out as itself") {
  // colour = a smooth function of the direction; panorama of it, then views of it
  const auto colour = [](const kernels::vector3& d, int c) {
    return 127.5 + 100.0 * d[static_cast<std::size_t>(c)] + 20.0 * d[0] * d[1] - 15.0 * d[2] * d[1];
  };
  constexpr std::int64_t kHeight = 512;
  constexpr std::int64_t kWidth = 1024;
  e2p_request request{image_stack(1, kHeight, kWidth, 3), many_views(160, 120)};
  for (std::int64_t j = 0; j < kHeight; ++j) {
    for (std::int64_t i = 0; i < kWidth; ++i) {
      const double longitude =
          ((static_cast<double>(i) + 0.5) / kWidth - 0.5) * 2 * std::numbers::pi;
      const double latitude = ((static_cast<double>(j) + 0.5) / kHeight - 0.5) * std::numbers::pi;
      const kernels::vector3 d = {std::cos(latitude) * std::sin(longitude), std::sin(latitude),
                                  std::cos(latitude) * std::cos(longitude)};
      for (int c = 0; c < 3; ++c) {
        request.frames.at(0, j, i, c) = static_cast<std::uint8_t>(std::lround(colour(d, c)));
      }
    }
  }
  on_all_runners([&](const auto& run) {
    auto outputs = run(request);
    double worst = 0;
    for (std::size_t v = 0; v < outputs.size(); ++v) {
      for (std::int64_t j = 0; j < outputs[v].height; ++j) {
        for (std::int64_t i = 0; i < outputs[v].width; ++i) {
          const auto d =
              kernels::direction(request.rig[v], {static_cast<double>(i), static_cast<double>(j)});
          for (int c = 0; c < 3; ++c) {
            worst = std::max(worst, std::abs(outputs[v].at(0, j, i, c) - colour(d, c)));
          }
        }
      }
    }
    // half a level from rounding the panorama, half from rounding the view, and little curvature
    CHECK(worst < 1.1);
  });
}

TEST_CASE("e2p cpu: sides beyond 32767 and buffers beyond 4 GiB") {
  for (const auto& runner : all_runners()) {
    huge_arrays(
        [&](const auto& frames, const auto& output, const auto& plan) {
          kernels::e2p(runner.exec, frames, std::span(&output, 1), plan);
        },
        70, 50);
  }
}

TEST_CASE("e2p cpu: rows more than 4 GiB apart") {
  constexpr std::int64_t kStride = 5'000'000'000;
  const sparse_memory memory(3 * kStride + 300);
  if (!memory.exists()) {
    MESSAGE("skipped: this machine gives no sparse memory of that size");
    return;
  }
  image_stack near = noise(1, 4, 100, 3);
  for (std::int64_t j = 0; j < 4; ++j) {
    std::copy_n(&near.at(0, j, 0, 0), 300, memory.data() + j * kStride);
  }
  const auto far =
      kernels::image<kernels::space::host, const std::uint8_t>(memory.data(), 4, 100, 3, kStride);
  const auto rig = kernels::ring(3, {.width = 90, .height = 20});
  const auto plan = kernels::make_e2p_plan(kernels::on_cpu(), rig, {100, 4});
  for (const auto& runner : all_runners()) {
    std::vector<std::uint8_t> from_near(3 * 90 * 20 * 3);
    std::vector<std::uint8_t> from_far(from_near.size());
    kernels::e2p(runner.exec, near.as_view(), kernels::packed(from_near.data(), {1, 3, 20, 90, 3}),
                 plan);
    kernels::e2p(runner.exec, far, kernels::packed(from_far.data(), {1, 3, 20, 90, 3}), plan);
    CHECK(from_near == from_far);
  }
}

TEST_CASE("e2p_plan: an odd width is refused exactly where a view crosses a pole") {
  constexpr std::int64_t kWidth = 201;
  constexpr std::int64_t kHeight = 100;
  int crossing = 0;
  int clear = 0;
  for (const double pitch : {0.0, 30.0, 44.0, 46.0, 60.0, 75.0, 89.0, 90.0, 91.0, 150.0}) {
    for (const double sign : {1.0, -1.0}) {
      for (const double roll : {0.0, 45.0}) {
        for (const double fov : {0.5, 30.0, 90.0, 150.0}) {
          const auto camera = kernels::make_pinhole({.width = 80,
                                                     .height = 60,
                                                     .hfov = fov,
                                                     .yaw = 10,
                                                     .pitch = sign * pitch,
                                                     .roll = roll});
          double farthest = 0;  // rows beyond the first or last row's centre
          for (std::int64_t j = 0; j < 60; ++j) {
            for (std::int64_t i = 0; i < 80; ++i) {
              const auto p = e2p_reference::locate(camera, kWidth, kHeight, static_cast<double>(i),
                                                   static_cast<double>(j));
              farthest = std::max({farthest, -p.v, p.v - (kHeight - 1)});
            }
          }
          if (std::abs(farthest) > 0 && farthest < 1e-3) continue;  // too near to call
          const auto message = message_of([&] {
            kernels::e2p_plan(std::span(&camera, 1), {kWidth, kHeight});
          });
          CAPTURE(sign * pitch);
          CAPTURE(fov);
          CAPTURE(roll);
          CHECK((message.find("even width") != std::string::npos) == (farthest > 0));
          (farthest > 0 ? crossing : clear) += 1;
        }
      }
    }
  }
  CHECK(crossing > 40);
  CHECK(clear > 40);
}

TEST_CASE("e2p: refused arguments name the argument, and nothing is written") {
  const std::vector<kernels::pinhole> rig = kernels::ring(2, {.width = 8, .height = 6});
  const kernels::e2p_plan plan(rig, {16, 8});
  image_stack frames = noise(1, 8, 16, 3);
  std::vector<image_stack> outputs(2, image_stack(1, 6, 8, 3));
  const auto good_frames = static_cast<const image_stack&>(frames).as_view();
  const auto good_output = [&](std::size_t v) { return outputs[v].as_view(); };
  const auto call = [&](auto frames_view, auto first, auto second) {
    return message_of([&] {
      const std::array<kernels::view<std::uint8_t, 4>, 2> views = {first, second};
      kernels::e2p(kernels::on_cpu(), frames_view, views, plan);
    });
  };
  const auto says = [](const std::string& message, const char* text) {
    CAPTURE(message);
    CHECK(message.find(text) != std::string::npos);
    CHECK(message.find('\n') == std::string::npos);
  };
  auto f = good_frames;
  f.data = nullptr;
  says(call(f, good_output(0), good_output(1)), "frames: wanted a pointer");
  f = good_frames, f.extent[2] = 15;
  says(call(f, good_output(0), good_output(1)), "frames");
  f = good_frames, f.stride[1] = 47;
  says(call(f, good_output(0), good_output(1)), "row stride of at least 48");
  f = good_frames, f.stride[1] = -48;
  says(call(f, good_output(0), good_output(1)), "row stride");
  f = good_frames, f.stride[1] = std::numeric_limits<std::int64_t>::max();
  says(call(f, good_output(0), good_output(1)), "2^61");
  f = good_frames, f.extent[0] = std::int64_t{1} << 60;
  says(call(f, good_output(0), good_output(1)), "2^61");
  f = good_frames, f.stride[2] = 4;
  says(call(f, good_output(0), good_output(1)), "adjacent pixels");
  f = good_frames, f.extent = {1, 8, 24, 2}, f.stride = {384, 48, 2, 1};
  says(call(f, good_output(0), good_output(1)), "16x8");
  f = good_frames, f.extent[3] = 2, f.stride = {256, 32, 2, 1};
  says(call(f, good_output(0), good_output(1)), "1, 3 or 4 channels");
  f = good_frames, f.extent[0] = 2, f.stride[0] = 10;
  says(call(f, good_output(0), good_output(1)), "overlap");
  auto o = good_output(1);
  o.data = nullptr;
  says(call(good_frames, good_output(0), o), "outputs[1]: wanted a pointer");
  o = good_output(1), o.extent[1] = 5;
  says(call(good_frames, good_output(0), o), "outputs[1]: wanted shape (1, 6, 8, 3)");
  o = good_output(1), o.extent[1] = -1;
  says(call(good_frames, good_output(0), o), "extents of 0 or more");
  says(message_of([&] {
         kernels::e2p(kernels::on_cpu(), good_frames, std::vector{good_output(0)}, plan);
       }),
       "one for each of the plan's 2 views");
  const auto five = [&](std::array<std::int64_t, 5> extent, std::array<std::int64_t, 5> stride) {
    return message_of([&] {
      const kernels::view<std::uint8_t, 5> views{outputs[0].bytes.data(), extent, stride};
      kernels::e2p(kernels::on_cpu(), good_frames, views, plan);
    });
  };
  says(five({1, 2, 6, 8, 3}, {288, 0, 24, 3, 1}), "overlap");
  says(five({1, 2, 6, 8, 3}, {288, 143, 24, 3, 1}), "overlap");
  says(five({1, 2, 6, 8, 3}, {288, std::int64_t{1} << 60, 24, 3, 1}), "2^61");
  says(five({1, 3, 6, 8, 3}, {432, 144, 24, 3, 1}), "V = 2");
  says(message_of([&] { kernels::e2p_plan(rig, {0, 8}); }), "source");
  says(message_of([&] { kernels::e2p_plan(rig, {std::int64_t{1} << 20, 8}); }), "source");
  says(message_of([&] {
         const auto up = kernels::make_pinhole({.width = 8, .height = 8, .pitch = 90});
         kernels::e2p_plan(std::span(&up, 1), {17, 8});
       }),
       "even width");
  says(message_of([&] { kernels::make_e2p_plan({.threads = -1}, rig, {16, 8}); }), "threads");
  for (auto& output : outputs) {
    CHECK(std::count(output.bytes.begin(), output.bytes.end(), image_stack::kMark) ==
          static_cast<std::int64_t>(output.bytes.size()));
  }
}

TEST_CASE("e2p: without CUDA the GPU is refused when run, not when compiled") {
#if !KERNELS_HAS_CUDA
  const std::vector<kernels::pinhole> rig = kernels::ring(1, {.width = 8, .height = 6});
  const auto plan = kernels::make_e2p_plan(kernels::on_gpu(), rig, {16, 8});
  std::uint8_t byte = 0;
  const auto frames =
      kernels::packed<kernels::space::device, const std::uint8_t>(&byte, {1, 8, 16, 3});
  const auto output = kernels::packed<kernels::space::device>(&byte, {1, 1, 6, 8, 3});
  CHECK(message_of([&] {
          kernels::e2p(kernels::on_gpu(), frames, output, plan);
        }).find("kernels::cuda") != std::string::npos);
#endif
}

TEST_CASE("e2p_plan: says what it holds") {
  const auto rig = kernels::ring(3, {.width = 100, .height = 50});
  const kernels::e2p_plan bare(rig, {400, 200});
  const auto cached = kernels::make_e2p_plan(kernels::on_cpu(), rig, {400, 200});
  CHECK(bare.bytes() < 3 * 200);
  CHECK(cached.bytes() >= 3 * 100 * 50 * 8);
  CHECK(cached.bytes() < 3 * 100 * 50 * 9 + 3 * 400);
}

TEST_CASE("e2p_plan: views by longitude") {
  const auto rig = kernels::ring(4, {.width = 8, .height = 8, .yaw = 10});
  const kernels::e2p_plan plan({{rig[2], rig[0], rig[3], rig[1]}}, {16, 8});
  CHECK(std::vector(plan.order().begin(), plan.order().end()) ==
        std::vector<std::int32_t>{1, 3, 0, 2});
}
