// One association of one camera as a tracker states it: which tracks, which detections, how pairs
// are priced, and the answer. A machine fills it, an engine (CPU or GPU) answers it.
#pragma once

#include <kernels/math/tracker.hpp>
#include <kernels/tracking/types.hpp>

#include <limits>
#include <vector>

namespace kernels::inline KERNELS_ABI::tracking {

/// The rules of one association; plain numbers, the same for host and device.
struct association_rules {
  math::pair_price price = math::pair_price::distance;
  pixel_convention convention = pixel_convention::inclusive;
  bool apart = false;  ///< pairs of different classes do not overlap
  /// SORT's rules: if the pairs with IoU > least_iou are one to one, they are the matching;
  /// otherwise the assignment decides; then pairs with IoU < least_iou are taken apart.
  bool one_to_one = false;
  /// Nothing at all is matched unless some pair has IoU > least_iou (OC-SORT's second try).
  bool needs_one = false;
  double least_iou = 0;
  double limit = 0;    ///< infinite: as many pairs as can be had, also of IoU 0
  double inertia = 0;  ///< of pair_price::direction
};

/// Appearance for this association (BoT-SORT): rows by columns of `distance`, halved cosine
/// distances or NaN. A pair's price is the least of its own and the appearance's.
struct appearance_rules {
  double proximity = 0.5, most = 0.25;
};

struct association {
  association_rules rules;

  // rows: tracks
  std::vector<std::int32_t> rows;       ///< the machine's own numbers
  std::vector<std::int32_t> row_slots;  ///< whose filter has the box; empty: row_boxes are given
  std::vector<box<double>> row_boxes;
  std::vector<std::int32_t> row_classes;
  std::vector<math::track_direction> row_directions;  ///< only for pair_price::direction

  // columns: detections
  std::vector<std::int32_t> columns;  ///< in frame_detections

  // appearance: rows × columns, or empty
  std::vector<double> appearance;
  appearance_rules appearance_limits;

  // masks: what conditioned assignment needs, or null
  const mask_frame* masks = nullptr;
  std::vector<std::int32_t> row_labels;

  /// The answer: for each row a position in columns, or −1.
  std::vector<std::int32_t> match;

  void clear(const association_rules& with) {
    rules = with;
    rows.clear();
    row_slots.clear();
    row_boxes.clear();
    row_classes.clear();
    row_directions.clear();
    columns.clear();
    appearance.clear();
    masks = nullptr;
    row_labels.clear();
    match.clear();
  }
};

}  // namespace kernels::inline KERNELS_ABI::tracking
