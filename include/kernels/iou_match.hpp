// iou_match: which boxes of b overlap those of a, without the matrix: the best one for each box of
// a, or all above a threshold as sorted lists.
//
//   kernels::iou_best_match<float>(exec, a, b, values, indices, {.threshold = 0.5});
//   const auto n = kernels::iou_matches<float>(exec, a, b, row_offsets, columns, values,
//                                              {.threshold = 0.3});
//
// Class: exact. The values are those of pairwise_iou; the same bytes on CPU and GPU, with any
// number of threads and any instruction set.
#pragma once

#include <kernels/cpu/iou_match.hpp>
#include <kernels/iou_match_gpu.hpp>

namespace kernels::inline KERNELS_ABI {

#if defined(KERNELS_WITH_CUDA)
extern template struct gpu::iou_match_launchers<float>;
extern template struct gpu::iou_match_launchers<double>;
#endif

/// For each of N boxes a: values[i] is its largest overlap with any of M boxes b, and indices[i]
/// the box of b that has it, the lowest one if several do; −1 if the overlap is not greater than
/// the threshold. Without any b, values[i] is the least value of the kind (0 for IoU). Boxes that
/// are empty or NaN: as pairwise_iou says.
///
/// Cost: O(N·M), with kinds without a distance less: from 64 boxes a on, b is sorted by left sides,
/// and only boxes beside a[i] are looked at. Allocates if M > 512 (float: 1024).
/// Errors: kernels::error for arrays that do not fit, a NaN threshold, 2^31 boxes or more.
template <class T>
void iou_best_match(on_cpu exec, const boxes_view<T>& a, const boxes_view<T>& b,
                    const view<T, 1>& values, const view<std::int32_t, 1>& indices,
                    const iou_match_options& options = {}) {
  check_iou_best_match<T>(a, b, values, indices, options);
  cpu::iou_best_match<T>(exec, a, b, values, indices, options);
}

/// All pairs whose overlap is greater than the threshold, row by row and in each row with ascending
/// columns: those of a[i] are entries row_offsets[i] … row_offsets[i + 1] − 1 of columns (the box
/// of b) and values (the overlap). row_offsets has N + 1 entries. Returns their number.
///
/// columns and values may be too short: row_offsets and the number returned are right all the same,
/// entries that find no room are not written. So a call with empty columns and values counts.
///
/// Cost: as above, unless the threshold is negative; with several threads twice (counted, then
/// filled). Allocates if M > 512 (float: 1024) or several threads run.
/// Errors: as above.
template <class T>
std::int64_t iou_matches(on_cpu exec, const boxes_view<T>& a, const boxes_view<T>& b,
                         const view<std::int64_t, 1>& row_offsets,
                         const view<std::int32_t, 1>& columns, const view<T, 1>& values,
                         const iou_match_options& options = {}) {
  check_iou_matches<T>(a, b, row_offsets, columns, values, options);
  return cpu::iou_matches<T>(exec, a, b, row_offsets, columns, values, options);
}

}  // namespace kernels::inline KERNELS_ABI
