// decode_yolo, one anchor: host and device.
#pragma once

#include <kernels/math/letterbox.hpp>

#include <limits>

namespace kernels::inline KERNELS_ABI {

struct decode_yolo_options {
  double score_threshold = 0.25;  ///< anchors with a best score above it are detections
  bool clip = true;               ///< cut boxes off at the edges of the picture
};

namespace math {

/// The best class of an anchor: the first of those with the highest score. NaN is no score; with
/// no score at all it is class 0 with −∞.
template <class T>
struct yolo_best {
  T score;
  std::int32_t label;
};

/// What a best class starts with: below every score.
inline constexpr float kYoloNoScore = -std::numeric_limits<float>::infinity();

/// Takes in the next class.
template <class T>
KERNELS_HD void yolo_take(yolo_best<T>& best, T score, std::int32_t label) {
  if (score > best.score) best = {score, label};
}

/// A box of the head in the picture's coordinates; l may be null (the head's coordinates).
template <class T>
KERNELS_HD box<T> yolo_box(T cx, T cy, T w, T h, const letterbox* l, bool clip) {
  const box<T> b = box_from(box_format::cxcywh, cx, cy, w, h);
  if (l == nullptr) return b;
  const box<T> in_source = letterbox_to_source(*l, b);
  return clip ? letterbox_clip(*l, in_source) : in_source;
}

}  // namespace math
}  // namespace kernels::inline KERNELS_ABI
