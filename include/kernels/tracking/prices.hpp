// The associations of many cameras as one batch on a device: plain pointers for kernels, and their
// launchers.
#pragma once

#include <kernels/core/exec.hpp>
#include <kernels/core/view.hpp>
#include <kernels/math/tracker.hpp>
#include <kernels/tracking/association.hpp>

namespace kernels::inline KERNELS_ABI {

namespace tracking {

/// Problem g has rows [row_offsets[g], row_offsets[g + 1]) and columns likewise; its prices stand
/// row by row from offsets[g] on. All pointers are device memory.
struct priced_batch {
  association_rules rules;
  appearance_rules appearance_limits;
  std::int64_t problems = 0;
  const std::int32_t* row_offsets = nullptr;
  const std::int32_t* column_offsets = nullptr;
  const std::int64_t* offsets = nullptr;
  const box<double>* row_boxes = nullptr;
  const std::int32_t* row_classes = nullptr;
  const math::track_direction* row_directions = nullptr;  ///< only for pair_price::direction
  const box<double>* column_boxes = nullptr;
  const double* column_scores = nullptr;  ///< frame_detections::weights
  const std::int32_t* column_classes = nullptr;
  const double* appearance = nullptr;  ///< as prices; null: none
  double* prices = nullptr;
  std::int32_t* match = nullptr;  ///< of each row, once it was assigned
};

}  // namespace tracking

namespace gpu {
/// Defined in cuda/kernels/multi_tracker.cuh.
/// Prices of all pairs; infinite where a pair must not be matched.
template <int = 0>
void tracker_prices(CUstream_st* stream, const tracking::priced_batch& batch);
/// Takes pairs apart whose IoU is below rules.least_iou, or whose classes are kept apart.
template <int = 0>
void tracker_take_apart(CUstream_st* stream, const tracking::priced_batch& batch);
/// Plane k of slot to[i] becomes that of from[i]; flags likewise.
template <int = 0>
void tracker_copy_slots(CUstream_st* stream, double* planes, std::int64_t stride, int count,
                        std::uint8_t* flags, const std::int32_t* from, const std::int32_t* to,
                        std::int64_t size);

#if defined(KERNELS_WITH_CUDA) && !defined(__CUDACC__)
extern template void tracker_prices<0>(CUstream_st*, const tracking::priced_batch&);
extern template void tracker_take_apart<0>(CUstream_st*, const tracking::priced_batch&);
extern template void tracker_copy_slots<0>(CUstream_st*, double*, std::int64_t, int, std::uint8_t*,
                                           const std::int32_t*, const std::int32_t*, std::int64_t);
#endif
}  // namespace gpu

}  // namespace kernels::inline KERNELS_ABI
