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

#if defined(KERNELS_WITH_CUDA)
extern template struct gpu::assignment_launchers<float>;
extern template struct gpu::assignment_launchers<double>;
#endif

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

/// What the forms below have in common: checks, then the threads.
template <bool Greedy, class T, class Costs>
void assignment_run(on_cpu exec, const Costs& cost, std::int64_t rows,
                    const view<std::int32_t, 1>& row_to_column,
                    const view<std::int32_t, 1>& column_to_row,
                    const assignment_parameters<T>& parameters) {
  check_assignment_limit(parameters.limit);
  const auto to_column = assignment_span("row_to_column", row_to_column);
  const auto to_row = assignment_span("column_to_row", column_to_row);
  check_length("assign", "row_to_column", row_to_column, rows);
  const cpu::assignment_part all{0, 0, rows, 0, std::ssize(to_row)};
  cpu::assign<Greedy>(
      exec, cost, 1, [&](std::int64_t) { return all; }, parameters.limit, to_column, to_row);
}

template <bool Greedy, class T, class Costs>
void assignment_run(on_cpu exec, const Costs& cost, const assignment_problems<>& problems,
                    const view<std::int32_t, 1>& row_to_column,
                    const view<std::int32_t, 1>& column_to_row,
                    const assignment_parameters<T>& parameters) {
  check_assignment_limit(parameters.limit);
  check_assignment_problems(problems);
  const auto to_column = assignment_span("row_to_column", row_to_column);
  const auto to_row = assignment_span("column_to_row", column_to_row);
  const auto row = assignment_span("problems.row_offsets", problems.row_offsets);
  const auto column = assignment_span("problems.column_offsets", problems.column_offsets);
  const std::int64_t count =
      check_offsets("assign", "problems.row_offsets", problems.row_offsets, std::ssize(to_column));
  check_offsets("assign", "problems.column_offsets", problems.column_offsets, std::ssize(to_row));
  const auto part = [&](std::int64_t g) {
    const auto k = static_cast<std::size_t>(g);
    return cpu::assignment_part{g, row[k], row[k + 1] - row[k], column[k],
                                column[k + 1] - column[k]};
  };
  if constexpr (std::is_same_v<Costs, ragged_costs<T>>) {
    check_assignment_ragged(cost, count + 1);
    check_offsets("assign", "cost.offsets", cost.offsets, cost.costs.extent[0]);
    for (std::int64_t g = 0; g < count; ++g) {
      const std::int64_t room = cost.offsets.data[g + 1] - cost.offsets.data[g];
      if (room < part(g).rows * part(g).columns) {
        refuse("assign", "cost.offsets",
               "room for " + std::to_string(part(g).rows * part(g).columns) + " costs in problem " +
                   std::to_string(g),
               std::to_string(room));
      }
    }
  } else {
    check_length("assign", "cost.row_offsets", cost.row_offsets, std::ssize(to_column) + 1);
  }
  cpu::assign<Greedy>(exec, cost, count, part, parameters.limit, to_column, to_row);
}

template <class T>
void check_assignment_matrix(const view<const T, 2>& cost,
                             const view<std::int32_t, 1>& column_to_row) {
  check_assignment_costs(cost);
  check_length("assign", "column_to_row", column_to_row, cost.extent[1]);
}
template <class T>
std::int64_t check_assignment_rows(const sparse_costs<T>& cost) {
  check_assignment_lists(cost);
  return check_offsets("assign", "cost.row_offsets", cost.row_offsets, cost.columns.extent[0]);
}

/// The forms below share these. row_to_column and column_to_row: one element a row and a column,
/// adjacent, as are offsets and lists. They allocate their scratch; threads share problems, not one
/// problem. Rows and columns beyond those of the last problem are left as they are.
/// Errors: as above; offsets or columns that do not ascend or lie outside; before anything is
/// written.
///
/// Greedy: of the allowed pairs whose row and column are both free, the cheapest is matched, until
/// there is none; ties go to the lowest row, then to the lowest column. Cost: one pass over the
/// pairs and, for each column a row loses, one more over that row.

/// One problem, from a matrix or from lists of pairs.
template <class T>
void assign(on_cpu exec, const view<const T, 2>& cost, const view<std::int32_t, 1>& row_to_column,
            const view<std::int32_t, 1>& column_to_row,
            const assignment_parameters<T>& parameters = {}) {
  check_assignment_matrix(cost, column_to_row);
  assignment_run<false>(exec, cost, cost.extent[0], row_to_column, column_to_row, parameters);
}
template <class T>
void assign(on_cpu exec, const sparse_costs<T>& cost, const view<std::int32_t, 1>& row_to_column,
            const view<std::int32_t, 1>& column_to_row,
            const assignment_parameters<T>& parameters = {}) {
  assignment_run<false>(exec, cost, check_assignment_rows(cost), row_to_column, column_to_row,
                        parameters);
}
template <class T>
void assign_greedy(on_cpu exec, const view<const T, 2>& cost,
                   const view<std::int32_t, 1>& row_to_column,
                   const view<std::int32_t, 1>& column_to_row,
                   const assignment_parameters<T>& parameters = {}) {
  check_assignment_matrix(cost, column_to_row);
  assignment_run<true>(exec, cost, cost.extent[0], row_to_column, column_to_row, parameters);
}
template <class T>
void assign_greedy(on_cpu exec, const sparse_costs<T>& cost,
                   const view<std::int32_t, 1>& row_to_column,
                   const view<std::int32_t, 1>& column_to_row,
                   const assignment_parameters<T>& parameters = {}) {
  assignment_run<true>(exec, cost, check_assignment_rows(cost), row_to_column, column_to_row,
                       parameters);
}

/// Many problems, from matrices or from lists of pairs.
template <class T>
void assign(on_cpu exec, const ragged_costs<T>& cost, const assignment_problems<>& problems,
            const view<std::int32_t, 1>& row_to_column, const view<std::int32_t, 1>& column_to_row,
            const assignment_parameters<T>& parameters = {}) {
  assignment_run<false>(exec, cost, problems, row_to_column, column_to_row, parameters);
}
template <class T>
void assign(on_cpu exec, const sparse_costs<T>& cost, const assignment_problems<>& problems,
            const view<std::int32_t, 1>& row_to_column, const view<std::int32_t, 1>& column_to_row,
            const assignment_parameters<T>& parameters = {}) {
  check_assignment_rows(cost);
  assignment_run<false>(exec, cost, problems, row_to_column, column_to_row, parameters);
}
template <class T>
void assign_greedy(on_cpu exec, const ragged_costs<T>& cost, const assignment_problems<>& problems,
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
  check_assignment_rows(cost);
  assignment_run<true>(exec, cost, problems, row_to_column, column_to_row, parameters);
}

}  // namespace kernels::inline KERNELS_ABI
