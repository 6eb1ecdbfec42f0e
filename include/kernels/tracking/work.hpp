// What a machine asks of an engine in one frame, beside its associations: predictions, updates and
// boxes of filters, each named by its slot.
#pragma once

#include <kernels/tracking/association.hpp>

namespace kernels::inline KERNELS_ABI::tracking {

/// SORT's filter (7 numbers), ByteTrack's, or BoT-SORT's.
enum class filter_model : std::uint8_t { sort7, xyah, xywh };

/// What a filter is told of a detection: four numbers, as its model counts.
struct measurement {
  double a, b, c, d;
};

inline measurement measure_box(filter_model model, const box<double>& b) {
  const auto n =
      math::box_to(model == filter_model::xyah ? box_format::xyah : box_format::cxcywh, b);
  if (model != filter_model::sort7) return {n.a, n.b, n.c, n.d};
  return {n.a, n.b, exact::product(n.c, n.d), exact::div(n.c, n.d)};
}

/// OC-SORT's second look at a gap: the filter goes back to what it was when the detections stopped
/// (`saved` holds that), and lives through the gap again with detections on a straight line.
struct replay {
  std::int32_t slot, saved;
  std::int32_t first, count;  ///< measurements in work::replayed; between two of them it predicts
};

struct work {
  double dt = 1;
  std::vector<std::int32_t> predicted;  ///< slots
  std::vector<std::uint8_t> still;      ///< 1: the sizes' velocities are set to 0 before
  const camera_motion* warp = nullptr;
  std::vector<std::int32_t> warped;  ///< slots, after their prediction

  association stage;

  // after all associations, in this order
  std::vector<std::int32_t> saved_from, saved_to;  ///< copies of filters
  std::vector<replay> replays;
  std::vector<measurement> replayed;
  std::vector<double> replay_dt;  ///< of the prediction after each replayed measurement
  std::vector<std::int32_t> updated;
  std::vector<measurement> updated_with;
  std::vector<std::int32_t> started;
  std::vector<measurement> started_with;

  std::vector<std::int32_t> wanted;  ///< slots whose boxes finish() needs
  std::vector<box<double>> boxes;    ///< those

  void clear() {
    predicted.clear();
    still.clear();
    warp = nullptr;
    warped.clear();
    saved_from.clear();
    saved_to.clear();
    replays.clear();
    replayed.clear();
    replay_dt.clear();
    updated.clear();
    updated_with.clear();
    started.clear();
    started_with.clear();
    wanted.clear();
    boxes.clear();
  }
};

}  // namespace kernels::inline KERNELS_ABI::tracking
