// assignment on the CPU, many problems: checks of what lies in memory, and the threads.
#pragma once

#include <kernels/assignment_gpu.hpp>
#include <kernels/cpu/assignment.hpp>
#include <kernels/cpu/parallel.hpp>

namespace kernels::inline KERNELS_ABI::cpu {

/// Refuses a row's columns unless they ascend strictly and lie in [0, columns).
inline void check_assignment_row(std::span<const std::int32_t> row, std::int64_t columns) {
  std::int32_t before = -1;
  for (const auto c : row) {
    if (c <= before || c >= columns) {
      refuse("assign", "cost.columns",
             "strictly ascending columns of 0 to " + std::to_string(columns - 1),
             std::to_string(c) + " after " + std::to_string(before));
    }
    before = c;
  }
}

/// One problem: its number, and its rows and columns among all.
struct assignment_part {
  std::int64_t index, row, rows, column, columns;
};

/// The costs of one problem, as assignment_scratch takes them.
template <class T>
view<const T, 2> assignment_rows_of(const view<const T, 2>& cost, const assignment_part&) {
  return cost;
}
template <class T>
view<const T, 2> assignment_rows_of(const ragged_costs<T>& cost, const assignment_part& p) {
  return packed<space::host>(cost.costs.data + cost.offsets.data[p.index], {p.rows, p.columns});
}
template <class T>
typename assignment_scratch<T>::lists assignment_rows_of(const sparse_costs<T>& cost,
                                                         const assignment_part& p) {
  return {cost.row_offsets.data + p.row, cost.columns.data, cost.costs.data};
}

template <class T>
void check_assignment_values(instruction_set isa, const view<const T, 2>& part,
                             const assignment_part& p) {
  const auto& loops = assignment_loops_for<T>(isa);
  for (std::int64_t i = 0; i < p.rows; ++i) {
    const T* row = part.data + i * part.stride[0];
    T least = part.stride[1] == 1 ? loops.least(row, p.columns) : T(0);
    for (std::int64_t j = 0; part.stride[1] != 1 && j < p.columns; ++j) {
      least = exact::min(row[j * part.stride[1]], least);
    }
    if (least < -math::kAssignmentLargest<T>) refuse_assignment_cost();
  }
}
template <class T>
void check_assignment_values(instruction_set isa, const ragged_costs<T>& cost,
                             const assignment_part& p) {
  check_assignment_values(isa, assignment_rows_of(cost, p), p);
}
template <class T>
void check_assignment_values(instruction_set isa, const sparse_costs<T>& cost,
                             const assignment_part& p) {
  const std::int32_t* offsets = cost.row_offsets.data + p.row;
  for (std::int64_t i = 0; i < p.rows; ++i) {
    const auto count = offsets[i + 1] - offsets[i];
    check_assignment_row({cost.columns.data + offsets[i], static_cast<std::size_t>(count)},
                         p.columns);
  }
  const T* costs = cost.costs.data + offsets[0];
  const T least = assignment_loops_for<T>(isa).least(costs, offsets[p.rows] - offsets[0]);
  if (least < -math::kAssignmentLargest<T>) refuse_assignment_cost();
}

/// part(g): the g-th problem. Everything is checked before anything is written.
template <bool Greedy, class T, class Costs, class Part>
void assign(on_cpu exec, const Costs& cost, std::int64_t problems, const Part& part, T limit,
            std::span<std::int32_t> row_to_column, std::span<std::int32_t> column_to_row) {
  constexpr std::int64_t kTogether = 16;  // problems that share their scratch
  const std::int64_t groups = (problems + kTogether - 1) / kTogether;
  const auto each = [&](std::int64_t group, const auto& body) {
    for (std::int64_t g = group * kTogether; g < std::min(problems, (group + 1) * kTogether); ++g) {
      body(part(g));
    }
  };
  parallel_for(exec, groups, [&](std::int64_t group) {
    each(group, [&](const assignment_part& p) { check_assignment_values(exec.isa, cost, p); });
  });
  parallel_for(exec, groups, [&](std::int64_t group) {
    assignment_scratch<T> scratch(exec.isa);
    each(group, [&](const assignment_part& p) {
      const auto rows =
          row_to_column.subspan(static_cast<std::size_t>(p.row), static_cast<std::size_t>(p.rows));
      const auto columns = column_to_row.subspan(static_cast<std::size_t>(p.column),
                                                 static_cast<std::size_t>(p.columns));
      if constexpr (Greedy) {
        scratch.solve_greedily(assignment_rows_of(cost, p), limit, rows, columns);
      } else {
        scratch.solve(assignment_rows_of(cost, p), limit, rows, columns);
      }
    });
  });
}

}  // namespace kernels::inline KERNELS_ABI::cpu
