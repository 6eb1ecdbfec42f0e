// The heaviest matching of a few weighted pairs: what every score of tracks asks for in each frame.
#pragma once

#include <kernels/cpu/assignment.hpp>

#include <algorithm>
#include <cstdint>
#include <span>
#include <vector>

namespace kernels::inline KERNELS_ABI::cpu {

/// Weights are positive. Most pairs need no assignment: one that weighs more than the best others
/// of its row and of its column together is in every heaviest matching. Those go first, until none
/// is left; the rest goes to the assignment solver.
class mot_matcher {
 public:
  struct pair {
    std::int32_t row, column;
    std::int32_t tag;  ///< the caller's
    double weight;
  };

  /// pairs: by ascending row, then column; used as scratch. Calls take(tag) for each pair of the
  /// matching, in no particular order.
  template <class Take>
  void match(std::int32_t rows, std::int32_t columns, std::vector<pair>& pairs, const Take& take) {
    for (int round = 0; !pairs.empty(); ++round) {
      rank(rows_, rows, pairs, [](const pair& p) { return p.row; });
      rank(columns_, columns, pairs, [](const pair& p) { return p.column; });
      const std::size_t before = pairs.size();
      for (std::size_t k = 0; k < before; ++k) {
        const pair& p = pairs[k];
        best_two& row = rows_[static_cast<std::size_t>(p.row)];
        best_two& column = columns_[static_cast<std::size_t>(p.column)];
        const auto index = static_cast<std::int64_t>(k);
        if (row.index != index || column.index != index) continue;
        if (!(p.weight > exact::add(row.second, column.second))) continue;
        take(p.tag);
        row.taken = column.taken = true;
      }
      std::erase_if(pairs, [&](const pair& p) {
        return rows_[static_cast<std::size_t>(p.row)].taken ||
               columns_[static_cast<std::size_t>(p.column)].taken;
      });
      if (pairs.size() == before || round == kRounds) return assign(columns, pairs, take);
    }
  }

 private:
  static constexpr int kRounds = 16;  // the solver is faster on what needs more

  struct best_two {
    double first, second;
    std::int64_t index;  ///< of the first
    bool taken;
  };

  template <class Side>
  static void rank(std::vector<best_two>& sides, std::int32_t count, const std::vector<pair>& pairs,
                   const Side& side) {
    sides.assign(static_cast<std::size_t>(count), {0, 0, -1, false});
    for (std::size_t k = 0; k < pairs.size(); ++k) {
      best_two& s = sides[static_cast<std::size_t>(side(pairs[k]))];
      const double weight = pairs[k].weight;
      if (weight > s.first) {
        s.second = s.first;
        s.first = weight;
        s.index = static_cast<std::int64_t>(k);
      } else {
        s.second = exact::max(weight, s.second);
      }
    }
  }

  /// All that is left, with rows and columns renumbered.
  template <class Take>
  void assign(std::int32_t columns, const std::vector<pair>& pairs, const Take& take) {
    std::int32_t used_columns = 0;
    renumbered_.assign(static_cast<std::size_t>(columns), -1);
    for (const pair& p : pairs) renumbered_[static_cast<std::size_t>(p.column)] = 0;
    for (auto& number : renumbered_) {
      if (number == 0) number = used_columns++;
    }
    offsets_.clear();
    columns_of_pairs_.clear();
    costs_.clear();
    std::int32_t row = -1;
    for (const pair& p : pairs) {
      if (p.row != row) offsets_.push_back(static_cast<std::int32_t>(costs_.size()));
      row = p.row;
      columns_of_pairs_.push_back(renumbered_[static_cast<std::size_t>(p.column)]);
      costs_.push_back(-p.weight);
    }
    const std::size_t used_rows = offsets_.size();
    offsets_.push_back(static_cast<std::int32_t>(costs_.size()));
    row_to_column_.resize(used_rows);
    column_to_row_.resize(static_cast<std::size_t>(used_columns));
    const assignment_scratch<double>::lists lists{offsets_.data(), columns_of_pairs_.data(),
                                                  costs_.data()};
    solver_.solve(lists, 0.0, row_to_column_, column_to_row_);
    for (std::size_t r = 0; r < used_rows; ++r) {
      for (std::int32_t k = offsets_[r]; k < offsets_[r + 1]; ++k) {
        const auto at = static_cast<std::size_t>(k);
        if (columns_of_pairs_[at] == row_to_column_[r]) take(pairs[at].tag);
      }
    }
  }

  std::vector<best_two> rows_, columns_;
  assignment_scratch<double> solver_{instruction_set::best};
  std::vector<std::int32_t> renumbered_, offsets_, columns_of_pairs_, row_to_column_,
      column_to_row_;
  std::vector<double> costs_;
};

}  // namespace kernels::inline KERNELS_ABI::cpu
