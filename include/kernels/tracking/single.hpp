// What the trackers of one camera have in common: a machine stepped on the CPU.
#pragma once

#include <kernels/tracking/associate.hpp>
#include <kernels/tracking/filter_bank.hpp>

namespace kernels::inline KERNELS_ABI::tracking {

/// A value: copies go their own ways.
template <class Options, class Machine, class Model>
class single_tracker {
 public:
  using options = Options;
  using machine = Machine;
  using model = Model;

  /// One frame, also if it has no detections. No allocation once the largest frame was seen.
  /// Errors: kernels::error, before anything changes, for a context that this tracker cannot use,
  /// and for a crowd: more than 2^24 pairs of a track and a detection that overlap (give fewer
  /// detections, or use nms before).
  track_update update(std::span<const detection> detections, const frame_context& frame = {}) {
    machine_.check(detections, frame);
    if (!may_be_crowded(detections.size())) return step(detections, frame);
    const Machine machine_before = machine_;
    const filter_bank<Model> filters_before = filters_;
    try {
      return step(detections, frame);
    } catch (...) {
      machine_ = machine_before;
      filters_ = filters_before;
      throw;
    }
  }

  /// Throws what update() would throw for the context, and does nothing else.
  void check(std::span<const detection> detections, const frame_context& frame = {}) const {
    machine_.check(detections, frame);
  }

  /// Might update() refuse a frame of so many detections as a crowd?
  [[nodiscard]] bool may_be_crowded(std::size_t detections) const {
    return machine_.tracks() * detections > associator::kMostPairs;
  }

  /// Forgets all tracks; ids go on.
  void reset() { machine_.reset(); }

 protected:
  explicit single_tracker(const typename Machine::rules& rules) : machine_(rules) {}
  [[nodiscard]] const Machine& state() const { return machine_; }

 private:
  track_update step(std::span<const detection> detections, const frame_context& frame) {
    machine_.begin(detections, frame, work_);
    filters_.predict(work_);
    association& a = work_.stage;
    for (int stage = 0; stage < Machine::kStages; ++stage) {
      machine_.pose(stage, a);
      if (!a.row_slots.empty()) filters_.boxes(a.row_slots, a.row_boxes);
      associator_.solve(a, machine_.detections());
      machine_.consume(stage, a);
    }
    machine_.settle(work_);
    filters_.settle(work_, machine_.slots());
    filters_.boxes(work_.wanted, work_.boxes);
    return machine_.finish(work_);
  }

  Machine machine_;
  filter_bank<Model> filters_;
  associator associator_;
  work work_;
};

}  // namespace kernels::inline KERNELS_ABI::tracking
