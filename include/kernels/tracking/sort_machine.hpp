// SORT, step by step: see byte_machine.hpp for what a machine is.
#pragma once

#include <kernels/tracking/frame.hpp>
#include <kernels/tracking/slots.hpp>
#include <kernels/tracking/work.hpp>

namespace kernels::inline KERNELS_ABI::tracking {

class sort_machine {
 public:
  static constexpr int kStages = 1;
  using rules = sort_options;

  explicit sort_machine(const rules& chosen) : rules_(chosen), next_id_(chosen.first_id) {}

  [[nodiscard]] static filter_model model() { return filter_model::sort7; }
  void check(std::span<const detection> given, const frame_context& frame) const {
    check_frame("sort_tracker", given, frame, {});
  }

  void begin(std::span<const detection> given, const frame_context& frame, work& w) {
    now_ += frame.dt;
    if (updates_ <= rules_.min_hits) ++updates_;
    detections_.read(given);
    w.clear();
    w.dt = frame.dt;
    for (auto& t : tracks_) {
      if (t.detection < 0) t.streak = 0;
      t.detection = -1;
      w.predicted.push_back(t.slot);
      w.still.push_back(0);
    }
  }

  void pose(int /*stage*/, association& a) const {
    a.clear({.price = math::pair_price::overlap,
             .convention = pixel_convention::continuous,
             .apart = rules_.classes_apart,
             .one_to_one = true,
             .least_iou = rules_.iou_threshold});
    for (std::size_t k = 0; k < tracks_.size(); ++k) {
      a.rows.push_back(static_cast<std::int32_t>(k));
      a.row_slots.push_back(tracks_[k].slot);
      a.row_classes.push_back(tracks_[k].class_id);
    }
    for (std::size_t d = 0; d < detections_.boxes.size(); ++d) {
      a.columns.push_back(static_cast<std::int32_t>(d));
    }
  }

  void consume(int /*stage*/, const association& a) {
    taken_.assign(detections_.boxes.size(), 0);
    for (std::size_t i = 0; i < a.rows.size(); ++i) {
      track& t = tracks_[static_cast<std::size_t>(a.rows[i])];
      t.gone = math::is_lost(a.row_boxes[i]);
      if (t.gone || a.match[i] < 0) continue;
      t.detection = a.columns[static_cast<std::size_t>(a.match[i])];
      taken_[static_cast<std::size_t>(t.detection)] = 1;
    }
  }

  void settle(work& w) {
    for (auto& t : tracks_) {
      if (t.gone || t.detection < 0) continue;
      const auto d = static_cast<std::size_t>(t.detection);
      t.last = now_;
      t.streak = std::min(t.streak + 1, rules_.min_hits);
      t.score = detections_.scores[d];
      t.class_id = detections_.classes[d];
      w.updated.push_back(t.slot);
      w.updated_with.push_back(measure_box(filter_model::sort7, detections_.boxes[d]));
    }
    for (std::size_t d = 0; d < taken_.size(); ++d) {
      if (taken_[d] != 0) continue;
      track t;
      t.id = next_id_++;
      t.last = now_;
      t.score = detections_.scores[d];
      t.class_id = detections_.classes[d];
      t.slot = slots_.take();
      t.detection = static_cast<std::int32_t>(d);
      tracks_.push_back(t);
      w.started.push_back(t.slot);
      w.started_with.push_back(measure_box(filter_model::sort7, detections_.boxes[d]));
    }
    for (const auto& t : tracks_) {
      if (given_out(t)) w.wanted.push_back(t.slot);
    }
  }

  track_update finish(const work& w) {
    output_.clear();
    confirmed_.clear();
    removed_.clear();
    std::size_t next = 0;
    for (auto& t : tracks_) {
      if (given_out(t)) {
        output_.push_back({t.id, w.boxes[next++], t.score, t.class_id,
                           detections_.index[static_cast<std::size_t>(t.detection)], true});
        if (!t.confirmed) confirmed_.push_back(t.id);
        t.confirmed = true;
      }
      t.gone = t.gone || now_ - t.last > rules_.max_age;
      if (!t.gone) continue;
      slots_.give_back(t.slot);
      if (t.confirmed) removed_.push_back(t.id);
    }
    std::erase_if(tracks_, [](const track& t) { return t.gone; });
    return {output_, confirmed_, removed_, detections_.ignored};
  }

  void reset() {
    for (const auto& t : tracks_) slots_.give_back(t.slot);
    tracks_.clear();
    now_ = 0;
    updates_ = 0;
  }

  [[nodiscard]] const frame_detections& detections() const { return detections_; }
  [[nodiscard]] std::size_t tracks() const { return tracks_.size(); }
  [[nodiscard]] std::int32_t slots() const { return slots_.count(); }

 private:
  struct track {
    std::int64_t id = 0;
    double last = 0;  ///< frame of its last detection
    double score = 0;
    std::int32_t class_id = 0, slot = 0;
    std::int32_t detection = -1;  ///< of this frame
    int streak = 0;               ///< updates in a row, up to min_hits; its birth is none
    bool confirmed = false, gone = false;
  };

  [[nodiscard]] bool given_out(const track& t) const {
    return !t.gone && t.detection >= 0 &&
           (t.streak >= rules_.min_hits || updates_ <= rules_.min_hits);
  }

  rules rules_;
  std::vector<track> tracks_;
  frame_detections detections_;
  std::vector<std::uint8_t> taken_;
  slot_pool slots_;
  double now_ = 0;
  int updates_ = 0;  ///< up to min_hits + 1: in the first min_hits, all tracks are given out
  std::int64_t next_id_;

  std::vector<tracked> output_;
  std::vector<std::int64_t> confirmed_, removed_;
};

}  // namespace kernels::inline KERNELS_ABI::tracking
