// kalman_linear on the CPU: the loops of kalman, with other steps.
#pragma once

#include <kernels/cpu/kalman.hpp>
#include <kernels/math/kalman_linear.hpp>

namespace kernels::inline KERNELS_ABI::cpu {

template <int N, int M, class T>
struct kalman_linear_loops {
  using state = kalman_view<kalman_linear<N, M>, T>;
  using numbers = math::kalman_linear_numbers<T, N, M>;
  void (*initiate)(const state&, const kalman_range&, const numbers&, const kalman_rows<const T>&);
  void (*predict)(const state&, const kalman_range&, const numbers&);
  void (*update)(const state&, const kalman_range&, const numbers&, const kalman_rows<const T>&);
  void (*project)(const state&, const kalman_range&, const numbers&, const kalman_rows<T>& mean,
                  const view<T, 3>& covariance);
  void (*gating)(const state&, const kalman_range&, const numbers&,
                 const kalman_rows<const T>& measured, std::int64_t count,
                 const kalman_rows<T>& distances);
};

namespace portable::kalman {
#include <kernels/cpu/kalman_linear_loops.inl>
}  // namespace portable::kalman

#if KERNELS_X86
KERNELS_TARGET_BEGIN("avx2,fma")
namespace avx2::kalman {
#include <kernels/math/kalman_linear.inl>
//
#include <kernels/cpu/kalman_linear_loops.inl>
}  // namespace avx2::kalman
KERNELS_TARGET_END

KERNELS_TARGET_BEGIN("avx512f,avx512bw,avx512vl,avx512dq,avx512vbmi,avx2,fma")
namespace avx512::kalman {
#include <kernels/math/kalman_linear.inl>
//
#include <kernels/cpu/kalman_linear_loops.inl>
}  // namespace avx512::kalman
KERNELS_TARGET_END
#endif

template <int N, int M, class T>
const kalman_linear_loops<N, M, T>& kalman_linear_loops_for(instruction_set isa) {
  switch (choose(isa)) {
#if KERNELS_X86
    case instruction_set::avx512:
      return avx512::kalman::kKalmanLinearLoops<N, M, T>;
    case instruction_set::avx2:
      return avx2::kalman::kKalmanLinearLoops<N, M, T>;
#endif
    default:
      return portable::kalman::kKalmanLinearLoops<N, M, T>;
  }
}

}  // namespace kernels::inline KERNELS_ABI::cpu
