// What every tracker takes and gives: detections and the facts of a frame in, tracks out.
#pragma once

#include <kernels/core/view.hpp>
#include <kernels/math/box.hpp>

#include <cmath>
#include <cstdint>
#include <optional>
#include <span>
#include <variant>

namespace kernels::inline KERNELS_ABI {

/// One detected box. A detection is ignored (it matches no track, starts none, and is counted in
/// track_update::ignored) if a corner is not finite or beyond ±1e9, if its width or height is not
/// positive, or if its score is NaN. Scores outside [0, 1] are taken as they are, to ±1e6 where
/// pairs are priced.
struct detection {
  kernels::box<double> box{};
  double score = 1;
  std::int32_t class_id = 0;
};

/// One track of a frame.
struct tracked {
  std::int64_t id = 0;         ///< counted per tracker, never given twice
  kernels::box<double> box{};  ///< the filter's estimate; OC-SORT: the detection's box
  double score = 0;            ///< of its detection
  std::int32_t class_id = 0;   ///< of its detection
  std::int32_t detection = 0;  ///< index of its detection in this update's detections
  bool confirmed = true;       ///< false only for BoT-SORT's tracks of one frame
};

/// The answer of one update; it belongs to the tracker and is valid until its next update.
struct track_update {
  std::span<const tracked> tracks;          ///< ascending by id
  std::span<const std::int64_t> confirmed;  ///< ids that became confirmed, ascending
  std::span<const std::int64_t> removed;    ///< confirmed ids that will not come back, ascending
  std::int64_t ignored = 0;                 ///< detections that were no boxes: see detection
};

/// Motion of the camera from the previous frame to this one: where a point (x, y) of the previous
/// frame is now, (xx·x + xy·y + x0, yx·x + yy·y + y0).
struct camera_motion {
  double xx = 1, xy = 0, x0 = 0;
  double yx = 0, yy = 1, y0 = 0;
};

/// "This track's mask is this label of the label map."
struct mask_binding {
  std::int64_t id = 0;     ///< of a track; one that does not live is ignored
  std::int32_t label = 0;  ///< 0: it has none
};

/// A label a pixel, height × width; 0 is background. Rows may be padded.
using label_map = std::variant<view<const std::uint8_t, 2>, view<const std::uint16_t, 2>,
                               view<const std::int32_t, 2>>;

/// The masks of one frame, for McByte.
struct mask_frame {
  label_map labels;
  std::span<const double> confidence = {};  ///< mean confidence of label k at [k]; beyond: 1
  /// Applied before the association. Labels below 65,536 that nobody claimed are bound by default,
  /// at the end of the update, unless bind_by_default is false.
  std::span<const mask_binding> bindings = {};
  bool bind_by_default = true;
};

/// What is known about a frame beside its detections.
struct frame_context {
  /// Time since the previous update, in frames: 1, or more where frames were skipped; 1/1024 to
  /// 65536. The filters predict over dt, and lost tracks age by it.
  double dt = 1;
  const camera_motion* warp = nullptr;  ///< BoT-SORT and McByte; others refuse one
  const mask_frame* masks = nullptr;    ///< McByte; others refuse them
  /// BoT-SORT: one row a detection, any length, of any norm; a row that is all zero or not finite
  /// says nothing.
  view<const float, 2> embeddings = {};
  /// BoT-SORT, instead of embeddings: cosine distances (0 … 2) of the tracks candidates() names
  /// (rows) to the detections (columns); NaN: not known; below 0 is 0.
  view<const double, 2> appearance = {};
};

/// Frames that a lost track is kept: int(fps / 30 · track_buffer), at most max_buffer.
inline int lost_frames(double fps, int track_buffer, int max_buffer) {
  const double frames = fps / 30.0 * track_buffer;
  return frames >= max_buffer ? max_buffer : static_cast<int>(frames);
}

/// SORT. Bewley et al., "Simple online and realtime tracking", 2016.
struct sort_options {
  double iou_threshold = 0.3;  ///< a pair below it is no match
  int max_age = 1;             ///< frames without a detection that a track survives
  int min_hits = 3;            ///< updates in a row before a track is given out
  bool classes_apart = false;  ///< tracks and detections of different classes never match
  std::int64_t first_id = 1;
};

/// ByteTrack. Zhang et al., "ByteTrack", 2022.
struct byte_tracker_options {
  double track_threshold = 0.6;  ///< high: score > this (equal is dropped); low: below it
  double low_threshold = 0.1;    ///< low: score > this
  /// A new track: score >= this. Default: track_threshold + 0.1.
  std::optional<double> new_threshold = {};
  double match_threshold = 0.9;        ///< limit of the first association
  double low_match_threshold = 0.5;    ///< … of the second, with low detections
  double unconfirmed_threshold = 0.7;  ///< … of the third, of tracks of one frame
  double duplicate_threshold = 0.15;   ///< 1 − IoU below it: one of the two tracks goes
  bool fuse_scores = true;  ///< cost 1 − IoU·score in the first and third; `mot20` says false
  double fps = 30;
  int track_buffer = 30;     ///< lost tracks live lost_frames(fps, track_buffer, max_buffer)
  int max_buffer = 1000000;  ///< BananaTracker: 45
  bool classes_apart = false;
  std::int64_t first_id = 1;
};

/// BoT-SORT. Aharon et al., "BoT-SORT", 2022.
struct bot_sort_options {
  double track_threshold = 0.6;        ///< high: score > this; low: below it
  double low_threshold = 0.1;          ///< low: score > this
  double new_threshold = 0.7;          ///< a new track: score >= this
  double match_threshold = 0.8;        ///< limit of the first association
  double low_match_threshold = 0.5;    ///< … of the second
  double unconfirmed_threshold = 0.7;  ///< … of the third
  double duplicate_threshold = 0.15;   ///< as ByteTrack
  bool fuse_scores = true;             ///< as ByteTrack
  double proximity_threshold = 0.5;    ///< 1 − IoU above it: appearance does not count
  double appearance_threshold = 0.25;  ///< half the cosine distance above it: does not count
  double feature_momentum = 0.9;       ///< share of the old feature in a track's running mean
  double fps = 30;
  int track_buffer = 30;
  int max_buffer = 1000000;
  bool classes_apart = false;
  std::int64_t first_id = 1;
};

/// OC-SORT. Cao et al., "Observation-centric SORT", 2023.
struct oc_sort_options {
  double detection_threshold = 0.6;  ///< used: score > this
  double iou_threshold = 0.3;        ///< a pair below it is no match
  double inertia = 0.2;              ///< weight of the direction
  int delta_t = 3;                   ///< frames that a direction is measured over, 1 … 16
  /// Deleted when it was not updated for more frames. One that comes back lives through its gap
  /// again in as many steps as there were updates, at most 1024, all of one length.
  int max_age = 30;
  int min_hits = 3;  ///< updates in a row before a track is given out
  bool classes_apart = false;
  std::int64_t first_id = 1;
};

/// McByte. Stanczyk et al., "No train yet gain: mask-assisted multi-object tracking", 2025.
struct mcbyte_options {
  double track_threshold = 0.6;  ///< high: score > this; low: below it
  double low_threshold = 0.1;    ///< low: score > this
  /// A new track: score >= this. Default: track_threshold + 0.1.
  std::optional<double> new_threshold = {};
  double match_threshold = 0.9;        ///< limit of the first association
  double low_match_threshold = 0.5;    ///< … of the second
  double unconfirmed_threshold = 0.7;  ///< … of the third
  double fps = 30;
  int track_buffer = 30;
  int max_buffer = 1000000;
  bool classes_apart = false;
  std::int64_t first_id = 1;
};

}  // namespace kernels::inline KERNELS_ABI
