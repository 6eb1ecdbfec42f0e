// assignment's rows as lists of their allowed pairs: a search keeps what it has reached in a heap.
#pragma once

#include <kernels/cpu/assignment_search.hpp>

namespace kernels::inline KERNELS_ABI::cpu {

/// Allowed pairs, row after row, columns ascending. Keeps its capacity.
struct assignment_pairs {
  std::vector<std::int64_t> start;  ///< of each row, and the end
  std::vector<std::int32_t> column;
  std::vector<double> cost;
};

class assignment_sparse_rows {
 public:
  assignment_sparse_rows(assignment_state& s, const assignment_pairs& pairs,
                         std::vector<math::assignment_step>& heap,
                         std::vector<std::int32_t>& touched)
      : s_(s), pairs_(pairs), heap_(heap), touched_(touched) {
    std::fill(s.reach.begin(), s.reach.end(), math::kAssignmentFar);
  }

  /// The search that ends with its first step, which most do: what assignment_add_row would do.
  bool add_at_once(std::int32_t row) {
    const auto r = static_cast<std::size_t>(row);
    math::assignment_step best{math::kAssignmentFar, math::kAssignmentNone};
    for (std::int64_t k = pairs_.start[r]; k < pairs_.start[r + 1]; ++k) {
      const std::int32_t column = pairs_.column[static_cast<std::size_t>(k)];
      const auto j = static_cast<std::size_t>(column);
      if (!s_.limited && s_.level[j] != 0) continue;
      const math::assignment_step step{
          math::assignment_reach(pairs_.cost[static_cast<std::size_t>(k)], s_.price[j], 0.0),
          math::assignment_key(column, s_.row_of[column])};
      if (math::assignment_before(step, best)) best = step;
    }
    if (best.reach > s_.limit) {  // no way out but to stay unmatched
      if (!s_.limited) return false;
      s_.row_price[r] = s_.limit;
      return true;
    }
    if ((best.key & math::kAssignmentTaken) != 0) return false;
    s_.column_of[row] = math::assignment_column(best.key);
    s_.row_of[s_.column_of[row]] = row;
    s_.row_price[r] = best.reach;
    return true;
  }

  [[nodiscard]] static bool failed() { return false; }
  void begin() {
    heap_.clear();
    touched_.clear();
    second_ = 0;
    nearest_ = math::kAssignmentFar;
  }

  void expand(std::int32_t row, double h, double cut) {
    const auto r = static_cast<std::size_t>(row);
    for (std::int64_t k = pairs_.start[r]; k < pairs_.start[r + 1]; ++k) {
      const std::int32_t column = pairs_.column[static_cast<std::size_t>(k)];
      const auto j = static_cast<std::size_t>(column);
      const double there =
          math::assignment_reach(pairs_.cost[static_cast<std::size_t>(k)], s_.price[j], h);
      // nothing beyond the cut or the nearest free column can be the next step
      if (!(there < s_.reach[j]) || there > cut || there > nearest_) continue;
      if (!s_.limited && s_.level[j] != second_) continue;
      if (s_.reach[j] == math::kAssignmentFar) touched_.push_back(column);
      s_.reach[j] = there;
      s_.from[j] = row;
      const std::int32_t taken_by = s_.row_of[column];
      if (taken_by < 0) nearest_ = there;
      heap_.push_back({there, math::assignment_key(column, taken_by)});
      std::push_heap(heap_.begin(), heap_.end(), after);
    }
  }

  math::assignment_step next(double cut) {
    while (!heap_.empty()) {
      const math::assignment_step step = heap_.front();
      if (step.reach > cut) break;
      std::pop_heap(heap_.begin(), heap_.end(), after);
      heap_.pop_back();
      const auto j = static_cast<std::size_t>(math::assignment_column(step.key));
      if (s_.reach[j] == step.reach) return step;  // otherwise reached anew by a shorter path
    }
    return {math::kAssignmentFar, math::kAssignmentNone};
  }

  /// No path is shorter than −infinity.
  void close(std::int32_t column) {
    s_.reach[static_cast<std::size_t>(column)] = -math::kAssignmentFar;
  }
  void second_level() { second_ = 1; }
  void end() {
    for (const auto j : touched_) s_.reach[static_cast<std::size_t>(j)] = math::kAssignmentFar;
  }

 private:
  static bool after(const math::assignment_step& a, const math::assignment_step& b) {
    return math::assignment_before(b, a);
  }

  assignment_state& s_;
  const assignment_pairs& pairs_;
  std::vector<math::assignment_step>& heap_;
  std::vector<std::int32_t>& touched_;
  std::uint8_t second_ = 0;
  double nearest_ = math::kAssignmentFar;
};

}  // namespace kernels::inline KERNELS_ABI::cpu
