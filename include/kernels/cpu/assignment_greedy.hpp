// Greedy assignment: each row knows its cheapest column that is still free, and the cheapest of
// these pairs is taken; rows whose column has gone look again.
#pragma once

#include <kernels/cpu/assignment_sparse.hpp>

namespace kernels::inline KERNELS_ABI::cpu {

/// heap: one entry a row. wanted: the column of each row's entry.
inline void assign_greedily(const assignment_pairs& pairs, std::vector<math::assignment_step>& heap,
                            std::vector<std::int32_t>& wanted,
                            std::span<std::int32_t> row_to_column,
                            std::span<std::int32_t> column_to_row) {
  std::fill(row_to_column.begin(), row_to_column.end(), -1);
  std::fill(column_to_row.begin(), column_to_row.end(), -1);
  wanted.resize(row_to_column.size());
  heap.clear();
  const auto look = [&](std::size_t row) {
    double cheapest = math::kAssignmentFar;
    for (std::int64_t k = pairs.start[row]; k < pairs.start[row + 1]; ++k) {
      const double cost = pairs.cost[static_cast<std::size_t>(k)];
      const std::int32_t column = pairs.column[static_cast<std::size_t>(k)];
      if (!(cost < cheapest) || column_to_row[static_cast<std::size_t>(column)] >= 0) continue;
      cheapest = cost;
      wanted[row] = column;
    }
    if (cheapest < math::kAssignmentFar) {
      heap.push_back({cheapest, static_cast<std::uint32_t>(row)});
    }
    return cheapest < math::kAssignmentFar;
  };
  const auto after = [](const math::assignment_step& a, const math::assignment_step& b) {
    return math::assignment_before(b, a);
  };
  for (std::size_t row = 0; row < row_to_column.size(); ++row) look(row);
  std::make_heap(heap.begin(), heap.end(), after);
  while (!heap.empty()) {
    const std::size_t row = heap.front().key;
    std::pop_heap(heap.begin(), heap.end(), after);
    heap.pop_back();
    auto& owner = column_to_row[static_cast<std::size_t>(wanted[row])];
    if (owner < 0) {
      owner = static_cast<std::int32_t>(row);
      row_to_column[row] = wanted[row];
    } else if (look(row)) {
      std::push_heap(heap.begin(), heap.end(), after);
    }
  }
}

}  // namespace kernels::inline KERNELS_ABI::cpu
