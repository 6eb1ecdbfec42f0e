// What ByteTrack, BoT-SORT and McByte have in common: a frame in three associations, between which
// nothing but lists is touched. The machine says what to predict, compare and update; an engine
// (single.hpp, multi_tracker.hpp) does it, so that many cameras can be stepped together.
#pragma once

#include <kernels/tracking/features.hpp>
#include <kernels/tracking/frame.hpp>
#include <kernels/tracking/mask_binder.hpp>
#include <kernels/tracking/overlaps.hpp>
#include <kernels/tracking/slots.hpp>
#include <kernels/tracking/work.hpp>

namespace kernels::inline KERNELS_ABI::tracking {

/// One tracker's rules, from its options.
struct byte_rules {
  const char* name = "";
  filter_model model = filter_model::xyah;
  double high = 0, low = 0, fresh = 0;
  double limits[3] = {};
  double duplicate = -1;  ///< 0 or less: duplicates stay
  bool fuse = true;
  bool gives_unconfirmed = false;
  frame_needs uses = {};
  int max_lost = 0;
  bool apart = false;
  std::int64_t first_id = 1;
  appearance_rules appearance_limits = {};
  double feature_momentum = 0.9;
};

class byte_machine {
 public:
  static constexpr int kStages = 3;
  using rules = byte_rules;

  explicit byte_machine(const rules& chosen) : rules_(chosen), next_id_(chosen.first_id) {}

  [[nodiscard]] filter_model model() const { return rules_.model; }
  void check(std::span<const detection> given, const frame_context& frame) const;

  /// Takes a frame in. Tells what to predict and warp.
  void begin(std::span<const detection> given, const frame_context& frame, work& w);
  /// States one association, and takes its answer in.
  void pose(int stage, association& a);
  void consume(int stage, const association& a);
  /// Tells which filters to update and to start, and whose boxes finish() needs.
  void settle(work& w);
  /// Takes those boxes in; ends the frame.
  track_update finish(const work& w);
  void reset();

  [[nodiscard]] const frame_detections& detections() const { return detections_; }
  [[nodiscard]] std::size_t tracks() const { return tracks_.size(); }
  [[nodiscard]] std::int32_t slots() const { return slots_.count(); }
  /// Tracks that the next update compares, in the order of its appearance rows.
  [[nodiscard]] std::span<const std::int64_t> candidates() const { return candidates_; }

 private:
  struct track {
    std::int64_t id = 0;
    double start = 0, last = 0;  ///< frames of its birth and of its last detection
    double score = 0;
    std::int32_t class_id = 0, slot = 0;
    std::int32_t detection = -1;          ///< of this frame, in frame_detections; −1: none
    std::int32_t label = 0;               ///< of its mask; 0: none
    bool lost = false, was_lost = false;  ///< now, and when the frame began
    bool confirmed = false, was_confirmed = false;
    bool expired = false;  ///< was lost for too long once: goes at its next loss
    bool gone = false;     ///< leaves the table at the end of this frame
    box<double> at{};
  };

  void add_rows_where(association& a, bool confirmed, bool only_unmatched_tracked) const;
  void add_appearance(association& a) const;
  void bind(std::int64_t id, std::int32_t label);
  void bind_masks(const mask_frame& masks);
  void remove_duplicates();

  rules rules_;
  std::vector<track> tracks_;  ///< ascending by id
  frame_detections detections_;
  frame_context frame_;
  std::vector<std::int32_t> high_, low_;  ///< detections by score; high_: those left over
  std::vector<std::uint8_t> taken_;
  feature_table features_;
  slot_pool slots_;
  overlap_finder overlaps_;
  std::vector<box<double>> tracked_boxes_, lost_boxes_;
  std::vector<std::int32_t> tracked_rows_, lost_rows_;
  mask_binder binder_;
  double now_ = 0;
  bool first_ = true;
  std::int64_t next_id_;

  std::vector<tracked> output_;
  std::vector<std::int64_t> confirmed_, removed_, candidates_;
};

inline void byte_machine::check(std::span<const detection> given,
                                const frame_context& frame) const {
  check_frame(rules_.name, given, frame, rules_.uses);
  const auto count = static_cast<std::int64_t>(given.size());
  if (frame.embeddings.data != nullptr) {
    if (frame.embeddings.extent[0] != count) {
      refuse(rules_.name, "embeddings", std::to_string(count) + " rows, one a detection",
             shape_text(frame.embeddings.extent));
    }
    if (!features_.fits(frame.embeddings.extent[1])) {
      refuse(rules_.name, "embeddings",
             "rows of the length of the first frame's, " + std::to_string(features_.length()),
             shape_text(frame.embeddings.extent));
    }
  }
  if (frame.appearance.data != nullptr &&
      (frame.appearance.extent[0] != static_cast<std::int64_t>(tracks_.size()) ||
       frame.appearance.extent[1] != count)) {
    refuse(rules_.name, "appearance",
           "candidates by detections, (" + std::to_string(tracks_.size()) + ", " +
               std::to_string(count) + ")",
           shape_text(frame.appearance.extent));
  }
}

inline void byte_machine::begin(std::span<const detection> given, const frame_context& frame,
                                work& w) {
  frame_ = frame;
  now_ += frame.dt;
  detections_.read(given);
  if (rules_.uses.appearance) {
    if (frame.embeddings.data != nullptr) {
      features_.read(frame.embeddings, detections_.index);
    } else {
      features_.read_none(detections_.index.size());
    }
  }
  high_.clear();
  low_.clear();
  for (std::size_t k = 0; k < detections_.scores.size(); ++k) {
    const double score = detections_.scores[k];
    if (score > rules_.high) high_.push_back(static_cast<std::int32_t>(k));
    if (score < rules_.high && score > rules_.low) low_.push_back(static_cast<std::int32_t>(k));
  }
  taken_.assign(detections_.scores.size(), 0);
  if (frame.masks != nullptr) {
    for (const auto& b : frame.masks->bindings) bind(b.id, b.label);
  }
  w.clear();
  w.dt = frame.dt;
  w.warp = frame.warp;
  for (auto& t : tracks_) {
    t.detection = -1;
    t.was_lost = t.lost;
    t.was_confirmed = t.confirmed;
    if (t.confirmed) {
      w.predicted.push_back(t.slot);
      w.still.push_back(t.lost ? 1 : 0);
    }
    if (w.warp != nullptr) w.warped.push_back(t.slot);
  }
}

inline void byte_machine::add_rows_where(association& a, bool confirmed,
                                         bool only_unmatched_tracked) const {
  for (std::size_t k = 0; k < tracks_.size(); ++k) {
    const track& t = tracks_[k];
    if (t.was_confirmed != confirmed) continue;
    if (only_unmatched_tracked && (t.was_lost || t.detection >= 0)) continue;
    a.rows.push_back(static_cast<std::int32_t>(k));
    a.row_slots.push_back(t.slot);
    a.row_classes.push_back(t.class_id);
    if (frame_.masks != nullptr) a.row_labels.push_back(t.label);
  }
}

inline void byte_machine::add_appearance(association& a) const {
  const bool given = frame_.appearance.data != nullptr;
  if (!given && frame_.embeddings.data == nullptr) return;
  a.appearance_limits = rules_.appearance_limits;
  for (const auto row : a.rows) {
    const track& t = tracks_[static_cast<std::size_t>(row)];
    for (const auto c : a.columns) {
      const auto column = static_cast<std::size_t>(c);
      const double cosine =
          given ? frame_.appearance.data[row * frame_.appearance.stride[0] +
                                         detections_.index[column] * frame_.appearance.stride[1]]
                : features_.distance(t.slot, column);
      a.appearance.push_back(cosine < 0 ? 0.0 : 0.5 * cosine);
    }
  }
}

inline void byte_machine::pose(int stage, association& a) {
  using math::pair_price;
  const bool low = stage == 1;
  a.clear({.price = rules_.fuse && !low ? pair_price::fused_distance : pair_price::distance,
           .apart = rules_.apart,
           .limit = rules_.limits[stage]});
  add_rows_where(a, stage != 2, low);
  a.columns = low ? low_ : high_;
  a.masks = frame_.masks;
  if (rules_.uses.appearance && !low) add_appearance(a);
}

inline void byte_machine::consume(int stage, const association& a) {
  for (std::size_t i = 0; i < a.rows.size(); ++i) {
    if (a.match[i] < 0) continue;
    const std::int32_t d = a.columns[static_cast<std::size_t>(a.match[i])];
    tracks_[static_cast<std::size_t>(a.rows[i])].detection = d;
    taken_[static_cast<std::size_t>(d)] = 1;
  }
  if (stage == 1) return;
  std::erase_if(high_, [&](std::int32_t d) { return taken_[static_cast<std::size_t>(d)] != 0; });
}

inline void byte_machine::settle(work& w) {
  for (auto& t : tracks_) {
    if (t.detection >= 0) {
      const auto d = static_cast<std::size_t>(t.detection);
      t.last = now_;
      t.score = detections_.scores[d];
      t.class_id = detections_.classes[d];
      t.lost = false;
      t.confirmed = true;
      w.updated.push_back(t.slot);
      w.updated_with.push_back(measure_box(rules_.model, detections_.boxes[d]));
      if (rules_.uses.appearance && t.score > rules_.high) {
        features_.learn(t.slot, d, rules_.feature_momentum);
      }
    } else if (!t.confirmed) {
      t.gone = true;
    } else if (!t.was_lost) {
      t.lost = true;
      t.gone = t.expired;
    } else {
      t.gone = t.expired;
      t.expired = now_ - t.last > rules_.max_lost;
    }
  }
  for (const auto k : high_) {
    const auto d = static_cast<std::size_t>(k);
    if (!(detections_.scores[d] >= rules_.fresh)) continue;
    track t;
    t.id = next_id_++;
    t.start = t.last = now_;
    t.score = detections_.scores[d];
    t.class_id = detections_.classes[d];
    t.slot = slots_.take();
    t.detection = k;
    t.confirmed = first_;
    tracks_.push_back(t);
    w.started.push_back(t.slot);
    w.started_with.push_back(measure_box(rules_.model, detections_.boxes[d]));
    if (rules_.uses.appearance) features_.start(t.slot, d);
  }
  for (const auto& t : tracks_) {
    if (!t.gone && (!t.lost || rules_.duplicate > 0)) w.wanted.push_back(t.slot);
  }
}

/// A tracked and a lost track in one place: the one with the shorter past goes, and of equal ones
/// the tracked one. All pairs are judged before anything goes.
inline void byte_machine::remove_duplicates() {
  tracked_boxes_.clear();
  lost_boxes_.clear();
  tracked_rows_.clear();
  lost_rows_.clear();
  for (std::size_t k = 0; k < tracks_.size(); ++k) {
    const track& t = tracks_[k];
    if (t.gone) continue;
    (t.lost ? lost_boxes_ : tracked_boxes_).push_back(t.at);
    (t.lost ? lost_rows_ : tracked_rows_).push_back(static_cast<std::int32_t>(k));
  }
  overlaps_.each(tracked_boxes_, lost_boxes_, pixel_convention::inclusive,
                 [&](std::size_t i, std::size_t j, double iou) {
                   if (!(exact::add(1.0, -iou) < rules_.duplicate)) return;
                   track& p = tracks_[static_cast<std::size_t>(tracked_rows_[i])];
                   track& q = tracks_[static_cast<std::size_t>(lost_rows_[j])];
                   if (rules_.apart && p.class_id != q.class_id) return;
                   (p.last - p.start > q.last - q.start ? q : p).gone = true;
                 });
}

inline void byte_machine::bind(std::int64_t id, std::int32_t label) {
  const auto at = std::lower_bound(tracks_.begin(), tracks_.end(), id,
                                   [](const track& t, std::int64_t i) { return t.id < i; });
  if (at != tracks_.end() && at->id == id) at->label = label;
}

inline void byte_machine::bind_masks(const mask_frame& masks) {
  const auto without = [](const track& t) {
    return !t.gone && !t.lost && t.confirmed && t.label == 0;
  };
  binder_.begin(masks);
  for (const auto& t : tracks_) {
    if (!t.gone) binder_.own(t.label);
    if (without(t)) binder_.offer(t.at);
  }
  binder_.count();
  std::size_t k = 0;
  for (auto& t : tracks_) {
    if (without(t)) t.label = binder_.take(k++);
  }
}

inline track_update byte_machine::finish(const work& w) {
  std::size_t next = 0;
  for (auto& t : tracks_) {
    if (!t.gone && (!t.lost || rules_.duplicate > 0)) t.at = w.boxes[next++];
  }
  if (rules_.duplicate > 0) remove_duplicates();
  if (frame_.masks != nullptr && frame_.masks->bind_by_default) bind_masks(*frame_.masks);
  first_ = false;
  output_.clear();
  confirmed_.clear();
  removed_.clear();
  candidates_.clear();
  for (const auto& t : tracks_) {
    if (t.gone) {
      slots_.give_back(t.slot);
      if (t.was_confirmed) removed_.push_back(t.id);
      continue;
    }
    candidates_.push_back(t.id);
    if (t.confirmed && !t.was_confirmed) confirmed_.push_back(t.id);
    if (t.lost || !(t.confirmed || rules_.gives_unconfirmed)) continue;
    output_.push_back({t.id, t.at, t.score, t.class_id,
                       detections_.index[static_cast<std::size_t>(t.detection)], t.confirmed});
  }
  std::erase_if(tracks_, [](const track& t) { return t.gone; });
  frame_ = {};
  return {output_, confirmed_, removed_, detections_.ignored};
}

inline void byte_machine::reset() {
  for (const auto& t : tracks_) slots_.give_back(t.slot);
  tracks_.clear();
  candidates_.clear();
  now_ = 0;
  first_ = true;
}

}  // namespace kernels::inline KERNELS_ABI::tracking
