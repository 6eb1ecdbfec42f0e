// kalman's functions on the CPU as kalman_cases calls them.
#pragma once

#include "../kalman_cases.hpp"

#include <kernels/kalman.hpp>

namespace {

struct cpu_runner {
  kernels::on_cpu exec;
  template <class S, class L, class Z>
  void initiate(const S& s, const L& l, const Z& z) const {
    kalman_initiate(exec, s, l, z);
  }
  template <class S, class L>
  void predict(const S& s, const L& l, double dt) const {
    kalman_predict(exec, s, l, {.dt = dt});
  }
  template <class S, class L>
  void zero(const S& s, const L& l, std::uint32_t coordinates) const {
    kalman_zero_velocity(exec, s, l, coordinates);
  }
  template <class S, class L, class Z>
  void update(const S& s, const L& l, const Z& z) const {
    kalman_update(exec, s, l, z);
  }
  template <class S, class L, class M, class C>
  void project(const S& s, const L& l, const M& m, const C& c) const {
    kalman_project(exec, s, l, m, c);
  }
  template <class S, class L, class Z, class D>
  void gating(const S& s, const L& l, const Z& z, const D& d, bool position_only) const {
    kalman_gating(exec, s, l, z, d, {.position_only = position_only});
  }
  template <class S, class L, class M>
  void warp(const S& s, const L& l, const M& m) const {
    kalman_warp(exec, s, l, m);
  }
  template <class S, class L, class B>
  void boxes(const S& s, const L& l, const B& b) const {
    kalman_boxes(exec, s, l, b);
  }
};

template <class Model, class T>
void every_instruction_set() {
  for (const auto isa : {kernels::instruction_set::portable, kernels::instruction_set::avx2,
                         kernels::instruction_set::avx512}) {
    if (!kernels::cpu::supported(isa)) continue;
    CAPTURE(kernels::cpu::name(isa));
    kalman_cases::equals_one_at_a_time<Model, T>(cpu_runner{{.threads = 2, .isa = isa}});
  }
}

}  // namespace
