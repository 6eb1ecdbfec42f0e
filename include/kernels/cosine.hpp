// cosine: similarity or distance of all pairs of two sets of embeddings, or of the sets of many
// groups in one call.
//
//   kernels::cosine<float>(kernels::on_cpu(), faces, people, matrix);
//   kernels::cosine<kernels::half>(exec, a, b, matrix, {.kind = kernels::cosine_kind::distance});
//
// The best matches without the matrix: search.hpp.
//
// Class: exact. Rows of float32, float16, bfloat16, or 8-bit integers with a scale a row; the same
// bytes on CPU and GPU, with any number of threads and any instruction set, and for a pair in any
// batch. With .precision = cosine_precision::bfloat16: bounded.
#pragma once

#include <kernels/cosine_gpu.hpp>
#include <kernels/cpu/cosine.hpp>
#include <kernels/cpu/cosine_int8.hpp>

namespace kernels::inline KERNELS_ABI {

#if defined(KERNELS_WITH_CUDA)
extern template struct gpu::cosine_launchers<float>;
extern template struct gpu::cosine_launchers<half>;
extern template struct gpu::cosine_launchers<bfloat16>;
extern template struct gpu::cosine_int8_launchers<0>;
#endif

/// out[i, j] = ⟨a[i], b[j]⟩ / (‖a[i]‖·‖b[j]‖), or 1 minus that, for N rows a and M rows b of D
/// elements (not necessarily of unit length, in any scale); out is (N, M), with any strides, also
/// transposed.
///
/// Exactly: rows to unit length in float32 as normalize.hpp does it; sixteen partial sums of fma,
/// element k into sum k mod 16 in ascending order, joined 8-4-2-1; clamped to [−1, 1]; distance is
/// 1 − that. Within about (D/16 + 10)·2^-24 of the true value. Symmetric, bit for bit. A row of
/// zeros has similarity 0 with everything, itself included (distance 1). A row with a NaN or an
/// infinity has NaN with everything. Inputs are never modified.
///
/// options.precision = bfloat16 allows values that differ from the true ones by up to
/// cosine_bfloat16_bound(D), 0.008 for D = 512 (random rows: a few 10^-4), for speed: unit rows
/// rounded to bfloat16, their products summed in float32 by the AVX512_BF16 instructions.
/// The bits then depend on the processor, though not on threads or the batch, and stay symmetric;
/// rows of zeros and rows that are not finite are as above. Where there are no such instructions,
/// or with on_cpu::isa below avx512, the result is the exact one.
///
/// Cost: 2·N·M·D operations, the limit are the processor's fmas. Allocates the unit rows, and for
/// bfloat16 copies of half their size.
/// Errors: kernels::error for shapes, strides or null pointers that do not fit.
template <class T>
void cosine(on_cpu exec, const view<const T, 2>& a, const view<const T, 2>& b,
            const view<float, 2>& out, const cosine_options& options = {}) {
  check_cosine<T>(a, b, out, options);
  cpu::cosine<T>(exec, a, b, out, options);
}

/// Many matrices in one call: group g is rows a_offsets[g] … a_offsets[g+1] − 1 of a (n of them)
/// against b_offsets[g] … b_offsets[g+1] − 1 of b (m), and its n·m values stand row by row in out
/// from out_offsets[g] on. All offsets have G + 1 entries, start with 0 and do not fall;
/// out_offsets may leave gaps, which are not written. Exact whatever options.precision allows.
/// Errors: as above; offsets that fall, pass the end of their array, or leave too little room.
template <class T>
void cosine(on_cpu exec, const view<const T, 2>& a, const view<const T, 2>& b,
            const cosine_groups<>& groups, const view<float, 1>& out,
            const cosine_options& options = {}) {
  check_cosine<T>(a, b, groups, out, options);
  const std::int64_t count = check_offsets("cosine", "a_offsets", groups.a_offsets, a.extent[0]);
  check_offsets("cosine", "b_offsets", groups.b_offsets, b.extent[0]);
  check_offsets("cosine", "out_offsets", groups.out_offsets, out.extent[0]);
  for (std::int64_t g = 0; g < count; ++g) {
    const cpu::cosine_group group = cpu::cosine_group_of(groups, g);
    if (group.room < group.a_rows * group.b_rows) {
      refuse("cosine", "out_offsets",
             "room for " + std::to_string(group.a_rows * group.b_rows) + " values in group " +
                 std::to_string(g),
             std::to_string(group.room));
    }
  }
  cpu::cosine<T>(exec, a, b, groups, count, out, options);
}

/// Rows of 8-bit integers with a scale each: the cosine of the rows scales[i]·values[i]. The dot
/// and the norms are sums of integers, exact in any order; then dot·(1/‖a‖)·(1/‖b‖) in double,
/// rounded to float32 (within 1 ulp), clamped. The size of a scale cancels out: its sign counts, a
/// scale of 0 makes a row of zeros, and one that is not finite a row that is not. D <= 131,071.
/// Exact whatever options.precision allows.
inline void cosine(on_cpu exec, const int8_rows<>& a, const int8_rows<>& b,
                   const view<float, 2>& out, const cosine_options& options = {}) {
  check_cosine(a, b, out, options);
  cpu::cosine(exec, a, b, out, options);
}

}  // namespace kernels::inline KERNELS_ABI
