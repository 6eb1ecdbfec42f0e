// assignment: which row goes with which column, at the least cost, where leaving a row unmatched
// has a price of its own (gated linear assignment over partial matchings). Tracks to detections,
// ground truth to results.
//
//   kernels::assignment_solver<float> solver;  // keeps its scratch; one a thread
//   solver.solve(cost, 0.9F, row_to_column, column_to_row);  // −1: unmatched
//
// Class: exact. Same matching on CPU and GPU, from a dense matrix and from a list of pairs, alone
// and in a batch, with any number of threads.
#pragma once

#include <kernels/assignment_gpu.hpp>
#include <kernels/cpu/assignment_batch.hpp>

namespace kernels::inline KERNELS_ABI {

/// Minimises Σ (cost − limit) over all partial matchings: a pair that costs more than the limit is
/// never matched. An infinite limit (or one of at least the largest cost, see below) means as many
/// pairs as can be had, and the cheapest of those matchings: the usual rectangular assignment.
///
/// cost: rows × columns, any strides, sides below 2^31. NaN and +infinity mean that the pair is not
/// allowed; so do costs above 2^980 (in double), so that no sum overflows. −infinity (or less than
/// −2^980) is refused. To maximise, negate costs and limit, which is exact.
///
/// Paths are summed in double. From float costs that are not spread over more than 2^28 : 1 the
/// sums are exact, and so is the optimum; otherwise it is within rows · 2^-52 of the largest sum.
///
/// Ties: rows join in ascending order, each by the shortest augmenting path, comparisons strict; of
/// equally short paths the one to a column without a row goes first, then the one to the lowest
/// column; a row at exactly the limit is matched rather than left out, as in lap.lapjv(cost_limit),
/// if a column without a row is to be had for it.
///
/// Source: Jonker and Volgenant 1987 (shortest augmenting paths, without their initialisation);
/// Crouse 2016. Cost: one pass over the matrix, then O(rows · pairs) at worst, near to linear in
/// the pairs if most are gated.
template <class T>
class assignment_solver {
 public:
  explicit assignment_solver(instruction_set isa = instruction_set::best) : scratch_(isa) {}

  /// row_to_column: the column of each row, −1: unmatched; column_to_row: the other way round. No
  /// allocation once the scratch has grown.
  /// Errors: kernels::error for sizes that do not fit, a NaN limit, a cost of −infinity.
  void solve(const view<const T, 2>& cost, T limit, std::span<std::int32_t> row_to_column,
             std::span<std::int32_t> column_to_row) {
    check(cost, limit, row_to_column, column_to_row);
    if (!scratch_.solve(cost, limit, row_to_column, column_to_row)) refuse_assignment_cost();
  }
  /// The greedy matching, see assign_greedy().
  void solve_greedy(const view<const T, 2>& cost, T limit, std::span<std::int32_t> row_to_column,
                    std::span<std::int32_t> column_to_row) {
    check(cost, limit, row_to_column, column_to_row);
    if (!scratch_.solve_greedily(cost, limit, row_to_column, column_to_row)) {
      refuse_assignment_cost();
    }
  }

 private:
  static void check(const view<const T, 2>& cost, T limit, std::span<std::int32_t> row_to_column,
                    std::span<std::int32_t> column_to_row) {
    check_assignment_costs(cost);
    check_assignment_limit(limit);
    check_assignment_size("row_to_column", std::ssize(row_to_column), cost.extent[0]);
    check_assignment_size("column_to_row", std::ssize(column_to_row), cost.extent[1]);
  }

  cpu::assignment_scratch<T> scratch_;
};

/// Checks for the forms below.
template <class T>
std::int64_t check_assignment_rows(const view<const T, 2>& cost) {
  check_assignment_costs(cost);
  return cost.extent[0];
}
template <class T>
std::int64_t check_assignment_rows(const sparse_costs<T>& cost) {
  check_assignment_lists(cost);
  cpu::check_assignment_offsets("cost.row_offsets",
                                assignment_span("cost.row_offsets", cost.row_offsets),
                                cost.columns.extent[0]);
  return cost.row_offsets.extent[0] - 1;
}

template <bool Greedy, class T, class Costs>
void assignment_run(on_cpu exec, const Costs& cost, const view<std::int32_t, 1>& row_to_column,
                    const view<std::int32_t, 1>& column_to_row,
                    const assignment_parameters<T>& parameters) {
  const std::int64_t rows = check_assignment_rows(cost);
  check_assignment_limit(parameters.limit);
  const auto to_column = assignment_span("row_to_column", row_to_column);
  const auto to_row = assignment_span("column_to_row", column_to_row);
  check_assignment_size("row_to_column", std::ssize(to_column), rows);
  if constexpr (requires { cost.extent; }) {
    check_assignment_size("column_to_row", std::ssize(to_row), cost.extent[1]);
  }
  const auto all = [&](std::int64_t) {
    return cpu::assignment_part{0, rows, 0, std::ssize(to_row)};
  };
  cpu::assign<Greedy>(exec, cost, 1, all, parameters.limit, to_column, to_row);
}

template <bool Greedy, class T, class Costs>
void assignment_run(on_cpu exec, const Costs& cost, const assignment_problems<>& problems,
                    const view<std::int32_t, 1>& row_to_column,
                    const view<std::int32_t, 1>& column_to_row,
                    const assignment_parameters<T>& parameters) {
  const std::int64_t rows = check_assignment_rows(cost);
  check_assignment_limit(parameters.limit);
  check_assignment_problems(problems);
  const auto to_column = assignment_span("row_to_column", row_to_column);
  const auto to_row = assignment_span("column_to_row", column_to_row);
  check_assignment_size("row_to_column", std::ssize(to_column), rows);
  const auto row = assignment_span("problems.row_offsets", problems.row_offsets);
  const auto column = assignment_span("problems.column_offsets", problems.column_offsets);
  cpu::check_assignment_offsets("problems.row_offsets", row, rows);
  cpu::check_assignment_offsets("problems.column_offsets", column, std::ssize(to_row));
  if constexpr (requires { cost.extent; }) {
    for (std::size_t g = 0; g + 1 < column.size(); ++g) {
      if (column[g + 1] - column[g] > cost.extent[1]) {
        refuse("assign", "problems.column_offsets",
               "at most " + std::to_string(cost.extent[1]) + " columns a problem",
               std::to_string(column[g + 1] - column[g]));
      }
    }
  }
  const auto part = [&](std::int64_t g) {
    const auto k = static_cast<std::size_t>(g);
    return cpu::assignment_part{row[k], row[k + 1] - row[k], column[k], column[k + 1] - column[k]};
  };
  cpu::assign<Greedy>(exec, cost, std::ssize(row) - 1, part, parameters.limit, to_column, to_row);
}

/// The forms below share these. Costs is a matrix (view<const T, 2>) or lists (sparse_costs<T>).
/// row_to_column and column_to_row: one element a row and a column, adjacent. They allocate their
/// scratch; threads share problems, not one problem. Errors: as above; offsets or columns that do
/// not ascend or lie outside; all before anything is written.
///
/// Many problems at once from a matrix: cost holds the rows of all problems one below the other,
/// and each row its problem's columns from the left; what lies to the right of them is not read.
///
/// Greedy: of the allowed pairs whose row and column are both free, the cheapest is matched, until
/// there is none; ties go to the lowest row, then to the lowest column. Cost: one pass over the
/// pairs and, for each column a row loses, one more over that row.

/// One problem.
template <class T>
void assign(on_cpu exec, const view<const T, 2>& cost, const view<std::int32_t, 1>& row_to_column,
            const view<std::int32_t, 1>& column_to_row,
            const assignment_parameters<T>& parameters = {}) {
  assignment_run<false>(exec, cost, row_to_column, column_to_row, parameters);
}
template <class T>
void assign(on_cpu exec, const sparse_costs<T>& cost, const view<std::int32_t, 1>& row_to_column,
            const view<std::int32_t, 1>& column_to_row,
            const assignment_parameters<T>& parameters = {}) {
  assignment_run<false>(exec, cost, row_to_column, column_to_row, parameters);
}
template <class T>
void assign_greedy(on_cpu exec, const view<const T, 2>& cost,
                   const view<std::int32_t, 1>& row_to_column,
                   const view<std::int32_t, 1>& column_to_row,
                   const assignment_parameters<T>& parameters = {}) {
  assignment_run<true>(exec, cost, row_to_column, column_to_row, parameters);
}
template <class T>
void assign_greedy(on_cpu exec, const sparse_costs<T>& cost,
                   const view<std::int32_t, 1>& row_to_column,
                   const view<std::int32_t, 1>& column_to_row,
                   const assignment_parameters<T>& parameters = {}) {
  assignment_run<true>(exec, cost, row_to_column, column_to_row, parameters);
}

/// Many problems.
template <class T>
void assign(on_cpu exec, const view<const T, 2>& cost, const assignment_problems<>& problems,
            const view<std::int32_t, 1>& row_to_column, const view<std::int32_t, 1>& column_to_row,
            const assignment_parameters<T>& parameters = {}) {
  assignment_run<false>(exec, cost, problems, row_to_column, column_to_row, parameters);
}
template <class T>
void assign(on_cpu exec, const sparse_costs<T>& cost, const assignment_problems<>& problems,
            const view<std::int32_t, 1>& row_to_column, const view<std::int32_t, 1>& column_to_row,
            const assignment_parameters<T>& parameters = {}) {
  assignment_run<false>(exec, cost, problems, row_to_column, column_to_row, parameters);
}
template <class T>
void assign_greedy(on_cpu exec, const view<const T, 2>& cost, const assignment_problems<>& problems,
                   const view<std::int32_t, 1>& row_to_column,
                   const view<std::int32_t, 1>& column_to_row,
                   const assignment_parameters<T>& parameters = {}) {
  assignment_run<true>(exec, cost, problems, row_to_column, column_to_row, parameters);
}
template <class T>
void assign_greedy(on_cpu exec, const sparse_costs<T>& cost, const assignment_problems<>& problems,
                   const view<std::int32_t, 1>& row_to_column,
                   const view<std::int32_t, 1>& column_to_row,
                   const assignment_parameters<T>& parameters = {}) {
  assignment_run<true>(exec, cost, problems, row_to_column, column_to_row, parameters);
}

}  // namespace kernels::inline KERNELS_ABI
