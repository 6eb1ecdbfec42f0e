// conditioned_assignment on the CPU: which pairs a mask may decide, one count of labels, one
// matrix.
#pragma once

#include <kernels/cpu/assignment.hpp>
#include <kernels/cpu/label_boxes.hpp>
#include <kernels/math/conditioned_assignment.hpp>

namespace kernels::inline KERNELS_ABI::cpu {

/// All scratch of one thread. Arguments have been checked.
template <class T>
class conditioned_scratch {
 public:
  explicit conditioned_scratch(instruction_set isa) : isa_(isa), solver_(isa) {}

  using parameters = conditioned_assignment_parameters<T>;

  /// False: a cost is as −infinity, and nothing has been written.
  template <class Label>
  bool solve(const view<const T, 2>& cost, const view<const T, 2>& detections,
             const view<const Label, 2>& map, const view<const std::int32_t, 1>& masks,
             const view<const T, 1>& confidences, const parameters& p,
             std::span<std::int32_t> track_to_detection,
             std::span<std::int32_t> detection_to_track) {
    const std::int64_t tracks = cost.extent[0];
    const std::int64_t columns = cost.extent[1];
    if (!find_allowed(cost, p)) return false;
    find_questions(map, masks, confidences, p, tracks, columns);
    if (!boxes_.empty()) count_labels(detections, map);
    adjusted_.resize(index(cost.size()));
    for (std::int64_t i = 0; i < tracks; ++i) {
      const bool row_locked = locked(i);
      for (std::int64_t j = 0; j < columns; ++j) {
        const std::int32_t owner = last_row_[index(j)];
        const bool column_locked = column_count_[index(j)] == 1 && locked(owner);
        const double c = static_cast<double>(cost.data[i * cost.stride[0] + j * cost.stride[1]]);
        const bool may = allowed_[index(i * columns + j)] != 0;
        const bool alone = may && row_locked && column_locked;
        const double discount = may && !alone && asks_[index(i)] != 0 && box_of_[index(j)] >= 0
                                    ? discount_of(p, i, j, masks)
                                    : 0.0;
        adjusted_[index(i * columns + j)] =
            math::conditioned_cost(p, c, may, alone, row_locked, column_locked, discount);
      }
    }
    return solver_.solve(
        packed<space::host>(static_cast<const double*>(adjusted_.data()), {tracks, columns}),
        math::assignment_limit(p.limit), track_to_detection, detection_to_track);
  }

  [[nodiscard]] const std::vector<double>& adjusted() const { return adjusted_; }

 private:
  static std::size_t index(std::int64_t k) { return static_cast<std::size_t>(k); }

  /// Is the row's only pair also its column's only one?
  [[nodiscard]] bool locked(std::int64_t row) const {
    return row_count_[index(row)] == 1 && column_count_[index(last_column_[index(row)])] == 1;
  }

  bool find_allowed(const view<const T, 2>& cost, const parameters& p) {
    const T ceiling = math::assignment_ceiling(p.limit);
    const std::int64_t rows = cost.extent[0];
    const std::int64_t columns = cost.extent[1];
    allowed_.resize(index(cost.size()));
    row_count_.assign(index(rows), 0);
    column_count_.assign(index(columns), 0);
    last_column_.assign(index(rows), 0);
    last_row_.assign(index(columns), 0);
    for (std::int64_t i = 0; i < rows; ++i) {
      for (std::int64_t j = 0; j < columns; ++j) {
        const T c = cost.data[i * cost.stride[0] + j * cost.stride[1]];
        const bool may = c <= ceiling;
        allowed_[index(i * columns + j)] = may ? 1 : 0;
        if (!may) continue;
        if (c < -math::kAssignmentLargest<T>) return false;
        ++row_count_[index(i)];
        ++column_count_[index(j)];
        last_column_[index(i)] = static_cast<std::int32_t>(j);
        last_row_[index(j)] = static_cast<std::int32_t>(i);
      }
    }
    return true;
  }

  /// Which tracks have a mask that may decide, and for which detections they ask.
  template <class Label>
  void find_questions(const view<const Label, 2>& map, const view<const std::int32_t, 1>& masks,
                      const view<const T, 1>& confidences, const parameters& p, std::int64_t tracks,
                      std::int64_t columns) {
    asks_.assign(index(tracks), 0);
    box_of_.assign(index(columns), -1);
    boxes_.clear();
    slots_.clear();
    labels_ = 0;
    for (std::int64_t i = 0; i < tracks && map.size() > 0; ++i) {
      const std::int32_t mask = masks.data[i * masks.stride[0]];
      if (row_count_[index(i)] == 0 || locked(i) ||
          !math::mask_counts(p, mask, confidences.data[i * confidences.stride[0]])) {
        continue;
      }
      asks_[index(i)] = 1;
      if (slots_.size() <= index(mask)) slots_.resize(index(mask) + 1, -1);
      if (slots_[index(mask)] < 0) slots_[index(mask)] = labels_++;
      for (std::int64_t j = 0; j < columns; ++j) {
        if (allowed_[index(i * columns + j)] == 0 || box_of_[index(j)] >= 0) continue;
        box_of_[index(j)] = static_cast<std::int32_t>(boxes_.size());
        boxes_.push_back({static_cast<std::int32_t>(j), 0, 0, 0});
      }
    }
  }

  template <class Label>
  void count_labels(const view<const T, 2>& detections, const view<const Label, 2>& map) {
    for (auto& b : boxes_) {
      const T* d = detections.data + b.left * detections.stride[0];
      const std::int64_t step = detections.stride[1];
      b = math::mask_box(d[0], d[step], d[2 * step], d[3 * step],
                         static_cast<std::int32_t>(map.extent[0]),
                         static_cast<std::int32_t>(map.extent[1]));
    }
    const auto boxes = static_cast<std::int64_t>(boxes_.size());
    counts_.resize(index(boxes * labels_));
    areas_.resize(index(labels_));
    cpu::label_boxes(
        {.threads = 1, .isa = isa_}, map, slots_,
        packed<space::host>(static_cast<const box<std::int32_t>*>(boxes_.data()), {boxes}),
        packed(counts_.data(), {boxes, labels_}), packed(areas_.data(), {labels_}), label_scratch_);
  }

  [[nodiscard]] double discount_of(const parameters& p, std::int64_t track, std::int64_t detection,
                                   const view<const std::int32_t, 1>& masks) const {
    const std::int32_t slot = slots_[index(masks.data[track * masks.stride[0]])];
    const std::int64_t b = box_of_[index(detection)];
    return math::mask_discount(p, counts_[index(b * labels_ + slot)], areas_[index(slot)],
                               boxes_[index(b)]);
  }

  instruction_set isa_;
  assignment_scratch<double> solver_;
  label_boxes_scratch label_scratch_;
  std::vector<double> adjusted_;
  std::vector<std::uint8_t> allowed_, asks_;
  std::vector<std::int32_t> row_count_, column_count_, last_column_, last_row_;
  std::vector<box<std::int32_t>> boxes_;  ///< of detections that a track asks for
  std::vector<std::int32_t> box_of_;      ///< of each detection, −1: nobody asks
  std::vector<std::int32_t> slots_;       ///< of each label that is asked for, −1: it is not
  std::vector<std::int32_t> counts_, areas_;
  std::int32_t labels_ = 0;  ///< that are asked for
};

}  // namespace kernels::inline KERNELS_ABI::cpu
