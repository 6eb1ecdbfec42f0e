// kalman's loops in plain C++: one track at a time.
#pragma once

#include <kernels/cpu/kalman_calls.hpp>

#include <algorithm>

namespace kernels::inline KERNELS_ABI::cpu::portable {

template <class T>
struct kalman_one : math::kalman_scalar<T> {
  static constexpr int kWidth = 1;
  static T load(const T* p) { return *p; }
  static void store(T* p, T a) { *p = a; }
};

namespace kalman {
template <class T>
using lanes = kalman_one<T>;

using namespace math::kalman_steps;  // NOLINT

#include <kernels/cpu/kalman_chunks.inl>
//
#include <kernels/cpu/kalman_loops.inl>
}  // namespace kalman

}  // namespace kernels::inline KERNELS_ABI::cpu::portable
