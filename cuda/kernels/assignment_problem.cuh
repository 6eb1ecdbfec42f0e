// assignment on the GPU: what a block needs of its problem, where it keeps its columns, and how its
// threads agree on the first of their steps.
#pragma once

#include <kernels/assignment_gpu.hpp>
#include <kernels/core/workspace.hpp>
#include <kernels/portable.cuh>

#include <algorithm>

namespace kernels::inline KERNELS_ABI::gpu {

struct assignment_tuning {
  static constexpr int kWarps = 8;            ///< of a block
  static constexpr std::int64_t kSmall = 96;  ///< columns that one warp does alone
  static constexpr std::int64_t kMostBlocks = 65535;
  static constexpr std::int64_t kSharedBytes = 40960;  ///< for columns; no more without asking
};

inline constexpr std::int32_t kAssignmentClosed = 1;  ///< the search has been there
inline constexpr std::int32_t kAssignmentSecond = 2;  ///< on the second level

/// State of the columns of a problem.
struct assignment_columns {
  double* price;
  double* reach;
  std::int32_t* from;
  std::int32_t* owner;
  std::int32_t* mark;
  std::int32_t* visited;  ///< columns in the order of the search
};
inline constexpr std::int64_t kAssignmentColumnBytes =
    2 * sizeof(double) + 4 * sizeof(std::int32_t);

/// Columns of problems in shared memory: twice the typical problem, if there is room.
inline std::int32_t assignment_shared_columns(std::int64_t typical) {
  constexpr std::int64_t kMost = assignment_tuning::kSharedBytes / kAssignmentColumnBytes;
  return static_cast<std::int32_t>(std::min((2 * typical + 31) / 32 * 32, kMost / 32 * 32));
}

/// Everything a kernel needs.
template <class T>
struct assignment_job {
  assignment_costs<T> costs;
  T ceiling;
  double limit;
  std::int32_t* row_to_column;
  std::int32_t* column_to_row;
  double* row_price;
  assignment_columns columns;  ///< of all problems
};

struct assignment_space {
  double* row_price;
  assignment_columns columns;
};
inline assignment_space assignment_layout(workspace_carver& carver, std::int64_t rows,
                                          std::int64_t columns) {
  return {carver.take<double>(rows),
          {carver.take<double>(columns), carver.take<double>(columns),
           carver.take<std::int32_t>(columns), carver.take<std::int32_t>(columns),
           carver.take<std::int32_t>(columns), carver.take<std::int32_t>(columns)}};
}

/// One problem; rows and columns count from 0.
template <class T>
struct assignment_problem {
  std::int32_t rows, columns;
  std::int64_t first_column;
  const T* costs;
  std::int64_t row_stride, column_stride;  ///< of a matrix
  const std::int32_t* list_offsets;        ///< of lists
  const std::int32_t* columns_of_list;     ///< null: a matrix
  T ceiling;
  double limit;
  double* row_price;
  std::int32_t* column_of;
  std::int32_t* row_of;
};

template <class T>
__device__ __forceinline__ assignment_problem<T> assignment_problem_of(const assignment_job<T>& job,
                                                                       std::int64_t g) {
  const assignment_costs<T>& c = job.costs;
  const bool many = c.row_offsets != nullptr;
  const std::int64_t row = many ? c.row_offsets[g] : 0;
  const std::int64_t column = many ? c.column_offsets[g] : 0;
  const auto rows = static_cast<std::int32_t>(many ? c.row_offsets[g + 1] - row : c.rows);
  const auto columns =
      static_cast<std::int32_t>(many ? c.column_offsets[g + 1] - column : c.columns);
  const bool packed_here = c.offsets != nullptr;
  return {rows,
          columns,
          column,
          packed_here ? c.costs + c.offsets[g] : c.costs,
          packed_here ? columns : c.row_stride,
          packed_here ? 1 : c.column_stride,
          c.list_offsets != nullptr ? c.list_offsets + row : nullptr,
          c.list_columns,
          job.ceiling,
          job.limit,
          job.row_price + row,
          job.row_to_column + row,
          job.column_to_row + column};
}

/// Columns in shared memory, `count` of them.
__device__ __forceinline__ assignment_columns assignment_columns_in(double* shared,
                                                                    std::int32_t count) {
  auto* numbers = reinterpret_cast<std::int32_t*>(shared + 2 * count);
  return {shared,          shared + count,      numbers,
          numbers + count, numbers + 2 * count, numbers + 3 * count};
}
/// Columns of one problem in the workspace.
__device__ __forceinline__ assignment_columns assignment_columns_at(const assignment_columns& all,
                                                                    std::int64_t first) {
  return {all.price + first, all.reach + first, all.from + first,
          all.owner + first, all.mark + first,  all.visited + first};
}

/// Is this a pair? Costs as −infinity, which the CPU refuses, are not.
template <class T>
__device__ __forceinline__ bool assignment_allowed(T cost, T ceiling) {
  return cost <= ceiling && cost >= -math::kAssignmentLargest<T>;
}

/// Waits for the threads of the block, which may be one warp.
template <int Warps>
__device__ __forceinline__ void assignment_sync() {
  if constexpr (Warps == 1) {
    __syncwarp();
  } else {
    __syncthreads();
  }
}

/// The first of all threads' steps, in every thread. partial: one a warp; not to be used again
/// before an assignment_sync().
template <int Warps>
__device__ __forceinline__ math::assignment_step assignment_first(math::assignment_step best,
                                                                  math::assignment_step* partial) {
  KERNELS_UNROLL
  for (unsigned step = 16; step > 0; step /= 2) {
    const math::assignment_step other{__shfl_xor_sync(0xffffffffU, best.reach, step),
                                      __shfl_xor_sync(0xffffffffU, best.key, step)};
    if (math::assignment_before(other, best)) best = other;
  }
  if constexpr (Warps > 1) {
    if (threadIdx.x % 32 == 0) partial[threadIdx.x / 32] = best;
    __syncthreads();
    for (int w = 0; w < Warps; ++w) {
      if (math::assignment_before(partial[w], best)) best = partial[w];
    }
  }
  return best;
}

}  // namespace kernels::inline KERNELS_ABI::gpu
