// assignment's rows as they stand in a dense matrix: every step reads a whole row.
#pragma once

#include <kernels/cpu/assignment_search.hpp>

namespace kernels::inline KERNELS_ABI::cpu {

template <class T>
class assignment_dense_rows {
 public:
  /// open: scratch; holds one price a column, then the blocks of assignment_loops.
  assignment_dense_rows(assignment_state& s, const assignment_loops<T>& loops, const T* cost,
                        std::int64_t row_stride, T ceiling, std::vector<double>& open)
      : s_(s), loops_(loops), cost_(cost), row_stride_(row_stride), ceiling_(ceiling), open_(open) {
    const std::size_t parts = s.price.size() / kAssignmentBlock + 1;
    open_.assign(s.price.size() + parts * kAssignmentBlockLanes, 0.0);
  }

  [[nodiscard]] static bool failed() { return false; }
  void begin() { fresh_ = true; }

  void expand(std::int32_t row, double h, double /*cut*/) {
    const T* cost = cost_ + row * row_stride_;
    const auto count = static_cast<std::int64_t>(s_.price.size());
    least_ = fresh_ ? loops_.start(cost, open_.data(), count, ceiling_, row, s_.reach.data(),
                                   s_.from.data(), blocks())
                    : loops_.relax(cost, open_.data(), count, ceiling_, h, row, s_.reach.data(),
                                   s_.from.data(), blocks());
    fresh_ = false;
  }

  math::assignment_step next(double cut) {
    if (least_ == math::kAssignmentFar || least_ > cut) {
      return {math::kAssignmentFar, math::kAssignmentNone};
    }
    const auto column = static_cast<std::int32_t>(loops_.pick(
        s_.reach.data(), blocks(), static_cast<std::int64_t>(s_.price.size()), least_, s_.row_of));
    return {least_, math::assignment_key(column, s_.row_of[column])};
  }

  void close(std::int32_t column) {
    open_[static_cast<std::size_t>(column)] = -math::kAssignmentFar;
    s_.reach[static_cast<std::size_t>(column)] = math::kAssignmentFar;
  }
  void second_level() {
    for (std::size_t j = 0; j < s_.price.size(); ++j) {
      if (s_.level[j] == 1) open_[j] = s_.price[j];
    }
    on_second_ = true;
  }
  void end() {
    for (const auto& v : s_.visited) {
      const auto j = static_cast<std::size_t>(v.column);
      open_[j] = s_.price[j];
    }
    if (s_.limited || !on_second_) return;
    on_second_ = false;
    for (std::size_t j = 0; j < s_.price.size(); ++j) {
      if (s_.level[j] == 1) open_[j] = -math::kAssignmentFar;
    }
  }

 private:
  double* blocks() { return open_.data() + s_.price.size(); }

  assignment_state& s_;
  const assignment_loops<T>& loops_;
  const T* cost_;
  std::int64_t row_stride_;
  T ceiling_;
  std::vector<double>& open_;
  double least_ = 0;
  bool fresh_ = true;
  bool on_second_ = false;
};

}  // namespace kernels::inline KERNELS_ABI::cpu
