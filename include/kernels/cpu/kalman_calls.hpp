// What a kalman_… call is about, as the loops of every instruction set take it.
#pragma once

#include <kernels/cpu/isa.hpp>
#include <kernels/math/kalman_view.hpp>

namespace kernels::inline KERNELS_ABI::cpu {

/// Entries [first, end) of a call; entry k is slot slots[k·stride], or k itself.
struct kalman_range {
  const std::int32_t* slots;
  std::int64_t stride, first, end;
};

/// Rows of numbers, a row an entry of the call.
template <class T>
struct kalman_rows {
  T* data;
  std::int64_t row, column;
  T* at(std::int64_t k, int c) const { return data + k * row + c * column; }
};

template <class Model, class T>
struct kalman_loops {
  using state = kalman_view<Model, T>;
  using noise = math::kalman_noise<T>;
  void (*initiate)(const state&, const kalman_range&, const noise&, const kalman_rows<const T>&);
  void (*predict)(const state&, const kalman_range&, const math::kalman_step<T>&);
  void (*update)(const state&, const kalman_range&, const noise&, const kalman_rows<const T>&);
  void (*project)(const state&, const kalman_range&, const noise&, const kalman_rows<T>& mean,
                  const view<T, 3>& covariance);
  void (*gating)(const state&, const kalman_range&, const noise&,
                 const kalman_rows<const T>& measured, std::int64_t count,
                 const kalman_rows<T>& distances, bool position_only);
  void (*warp)(const state&, const kalman_range&, const kalman_motion<T>*, std::int64_t step);
  void (*boxes)(const state&, const kalman_range&, box<T>*, std::int64_t step);
};

}  // namespace kernels::inline KERNELS_ABI::cpu
