// conditioned_assignment: assignment of detections to tracks where the tracks' masks (from a
// segmenter that follows objects through a video) decide between rivals, as McByte does.
//
//   kernels::conditioned_assignment_solver<double> solver;  // keeps its scratch; one a thread
//   solver.solve(cost, detections, label_map, masks, confidences, {.limit = 0.9},
//                track_to_detection, detection_to_track);
//
// Class: exact. Same matching on CPU and GPU.
#pragma once

#include <kernels/conditioned_assignment_gpu.hpp>
#include <kernels/cpu/conditioned_assignment.hpp>

namespace kernels::inline KERNELS_ABI {

#if defined(KERNELS_WITH_CUDA)
extern template struct gpu::conditioned_launchers<float, std::uint8_t>;
extern template struct gpu::conditioned_launchers<float, std::uint16_t>;
extern template struct gpu::conditioned_launchers<float, std::int32_t>;
extern template struct gpu::conditioned_launchers<double, std::uint8_t>;
extern template struct gpu::conditioned_launchers<double, std::uint16_t>;
extern template struct gpu::conditioned_launchers<double, std::int32_t>;
#endif

/// cost: tracks × detections. detections: (detections, 4), rows of left, top, width, height in
/// pixels of the label map. map: a label a pixel, 0 is background; uint8_t, uint16_t or int32_t,
/// rows padded or not; empty: no masks. masks: the label of each track's mask, 0 or less: none.
/// confidences: the mean confidence of each track's mask.
///
/// Every test reads the costs as given, so nothing depends on an order:
///   1. A pair is allowed if its cost is at most the limit.
///   2. An allowed pair without a rival in its row and in its column is locked: `lock` is added to
///      the rest of that row and of that column.
///   3. Of the other allowed pairs, those whose track has a mask of at least least_confidence on
///   the
///      map, which fills at least least_fill of the detection's box and lies in it to at least
///      least_cover, cost less by the share of the box that the mask fills.
///   4. assign() with that limit; see assignment.hpp for ties, NaN and infinite costs.
/// The box: numbers without their fractions; a corner left of the map or above it is moved onto the
/// map and the size stays (as the original does), what sticks out right and below is cut off. A box
/// or mask without pixels, or with NaN, decides nothing. New costs are in double.
///
/// Source: McByte, conditioned_assignment. Cost: the matrix three times and assign(); one pass over
/// the label map if any mask has something to decide, see label_boxes.hpp.
template <class T>
class conditioned_assignment_solver {
 public:
  explicit conditioned_assignment_solver(instruction_set isa = instruction_set::best)
      : scratch_(isa) {}

  /// The detection of each track and the track of each detection, −1: none. No allocation once the
  /// scratch has grown.
  /// Errors: kernels::error for sizes that do not fit, a NaN limit, a cost of −infinity, a map of
  /// 2^31 pixels or more; before anything is written.
  template <class Label>
  void solve(const view<const T, 2>& cost, const view<const T, 2>& detections,
             const view<const Label, 2>& map, const view<const std::int32_t, 1>& masks,
             const view<const T, 1>& confidences,
             const conditioned_assignment_parameters<T>& parameters,
             std::span<std::int32_t> track_to_detection,
             std::span<std::int32_t> detection_to_track) {
    check_conditioned_assignment(cost, detections, map, masks, confidences, parameters);
    check_assignment_size("track_to_detection", std::ssize(track_to_detection), cost.extent[0]);
    check_assignment_size("detection_to_track", std::ssize(detection_to_track), cost.extent[1]);
    if (!scratch_.solve(cost, detections, map, masks, confidences, parameters, track_to_detection,
                        detection_to_track)) {
      refuse_assignment_cost();
    }
  }

  /// The costs that the last call assigned by, packed.
  [[nodiscard]] std::span<const double> adjusted() const { return scratch_.adjusted(); }

 private:
  cpu::conditioned_scratch<T> scratch_;
};

/// The same for occasional use: allocates its scratch.
template <class T, class Label>
void conditioned_assign(on_cpu exec, const view<const T, 2>& cost,
                        const view<const T, 2>& detections, const view<const Label, 2>& map,
                        const view<const std::int32_t, 1>& masks,
                        const view<const T, 1>& confidences,
                        const view<std::int32_t, 1>& track_to_detection,
                        const view<std::int32_t, 1>& detection_to_track,
                        const conditioned_assignment_parameters<T>& parameters = {}) {
  conditioned_assignment_solver<T>(exec.isa).solve(
      cost, detections, map, masks, confidences, parameters,
      assignment_span("track_to_detection", track_to_detection),
      assignment_span("detection_to_track", detection_to_track));
}

}  // namespace kernels::inline KERNELS_ABI
