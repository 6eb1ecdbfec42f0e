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
#include <kernels/cpu/assignment.hpp>
#include <kernels/cpu/parallel.hpp>

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
    check_assignment_costs("cost", cost);
    check_assignment_limit(limit);
    check_assignment_size("row_to_column", std::ssize(row_to_column), cost.extent[0]);
    check_assignment_size("column_to_row", std::ssize(column_to_row), cost.extent[1]);
    if (!scratch_.solve(cost, limit, row_to_column, column_to_row)) refuse_assignment_cost();
  }

 private:
  cpu::assignment_scratch<T> scratch_;
};

/// One problem; see assignment_solver. Allocates its scratch; one thread.
template <class T>
void assign(on_cpu exec, const view<const T, 2>& cost, const view<std::int32_t, 1>& row_to_column,
            const view<std::int32_t, 1>& column_to_row,
            const assignment_parameters<T>& parameters = {}) {
  assignment_solver<T>(exec.isa).solve(cost, parameters.limit,
                                       assignment_span("row_to_column", row_to_column),
                                       assignment_span("column_to_row", column_to_row));
}

}  // namespace kernels::inline KERNELS_ABI
