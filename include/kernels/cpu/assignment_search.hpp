// assignment's search: rows join in ascending order, each by the shortest augmenting path (Dijkstra
// with prices), which ends at a column without a row or leaves the costliest row of it unmatched.
//
// Without a limit, leaving a row unmatched costs more than any path. Once a search ends so, the
// columns it reached cost that much more to take over: they are on the second level, and a search
// goes there only if the first level has no column left for it.
#pragma once

#include <kernels/cpu/assignment_rows.hpp>

#include <algorithm>
#include <span>
#include <vector>

namespace kernels::inline KERNELS_ABI::cpu {

/// A matching and its prices, and what one search has visited. Vectors keep their capacity.
struct assignment_state {
  struct visit {
    std::int32_t column, row;
    double reach;
  };

  double limit = 0;
  bool limited = true;
  std::int32_t* column_of = nullptr;  ///< of each row, −1: unmatched
  std::int32_t* row_of = nullptr;     ///< of each column
  std::vector<double> row_price;      ///< of matched rows
  std::vector<double> price;          ///< of columns; 0 while they have no row
  std::vector<double> reach;          ///< shortest path to each column in this search
  std::vector<std::int32_t> from;     ///< its last row
  std::vector<std::uint8_t> level;    ///< 1: second level
  std::vector<visit> visited;

  void reset(double limit_or_infinity, std::span<std::int32_t> row_to_column,
             std::span<std::int32_t> column_to_row) {
    limit = limit_or_infinity;
    limited = limit < math::kAssignmentFar;
    column_of = row_to_column.data();
    row_of = column_to_row.data();
    std::fill(row_to_column.begin(), row_to_column.end(), -1);
    std::fill(column_to_row.begin(), column_to_row.end(), -1);
    row_price.resize(row_to_column.size());
    price.assign(column_to_row.size(), 0.0);
    reach.resize(column_to_row.size());
    from.resize(column_to_row.size());
    if (!limited) level.assign(column_to_row.size(), 0);
  }
};

/// Adds one row to the matching. Rows says how a row's pairs are read:
///   begin()                      a new search
///   expand(row, h, cut)          takes a row's pairs into account
///   next(cut)                    the step to go to, kAssignmentNone if there is none within `cut`
///   close(column)                the search has been there
///   second_level(visited)        from now on the second level only
///   failed()                     after next(): it cannot say
///   end()                        the search is over
/// False: the search failed, and nothing has changed.
template <class Rows>
bool assignment_add_row(assignment_state& s, Rows& rows, std::int32_t added) {
  s.visited.clear();
  rows.begin();
  bool may_leave = s.limited;  // may a row be left unmatched?
  double leave = s.limited ? s.limit : math::kAssignmentFar;
  double unmatched_cost = s.limited ? s.limit : 0.0;
  std::int32_t left = added;
  rows.expand(added, 0.0, leave);
  math::assignment_step step{};
  for (;;) {
    step = rows.next(leave);
    if (rows.failed()) {
      rows.end();
      return false;
    }
    if (step.key == math::kAssignmentNone) {
      if (may_leave) break;
      may_leave = true;  // no column of the first level: on to the second
      rows.second_level();
      leave = 0.0;
      rows.expand(added, 0.0, leave);
      for (const auto& v : s.visited) {
        const double h = exact::add(v.reach, -s.row_price[static_cast<std::size_t>(v.row)]);
        if (h < leave) {
          leave = h;
          left = v.row;
        }
        rows.expand(v.row, h, leave);
      }
      continue;
    }
    if ((step.key & math::kAssignmentTaken) == 0) break;
    const std::int32_t column = math::assignment_column(step.key);
    const std::int32_t row = s.row_of[column];
    rows.close(column);
    s.visited.push_back({column, row, step.reach});
    const double h = exact::add(step.reach, -s.row_price[static_cast<std::size_t>(row)]);
    if (may_leave && exact::add(h, unmatched_cost) < leave) {
      leave = exact::add(h, unmatched_cost);
      left = row;
    }
    rows.expand(row, h, leave);
  }

  const bool found = step.key != math::kAssignmentNone;
  const double length = found ? step.reach : leave;
  for (const auto& v : s.visited) {
    auto& price = s.price[static_cast<std::size_t>(v.column)];
    price = exact::add(price, exact::add(v.reach, -length));
    auto& row_price = s.row_price[static_cast<std::size_t>(v.row)];
    row_price = exact::add(row_price, exact::add(length, -v.reach));
    if (!found && !s.limited) s.level[static_cast<std::size_t>(v.column)] = 1;
  }
  s.row_price[static_cast<std::size_t>(added)] = length;
  rows.end();
  std::int32_t column = -1;
  if (found) {
    column = math::assignment_column(step.key);
  } else {
    column = s.column_of[left];
    s.column_of[left] = -1;
  }
  while (column >= 0) {  // hand each column on the path to the row that reached it
    const std::int32_t row = s.from[static_cast<std::size_t>(column)];
    const std::int32_t before = s.column_of[row];
    s.column_of[row] = column;
    s.row_of[column] = row;
    column = row == added ? -1 : before;
  }
  return true;
}

}  // namespace kernels::inline KERNELS_ABI::cpu
