// assignment's rows as lists of their cheapest pairs, for dense costs. Prices of columns on the
// first level are not above 0, so a pair that is not listed reaches no closer than the row's bound.
// As long as the next step is shorter than that, the lists say as much as the rows; where it is
// not, the search fails, and is to be done again with whole rows.
#pragma once

#include <kernels/cpu/assignment_sparse.hpp>

namespace kernels::inline KERNELS_ABI::cpu {

/// A cost that some 64 pairs of the row do not exceed, guessed from one pair in 16; at most the
/// ceiling.
template <class T>
T assignment_short_bound(const T* row, std::int64_t columns, T ceiling) {
  T least[4] = {ceiling, ceiling, ceiling, ceiling};  // ascending
  for (std::int64_t j = 0; j < columns; j += 16) {
    T c = row[j];
    if (!(c < least[3])) continue;
    for (auto& l : least) {
      if (c < l) std::swap(c, l);
    }
  }
  return least[3];
}

class assignment_short_rows {
 public:
  /// bounds: pairs up to this cost are listed, infinite: all allowed ones. open: the prices and
  /// blocks of assignment_dense_rows.
  assignment_short_rows(assignment_state& s, const assignment_pairs& pairs,
                        const std::vector<double>& bounds, const assignment_loops<double>& loops,
                        std::vector<double>& open)
      : s_(s), pairs_(pairs), bounds_(bounds), loops_(loops), open_(open) {}

  void begin() {
    std::fill(s_.reach.begin(), s_.reach.end(), math::kAssignmentFar);
    unlisted_ = math::kAssignmentFar;
    failed_ = false;
  }

  void expand(std::int32_t row, double h, double /*cut*/) {
    const auto r = static_cast<std::size_t>(row);
    double* reach = s_.reach.data();
    const double* open = open_.data();
    for (std::int64_t k = pairs_.start[r]; k < pairs_.start[r + 1]; ++k) {
      const std::int32_t j = pairs_.column[static_cast<std::size_t>(k)];
      const double there =
          math::assignment_reach(pairs_.cost[static_cast<std::size_t>(k)], open[j], h);
      if (!(there < reach[j])) continue;
      reach[j] = there;
      s_.from[static_cast<std::size_t>(j)] = row;
    }
    unlisted_ = exact::min(exact::add(bounds_[r], h), unlisted_);
  }

  math::assignment_step next(double cut) {
    const auto count = static_cast<std::int64_t>(s_.price.size());
    double* blocks = open_.data() + count;
    const double least = loops_.survey(s_.reach.data(), count, blocks);
    failed_ = failed_ || !(exact::min(least, cut) < unlisted_ || unlisted_ == math::kAssignmentFar);
    if (failed_ || least == math::kAssignmentFar || least > cut) {
      return {math::kAssignmentFar, math::kAssignmentNone};
    }
    const auto column =
        static_cast<std::int32_t>(loops_.pick(s_.reach.data(), blocks, count, least, s_.row_of));
    return {least, math::assignment_key(column, s_.row_of[column])};
  }

  void close(std::int32_t column) {
    open_[static_cast<std::size_t>(column)] = -math::kAssignmentFar;
    s_.reach[static_cast<std::size_t>(column)] = math::kAssignmentFar;
  }
  /// Prices there may be above 0.
  void second_level() { failed_ = true; }
  [[nodiscard]] bool failed() const { return failed_; }
  void end() {
    for (const auto& v : s_.visited) {
      const auto j = static_cast<std::size_t>(v.column);
      open_[j] = s_.price[j];
    }
  }

 private:
  assignment_state& s_;
  const assignment_pairs& pairs_;
  const std::vector<double>& bounds_;
  const assignment_loops<double>& loops_;
  std::vector<double>& open_;
  double unlisted_ = math::kAssignmentFar;  ///< no unlisted pair reaches closer
  bool failed_ = false;
};

}  // namespace kernels::inline KERNELS_ABI::cpu
