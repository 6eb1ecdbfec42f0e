// classify: the best of some classes for each embedding, by cosine to one vector a class, with the
// probabilities of a softmax: zero-shot categories (CLIP: Radford et al. 2021).
//
//   kernels::classify<float>(kernels::on_cpu(), images, texts,
//                            {.classes = best, .probabilities = sure}, {.temperature = 0.01F});
//
// Class: exact. Rows of float32, float16 or bfloat16; the same bytes on CPU and GPU, with any
// number of threads and any instruction set, and for a row in any batch.
#pragma once

#include <kernels/classify_gpu.hpp>
#include <kernels/cpu/classify.hpp>

namespace kernels::inline KERNELS_ABI {

#if defined(KERNELS_WITH_CUDA)
extern template struct gpu::classify_launchers<float>;
extern template struct gpu::classify_launchers<half>;
extern template struct gpu::classify_launchers<bfloat16>;
#endif

/// For N rows and C classes of D elements, of any length: the `top` classes (the columns of the
/// outputs, at most 64) with the highest similarity s, best first, ties to the lowest class:
///   similarities  s, as cosine.hpp defines it, in [−1, 1]
///   probabilities e^(s/t) / Σ e^(s/t) over all C classes, t the temperature, in [0, 1]
/// Exactly: weights e^((s − largest s)/t) in float32 (math/exponential.hpp, within 1 ulp), summed
/// in double by sixteen partial sums, class k in sum k mod 16, joined 8-4-2-1; the quotient in
/// double, rounded to float32.
///
/// A row or class of zeros has similarity 0. A class with a NaN or an infinity is never returned
/// and counts nothing in the sum. What is left over where there are fewer classes than columns, and
/// a row with a NaN or an infinity: class −1, similarity −∞, probability 0.
///
/// Cost: 2·N·C·D operations, and an exponential a pair. Allocates the unit rows, and the
/// similarities of some rows at a time.
/// Errors: kernels::error for shapes, strides or null pointers that do not fit; a temperature that
/// is not above 0.
template <class T>
void classify(on_cpu exec, const view<const T, 2>& rows, const view<const T, 2>& classes,
              const classify_outputs<>& out, const classify_params& params = {}) {
  check_classify<T>(rows, classes, out, params);
  cpu::classify<T>(exec, rows, classes, out, params);
}

}  // namespace kernels::inline KERNELS_ABI
