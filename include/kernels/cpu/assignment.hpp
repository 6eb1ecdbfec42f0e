// assignment on the CPU: reads the costs, then lets the rows join one after the other.
#pragma once

#include <kernels/core/view.hpp>
#include <kernels/cpu/assignment_avx2.hpp>
#include <kernels/cpu/assignment_avx512.hpp>
#include <kernels/cpu/assignment_dense.hpp>
#include <kernels/cpu/assignment_greedy.hpp>
#include <kernels/cpu/assignment_short.hpp>
#include <kernels/cpu/assignment_sparse.hpp>

namespace kernels::inline KERNELS_ABI::cpu {

template <class T>
const assignment_loops<T>& assignment_loops_for(instruction_set isa) {
  switch (choose(isa)) {
#if KERNELS_X86
    case instruction_set::avx512:
      return avx512::assignment::kAssignmentLoops<T>;
    case instruction_set::avx2:
      return avx2::assignment::kAssignmentLoops<T>;
#endif
    default:
      return portable::kAssignmentLoops<T>;
  }
}

/// All scratch of one thread. Arguments have been checked; false: a cost is as −infinity, and
/// nothing has been written.
template <class T>
class assignment_scratch {
 public:
  explicit assignment_scratch(instruction_set isa)
      : isa_(isa), loops_(assignment_loops_for<T>(isa)) {}

  /// What the rows of a problem are: a dense matrix, or lists of pairs.
  using dense = view<const T, 2>;
  struct lists {
    const std::int32_t* row_offsets;  ///< one more than there are rows
    const std::int32_t* columns;
    const T* costs;
  };

  template <class Rows>
  bool solve(Rows cost, T limit, std::span<std::int32_t> row_to_column,
             std::span<std::int32_t> column_to_row) {
    const T ceiling = math::assignment_ceiling(limit);
    const std::int64_t most =
        32 + std::ssize(row_to_column) * std::ssize(column_to_row) / kMostListed;
    const gathered what = gather(cost, std::ssize(row_to_column), ceiling, most);
    if (what == gathered::refused) return false;
    state_.reset(math::assignment_limit(limit), row_to_column, column_to_row);
    const auto rows = static_cast<std::int32_t>(row_to_column.size());
    if (what == gathered::pairs) {
      assignment_sparse_rows listed(state_, pairs_, heap_, touched_);
      for (std::int32_t i = 0; i < rows; ++i) {
        if (!listed.add_at_once(i)) assignment_add_row(state_, listed, i);
      }
    } else if constexpr (std::is_same_v<Rows, dense>) {
      assignment_dense_rows<T> whole(state_, loops_, cost.data, cost.stride[0], ceiling, open_);
      std::int32_t i = cost.extent[1] >= kShortRows ? add_by_short_lists(cost, ceiling, whole) : 0;
      for (; i < rows; ++i) assignment_add_row(state_, whole, i);
    }
    return true;
  }

  template <class Rows>
  bool solve_greedily(Rows cost, T limit, std::span<std::int32_t> row_to_column,
                      std::span<std::int32_t> column_to_row) {
    const T ceiling = math::assignment_ceiling(limit);
    constexpr auto kAll = std::numeric_limits<std::int64_t>::max();
    if (gather(cost, std::ssize(row_to_column), ceiling, kAll) == gathered::refused) return false;
    assign_greedily(pairs_, heap_, touched_, row_to_column, column_to_row);
    return true;
  }

 private:
  enum class gathered { pairs, too_many, refused };

  /// Reading whole rows is faster if more than one in so many pairs is allowed.
  static constexpr std::int64_t kMostListed = 6;

  /// Rows of so many columns are worth a list of their cheapest pairs.
  static constexpr std::int64_t kShortRows = 256;

  /// Adds rows by lists of their cheapest pairs, and by whole rows where those do not do, until
  /// that was too often. Returns the first row that is left.
  std::int32_t add_by_short_lists(const dense& cost, T ceiling, assignment_dense_rows<T>& whole) {
    const std::int64_t rows = cost.extent[0];
    const std::int64_t columns = cost.extent[1];
    const std::int64_t most = 4096 + rows * columns / kMostListed;
    std::int64_t found = 0;
    bounds_.resize(static_cast<std::size_t>(rows));
    for (std::int64_t i = 0; i < rows; ++i) {
      make_room(found + columns);
      const T* row = cost.data + i * cost.stride[0];
      const T bound = assignment_short_bound(row, columns, ceiling);
      found += loops_.gate_row(row, columns, bound, pairs_.column.data() + found,
                               pairs_.cost.data() + found);
      if (found > most) return 0;  // many equal costs
      pairs_.start[static_cast<std::size_t>(i) + 1] = found;
      bounds_[static_cast<std::size_t>(i)] =
          bound < ceiling ? static_cast<double>(bound) : math::kAssignmentFar;
    }
    assignment_short_rows listed(state_, pairs_, bounds_, assignment_loops_for<double>(isa_),
                                 open_);
    std::int64_t failures = 0;
    std::int32_t i = 0;
    for (; i < rows && failures <= 16 + i / 8; ++i) {
      if (assignment_add_row(state_, listed, i)) continue;
      ++failures;
      assignment_add_row(state_, whole, i);
    }
    return i;
  }

  void make_room(std::int64_t pairs) {
    const auto room = static_cast<std::size_t>(pairs);
    if (pairs_.column.size() >= room) return;
    pairs_.column.resize(2 * room);
    pairs_.cost.resize(2 * room);
  }

  /// Lists the allowed pairs, unless they are more than `most`.
  gathered gather(dense& cost, std::int64_t rows, T ceiling, std::int64_t most) {
    if (cost.stride[1] != 1 && cost.size() > 0) cost = repack(cost);
    const std::int64_t columns = cost.extent[1];
    pairs_.start.resize(static_cast<std::size_t>(rows) + 1);
    pairs_.start[0] = 0;
    std::int64_t found = 0;
    for (std::int64_t i = 0; i < rows; ++i) {
      make_room(found + columns);
      const std::int64_t more =
          loops_.gate_row(cost.data + i * cost.stride[0], columns, ceiling,
                          pairs_.column.data() + found, pairs_.cost.data() + found);
      if (more == kAssignmentRefused) return gathered::refused;
      found += more;
      if (found > most) return any_refused(cost, i + 1) ? gathered::refused : gathered::too_many;
      pairs_.start[static_cast<std::size_t>(i) + 1] = found;
    }
    return gathered::pairs;
  }
  gathered gather(const lists& cost, std::int64_t rows, T ceiling, std::int64_t /*most*/) {
    pairs_.start.assign(1, 0);
    pairs_.column.clear();
    pairs_.cost.clear();
    for (std::int64_t i = 0; i < rows; ++i) {
      for (std::int32_t k = cost.row_offsets[i]; k < cost.row_offsets[i + 1]; ++k) {
        if (!(cost.costs[k] <= ceiling)) continue;
        if (cost.costs[k] < -math::kAssignmentLargest<T>) return gathered::refused;
        pairs_.column.push_back(cost.columns[k]);
        pairs_.cost.push_back(static_cast<double>(cost.costs[k]));
      }
      pairs_.start.push_back(static_cast<std::int64_t>(pairs_.column.size()));
    }
    return gathered::pairs;
  }

  /// Is a cost as −infinity?
  bool any_refused(const view<const T, 2>& cost, std::int64_t row) const {
    constexpr T kMost = -math::kAssignmentLargest<T>;
    for (; row < cost.extent[0]; ++row) {
      const T* c = cost.data + row * cost.stride[0];
      if (loops_.least(c, cost.extent[1]) < kMost) return true;
    }
    return false;
  }

  view<const T, 2> repack(const view<const T, 2>& cost) {
    packed_.resize(static_cast<std::size_t>(cost.size()));
    T* to = packed_.data();
    for (std::int64_t i = 0; i < cost.extent[0]; ++i) {
      for (std::int64_t j = 0; j < cost.extent[1]; ++j) {
        *to++ = cost.data[i * cost.stride[0] + j * cost.stride[1]];
      }
    }
    return kernels::packed<space::host>(static_cast<const T*>(packed_.data()),
                                        {cost.extent[0], cost.extent[1]});
  }

  instruction_set isa_;
  const assignment_loops<T>& loops_;
  assignment_state state_;
  assignment_pairs pairs_;
  std::vector<math::assignment_step> heap_;
  std::vector<std::int32_t> touched_;
  std::vector<double> open_, bounds_;
  std::vector<T> packed_;
};

}  // namespace kernels::inline KERNELS_ABI::cpu
