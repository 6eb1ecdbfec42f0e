// camera and e2p.
#include "same_bytes.hpp"

#include <kernels/e2p.hpp>

#include <cstdio>

namespace {

using kernels::instruction_set;
using same_bytes::expect;

std::vector<std::uint8_t> noise(std::size_t size) {
  std::vector<std::uint8_t> bytes(size);
  same_bytes::random random;
  for (auto& b : bytes) b = static_cast<std::uint8_t>(random.next() >> 24);
  return bytes;
}

std::vector<kernels::pinhole> rig() {
  std::vector<kernels::pinhole> views;
  for (int k = 0; k < 12; ++k) {  // angles that a contracted multiply-add cannot change
    views.push_back(kernels::make_pinhole({.width = 97 + k,
                                           .height = 61,
                                           .hfov = 20.0 + 12 * k,
                                           .yaw = -200.0 + 37.125 * k,
                                           .pitch = -90.0 + 16.375 * k,
                                           .roll = 7.75 * k}));
  }
  return views;
}

void run() {
  const auto views = rig();
  same_bytes::hash cameras;
  for (const auto& v : views) {
    cameras.add(v.rotation.data(), sizeof v.rotation);
    cameras.add(&v.fx, sizeof v.fx);
    const auto d = kernels::direction(v, {12.25, 50.5});
    cameras.add(d.data(), sizeof d);
    const auto p = kernels::project(v, {d[0] + 0.01, d[1], d[2]});
    cameras.add(&p->x, sizeof p->x);
    cameras.add(&p->y, sizeof p->y);
  }
  expect("camera", 0xe4675b049013dec3, cameras.value());

  for (const auto isa :
       {instruction_set::portable, instruction_set::avx2, instruction_set::avx512}) {
    if (!kernels::cpu::supported(isa)) {
      std::printf("e2p %-24s skipped: not on this processor\n", kernels::cpu::name(isa));
      continue;
    }
    for (const int threads : {1, 2, 7}) {
      same_bytes::hash e2p;
      for (const std::int64_t channels : {1, 3, 4}) {
        const auto frames = noise(static_cast<std::size_t>(2 * 256 * 512 * channels));
        const kernels::on_cpu exec{.threads = threads, .isa = isa};
        const auto plan = kernels::make_e2p_plan(exec, views, {512, 256});
        for (const auto filter :
             {kernels::interpolation::nearest, kernels::interpolation::bilinear}) {
          std::vector<std::vector<std::uint8_t>> outputs;
          std::vector<kernels::view<std::uint8_t, 4>> output_views;
          for (const auto& v : views) {
            outputs.emplace_back(static_cast<std::size_t>(2 * v.width * v.height * channels));
            output_views.push_back(
                kernels::packed(outputs.back().data(), {2, v.height, v.width, channels}));
          }
          kernels::e2p(exec, kernels::packed(frames.data(), {2, 256, 512, channels}), output_views,
                       plan, {.filter = filter});
          for (const auto& o : outputs) e2p.add(o.data(), o.size());
        }
      }
      char what[64];
      std::snprintf(what, sizeof what, "e2p %s, %d threads", kernels::cpu::name(isa), threads);
      expect(what, 0xf9e1f2d330734b74, e2p.value());
    }
  }
}

const same_bytes::operation registered("e2p", run);

}  // namespace
