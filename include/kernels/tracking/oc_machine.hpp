// OC-SORT, step by step: see byte_machine.hpp for what a machine is.
#pragma once

#include <kernels/tracking/frame.hpp>
#include <kernels/tracking/observations.hpp>
#include <kernels/tracking/slots.hpp>
#include <kernels/tracking/sort_machine.hpp>
#include <kernels/tracking/work.hpp>

namespace kernels::inline KERNELS_ABI::tracking {

class oc_machine {
 public:
  static constexpr int kStages = 2;
  static constexpr int kMostSteps = 1024;  ///< that a gap is lived through in
  using rules = oc_sort_options;

  explicit oc_machine(const rules& chosen)
      : rules_(chosen), observations_(chosen.delta_t), next_id_(chosen.first_id) {}

  [[nodiscard]] static filter_model model() { return filter_model::sort7; }
  void check(std::span<const detection> given, const frame_context& frame) const {
    check_frame("oc_sort_tracker", given, frame, {});
  }

  void begin(std::span<const detection> given, const frame_context& frame, work& w) {
    now_ += frame.dt;
    if (updates_ <= rules_.min_hits) ++updates_;
    detections_.read(given);
    high_.clear();
    for (std::size_t d = 0; d < detections_.scores.size(); ++d) {
      if (detections_.scores[d] > rules_.detection_threshold) {
        high_.push_back(static_cast<std::int32_t>(d));
      }
    }
    w.clear();
    w.dt = frame.dt;
    for (auto& t : tracks_) {
      if (t.detection < 0) t.streak = 0;
      t.detection = -1;
      w.predicted.push_back(t.slot);
      w.still.push_back(0);
    }
  }

  void pose(int stage, association& a) const {
    const bool again = stage == 1;
    a.clear({.price = again ? math::pair_price::overlap : math::pair_price::direction,
             .convention = pixel_convention::continuous,
             .apart = rules_.classes_apart,
             .one_to_one = !again,
             .needs_one = again,
             .least_iou = rules_.iou_threshold,
             .limit = again ? 0.0 : std::numeric_limits<double>::infinity(),
             .inertia = rules_.inertia});
    for (std::size_t k = 0; k < tracks_.size(); ++k) {
      const track& t = tracks_[k];
      if (again && (t.gone || t.detection >= 0)) continue;
      a.rows.push_back(static_cast<std::int32_t>(k));
      a.row_classes.push_back(t.class_id);
      if (again) {
        a.row_boxes.push_back(t.observed_once ? t.observed : box<double>{-1, -1, -1, -1});
        continue;
      }
      a.row_slots.push_back(t.slot);
      math::track_direction d{.x = t.towards.x, .y = t.towards.y};
      d.known = t.observed_once;
      if (d.known) d.reference = observations_.reference(t.slot, now_);
      a.row_directions.push_back(d);
    }
    a.columns = high_;
  }

  void consume(int stage, const association& a) {
    if (stage == 0) taken_.assign(detections_.boxes.size(), 0);
    for (std::size_t i = 0; i < a.rows.size(); ++i) {
      track& t = tracks_[static_cast<std::size_t>(a.rows[i])];
      if (stage == 0) t.gone = math::is_lost(a.row_boxes[i]);
      if (t.gone || a.match[i] < 0) continue;
      t.detection = a.columns[static_cast<std::size_t>(a.match[i])];
      taken_[static_cast<std::size_t>(t.detection)] = 1;
    }
    std::erase_if(high_, [&](std::int32_t d) { return taken_[static_cast<std::size_t>(d)] != 0; });
  }

  void settle(work& w) {
    for (auto& t : tracks_) {
      if (t.gone) continue;
      if (t.detection >= 0) {
        observe(t, w);
      } else {
        miss(t, w);
      }
    }
    for (const auto k : high_) {
      const auto d = static_cast<std::size_t>(k);
      track t;
      t.id = next_id_++;
      t.last = now_;
      t.score = detections_.scores[d];
      t.class_id = detections_.classes[d];
      t.slot = slots_.take();
      t.detection = k;
      observations_.start(t.slot);
      tracks_.push_back(t);
      w.started.push_back(t.slot);
      w.started_with.push_back(measured(detections_.boxes[d]));
    }
    for (const auto& t : tracks_) {
      if (given_out(t) && !positive(t)) w.wanted.push_back(t.slot);
    }
  }

  track_update finish(const work& w) {
    output_.clear();
    confirmed_.clear();
    removed_.clear();
    std::size_t next = 0;
    for (auto& t : tracks_) {
      if (given_out(t)) {
        output_.push_back({t.id, positive(t) ? t.observed : w.boxes[next++], t.score, t.class_id,
                           detections_.index[static_cast<std::size_t>(t.detection)], true});
        if (!t.confirmed) confirmed_.push_back(t.id);
        t.confirmed = true;
      }
      t.gone = t.gone || now_ - t.last > rules_.max_age;
      if (!t.gone) continue;
      give_back(t);
      if (t.confirmed) removed_.push_back(t.id);
    }
    std::erase_if(tracks_, [](const track& t) { return t.gone; });
    return {output_, confirmed_, removed_, detections_.ignored};
  }

  void reset() {
    for (const auto& t : tracks_) give_back(t);
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
    std::int32_t saved = -1;      ///< slot of the filter as it was when its detections stopped
    std::int32_t detection = -1;  ///< of this frame
    int streak = 0;               ///< updates in a row, up to min_hits; its birth is none
    int missed = 0;               ///< updates without a detection since the last
    bool confirmed = false, gone = false;
    bool observed_once = false;  ///< the birth is no observation
    box<double> observed{};      ///< the last one
    measurement told{};          ///< what the filter was told of it
    math::direction towards{0, 0};
  };

  /// OC-SORT's r = w / (h + 1e-6).
  static measurement measured(const box<double>& b) {
    const auto n = math::box_to(box_format::cxcywh, b);
    return {n.a, n.b, exact::product(n.c, n.d), exact::div(n.c, exact::add(n.d, 1e-6))};
  }

  /// Is there a last observation, as the original sees it: one whose numbers' sum is not negative.
  [[nodiscard]] static bool positive(const track& t) {
    const box<double>& b = t.observed;
    return t.observed_once && b.left + b.top + b.right + b.bottom + t.score >= 0;
  }

  [[nodiscard]] bool given_out(const track& t) const {
    return !t.gone && t.detection >= 0 &&
           (t.streak >= rules_.min_hits || updates_ <= rules_.min_hits);
  }

  void observe(track& t, work& w) {
    const auto d = static_cast<std::size_t>(t.detection);
    const box<double>& now = detections_.boxes[d];
    if (positive(t)) {
      t.towards = math::direction_between(observations_.reference(t.slot, now_), now);
    }
    const measurement z = measured(now);
    if (t.saved >= 0) live_again(t, z, w);
    w.updated.push_back(t.slot);
    w.updated_with.push_back(z);
    t.told = w.replays.empty() || w.replays.back().slot != t.slot ? z : w.replayed.back();
    t.observed = now;
    t.observed_once = true;
    observations_.add(t.slot, now_, now);
    t.missed = 0;
    t.last = now_;
    t.streak = std::min(t.streak + 1, rules_.min_hits);
    t.score = detections_.scores[d];
    t.class_id = detections_.classes[d];
  }

  void miss(track& t, work& w) {
    ++t.missed;
    if (!t.observed_once || t.saved >= 0) return;
    t.saved = slots_.take();
    w.saved_from.push_back(t.slot);
    w.saved_to.push_back(t.saved);
  }

  /// The gap again, in equal steps on a straight line from the last observation to this one.
  void live_again(track& t, const measurement& z, work& w) {
    const int steps = std::min(t.missed + 1, kMostSteps);
    const auto size = [](const measurement& m) {
      return math::direction{exact::sqrt(exact::mul(m.c, m.d)), exact::sqrt(exact::div(m.c, m.d))};
    };
    const math::direction from = size(t.told);
    const math::direction to = size(z);
    const auto step = [&](double a, double b) { return exact::div(b - a, steps); };
    const double dx = step(t.told.a, z.a);
    const double dy = step(t.told.b, z.b);
    const double dw = step(from.x, to.x);
    const double dh = step(from.y, to.y);
    w.replays.push_back({t.slot, t.saved, static_cast<std::int32_t>(w.replayed.size()), steps});
    for (int i = 1; i <= steps; ++i) {
      const double width = exact::fma(dw, i, from.x);
      const double height = exact::fma(dh, i, from.y);
      w.replayed.push_back({exact::fma(dx, i, t.told.a), exact::fma(dy, i, t.told.b),
                            exact::product(width, height), exact::div(width, height)});
      w.replay_dt.push_back(exact::div(now_ - t.last, steps));
    }
    slots_.give_back(t.saved);
    t.saved = -1;
  }

  void give_back(const track& t) {
    slots_.give_back(t.slot);
    if (t.saved >= 0) slots_.give_back(t.saved);
  }

  rules rules_;
  std::vector<track> tracks_;
  frame_detections detections_;
  std::vector<std::int32_t> high_;  ///< those left over
  std::vector<std::uint8_t> taken_;
  observation_table observations_;
  slot_pool slots_;
  double now_ = 0;
  int updates_ = 0;  ///< up to min_hits + 1: in the first min_hits, all tracks are given out
  std::int64_t next_id_;

  std::vector<tracked> output_;
  std::vector<std::int64_t> confirmed_, removed_;
};

}  // namespace kernels::inline KERNELS_ABI::tracking
