// assignment, the arithmetic of one pair and of one step of a search: host and device.
#pragma once

#include <kernels/core/exact.hpp>
#include <kernels/core/view.hpp>

#include <limits>

namespace kernels::inline KERNELS_ABI {

/// What a pair may cost.
template <class T>
struct assignment_parameters {
  /// A pair that costs more is not allowed, and a row without a pair costs this much. Infinite: as
  /// many pairs as can be had, the cheapest of those. Not NaN.
  T limit = std::numeric_limits<T>::infinity();
};

/// The allowed pairs of a matrix as lists, one a row: those of row i are [row_offsets[i],
/// row_offsets[i + 1]), columns strictly ascending.
template <class T, space Space = space::host>
struct sparse_costs {
  view<const std::int32_t, 1, Space> row_offsets;  ///< one more than there are rows, from 0
  view<const std::int32_t, 1, Space> columns;      ///< of each pair, within its problem
  view<const T, 1, Space> costs;                   ///< of each pair
};

template <class T, space Space>
sparse_costs(view<const std::int32_t, 1, Space>, view<const std::int32_t, 1, Space>,
             view<const T, 1, Space>) -> sparse_costs<T, Space>;

/// The matrices of many problems: rows × columns costs of problem g, packed, from offsets[g] on.
template <class T, space Space = space::host>
struct ragged_costs {
  view<const T, 1, Space> costs;
  view<const std::int64_t, 1, Space> offsets;  ///< one more than problems, from 0; may leave gaps
};

template <class T, space Space>
ragged_costs(view<const T, 1, Space>, view<const std::int64_t, 1, Space>) -> ragged_costs<T, Space>;

/// Many problems in one call: problem g has the rows [row_offsets[g], row_offsets[g + 1]) of all
/// rows and the columns [column_offsets[g], column_offsets[g + 1]) of all columns; in results and
/// lists, columns and rows count from the start of their problem.
template <space Space = space::host>
struct assignment_problems {
  view<const std::int32_t, 1, Space> row_offsets, column_offsets;  ///< one more than problems
};

template <space Space>
assignment_problems(view<const std::int32_t, 1, Space>, view<const std::int32_t, 1, Space>)
    -> assignment_problems<Space>;

namespace math {

inline constexpr double kAssignmentFar = std::numeric_limits<double>::infinity();

/// A cost above this is as infinite, so that no sum of costs overflows: paths are summed in double.
template <class T>
inline constexpr T kAssignmentLargest = sizeof(T) == sizeof(float) ? std::numeric_limits<T>::max()
                                                                   : static_cast<T>(0x1p980);

/// The largest cost that is allowed under a limit.
template <class T>
KERNELS_HD T assignment_ceiling(T limit) {
  return exact::min(limit, kAssignmentLargest<T>);
}

/// What a row without a pair costs; infinite where there is no limit.
template <class T>
KERNELS_HD double assignment_limit(T limit) {
  return limit < kAssignmentLargest<T> ? static_cast<double>(limit) : kAssignmentFar;
}

/// Length of the path that continues with this pair: h is the length up to the row less the row's
/// price. Two roundings, in this order, everywhere.
KERNELS_HD double assignment_reach(double cost, double column_price, double h) {
  return exact::add(exact::add(cost, -column_price), h);
}

/// A column that a search may go to next, and the order of those: the shortest path first, of
/// equal ones a column without a row first, then the lowest column.
struct assignment_step {
  double reach;
  std::uint32_t key;  ///< column, with the highest bit set if it has a row
};
inline constexpr std::uint32_t kAssignmentTaken = 0x80000000U;
inline constexpr std::uint32_t kAssignmentNone = 0xffffffffU;

KERNELS_HD std::uint32_t assignment_key(std::int32_t column, std::int32_t row) {
  return static_cast<std::uint32_t>(column) | (row >= 0 ? kAssignmentTaken : 0U);
}
KERNELS_HD std::int32_t assignment_column(std::uint32_t key) {
  return static_cast<std::int32_t>(key & ~kAssignmentTaken);
}
KERNELS_HD bool assignment_before(const assignment_step& a, const assignment_step& b) {
  return a.reach < b.reach || (a.reach == b.reach && a.key < b.key);
}

}  // namespace math
}  // namespace kernels::inline KERNELS_ABI
