// normalize on the CPU: chunks of rows in parallel; each row is summed, then scaled while it is
// still in the cache.
#pragma once

#include <kernels/core/view.hpp>
#include <kernels/cpu/parallel.hpp>
#include <kernels/cpu/row_lanes.hpp>

#include <atomic>

namespace kernels::inline KERNELS_ABI {

/// Rows that have no direction.
struct normalize_counts {
  std::int64_t zero = 0, not_finite = 0;
  friend bool operator==(const normalize_counts&, const normalize_counts&) = default;
};

}  // namespace kernels::inline KERNELS_ABI

namespace kernels::inline KERNELS_ABI::cpu::rows_portable {
#include <kernels/cpu/normalize_rows.inl>
}  // namespace kernels::inline KERNELS_ABI::cpu::rows_portable
#if KERNELS_X86
KERNELS_TARGET_BEGIN("avx2,fma")
namespace kernels::inline KERNELS_ABI::cpu::rows_avx2 {
#include <kernels/cpu/normalize_rows.inl>
}  // namespace kernels::inline KERNELS_ABI::cpu::rows_avx2
KERNELS_TARGET_END
KERNELS_TARGET_BEGIN("avx512f,avx512bw,avx512vl,avx512dq,avx512vbmi,avx2,fma")
namespace kernels::inline KERNELS_ABI::cpu::rows_avx512 {
#include <kernels/cpu/normalize_rows.inl>
}  // namespace kernels::inline KERNELS_ABI::cpu::rows_avx512
KERNELS_TARGET_END
#endif

namespace kernels::inline KERNELS_ABI::cpu {

template <class In, class Out>
using normalize_row_function = row_state (*)(const In*, Out*, std::int64_t);

/// The row loop of one instruction set (never best).
template <class In, class Out>
normalize_row_function<In, Out> normalize_row_for([[maybe_unused]] instruction_set isa) {
#if KERNELS_X86
  if (isa == instruction_set::avx512) return &rows_avx512::normalize_row<In, Out>;
  if (isa == instruction_set::avx2) return &rows_avx2::normalize_row<In, Out>;
#endif
  return &rows_portable::normalize_row<In, Out>;
}

/// The loop that copies a row as float32, of one instruction set (never best).
template <class In>
normalize_row_function<In, float> widen_row_for([[maybe_unused]] instruction_set isa) {
#if KERNELS_X86
  if (isa == instruction_set::avx512) return &rows_avx512::widen_row<In>;
  if (isa == instruction_set::avx2) return &rows_avx2::widen_row<In>;
#endif
  return &rows_portable::widen_row<In>;
}

/// A row whose elements are not adjacent.
template <class In, class Out>
row_state normalize_strided_row(const In* in, std::int64_t in_stride, Out* out,
                                std::int64_t out_stride, std::int64_t n) {
  double sums[math::kDotLanes] = {};
  for (std::int64_t i = 0; i < n; ++i) {
    double& s = sums[i % math::kDotLanes];
    s = math::add_square(s, math::to_float32(in[i * in_stride]));
  }
  const double squares = math::join_lanes(sums);
  const row_state state = math::state_of(squares);
  const double inverse = state == row_state::ok ? math::inverse_norm(squares) : 0.0;
  for (std::int64_t i = 0; i < n; ++i) {
    const float unit = state == row_state::ok
                           ? math::scaled(math::to_float32(in[i * in_stride]), inverse)
                           : math::no_direction(state);
    out[i * out_stride] = math::from_float32<Out>(unit);
  }
  return state;
}

template <class In, class Out>
normalize_counts normalize(on_cpu exec, const view<const In, 2>& rows, const view<Out, 2>& out,
                           const view<row_state, 1>& states) {
  const std::int64_t count = rows.extent[0];
  const std::int64_t dimension = rows.extent[1];
  const auto adjacent = normalize_row_for<In, Out>(choose(exec.isa));
  const bool plain = dimension <= 1 || (rows.stride[1] == 1 && out.stride[1] == 1);
  std::atomic<std::int64_t> zero = 0, not_finite = 0;
  constexpr std::int64_t kElements = 32 * 1024;  // of a chunk
  const std::int64_t chunk =
      std::clamp<std::int64_t>(kElements / std::max<std::int64_t>(dimension, 1), 1, 1024);
  parallel_for(exec, (count + chunk - 1) / chunk, [&](std::int64_t c) {
    normalize_counts found;
    for (std::int64_t r = c * chunk; r < std::min(count, (c + 1) * chunk); ++r) {
      const In* from = rows.data + r * rows.stride[0];
      Out* to = out.data + r * out.stride[0];
      const row_state state =
          plain ? adjacent(from, to, dimension)
                : normalize_strided_row(from, rows.stride[1], to, out.stride[1], dimension);
      found.zero += state == row_state::zero;
      found.not_finite += state == row_state::not_finite;
      if (states.data != nullptr) states.data[r * states.stride[0]] = state;
    }
    zero += found.zero;
    not_finite += found.not_finite;
  });
  return {zero, not_finite};
}

}  // namespace kernels::inline KERNELS_ABI::cpu
