// normalize: rows of embeddings to unit length, what cosine similarity, search and clustering start
// from.
//
//   const auto odd = kernels::normalize<float, float>(kernels::on_cpu(), rows, unit);
//   if (odd.not_finite != 0) …                     // which ones: give a view of row_state
//
// Class: exact. float32, float16 and bfloat16 in and out; the same bytes on CPU and GPU, with any
// number of threads and any instruction set, and for a row in any batch.
#pragma once

#include <kernels/cpu/normalize.hpp>
#include <kernels/normalize_gpu.hpp>

namespace kernels::inline KERNELS_ABI {

#if defined(KERNELS_WITH_CUDA)
extern template struct gpu::normalize_launchers<float, float>;
extern template struct gpu::normalize_launchers<float, half>;
extern template struct gpu::normalize_launchers<float, bfloat16>;
extern template struct gpu::normalize_launchers<half, float>;
extern template struct gpu::normalize_launchers<half, half>;
extern template struct gpu::normalize_launchers<half, bfloat16>;
extern template struct gpu::normalize_launchers<bfloat16, float>;
extern template struct gpu::normalize_launchers<bfloat16, half>;
extern template struct gpu::normalize_launchers<bfloat16, bfloat16>;
#endif

/// out[i, j] = rows[i, j] / ‖rows[i]‖ for N rows of D elements; rows and out are (N, D) with any
/// strides. out may be rows itself (same view, same type); otherwise they must not overlap.
/// states, if given (N), says of each row whether it is ok, zero or not_finite; the call returns
/// how many were not ok.
///
/// The norm is summed in double (sixteen partial sums of fma, element k into sum k mod 16, joined
/// 8-4-2-1), the element multiplied with its reciprocal in double, rounded to float32 and from
/// there to the type of out: nothing overflows or underflows, also with elements near the ends of
/// float32, and a float32 result is within 1 ulp of the exact quotient. A row of zeros (of either
/// sign) stays zeros (+0). A row with a NaN or an infinity becomes NaN in every element.
///
/// Cost: reads rows once and writes out once; memory is the limit. Allocates nothing; below 64 KiB
/// runs on the calling thread.
/// Errors: kernels::error for shapes, strides or null pointers that do not fit.
template <class In, class Out>
normalize_counts normalize(on_cpu exec, const view<const In, 2>& rows, const view<Out, 2>& out,
                           const view<row_state, 1>& states = {}) {
  check_normalize<In, Out>(rows, out, states);
  return cpu::normalize<In, Out>(exec, rows, out, states);
}

}  // namespace kernels::inline KERNELS_ABI
