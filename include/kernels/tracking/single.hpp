// One machine stepped on the CPU.
#pragma once

#include <kernels/tracking/associate.hpp>
#include <kernels/tracking/filter_bank.hpp>

namespace kernels::inline KERNELS_ABI::tracking {

template <class Machine, class Model>
class single {
 public:
  explicit single(const typename Machine::rules& rules) : machine_(rules) {}

  track_update update(std::span<const detection> detections, const frame_context& frame) {
    machine_.check(detections, frame);
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

  [[nodiscard]] Machine& machine() { return machine_; }
  [[nodiscard]] const Machine& machine() const { return machine_; }

 private:
  Machine machine_;
  filter_bank<Model> filters_;
  associator associator_;
  work work_;
};

}  // namespace kernels::inline KERNELS_ABI::tracking
