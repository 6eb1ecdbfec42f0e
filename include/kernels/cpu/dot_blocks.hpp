// All dots (squared distances) of two large matrices of packed rows, a block at a time: no matrix
// of results is ever needed. One block of the first matrix stays in the second-level cache while
// the second matrix passes by.
#pragma once

#include <kernels/cpu/dot_tile.hpp>
#include <kernels/cpu/parallel.hpp>

namespace kernels::inline KERNELS_ABI::cpu {

/// Rows as packed_rows holds them: `stride` floats apart, a multiple of sixteen, of which all are
/// summed (what lies beyond the dimension is 0).
struct dot_matrix {
  const float* data;
  std::int64_t stride, count;
};

/// Results of rows [row, row + rows) of a and [column, column + columns) of b.
struct dot_block {
  std::int64_t row, rows, column, columns;
  const float* values;
  std::int64_t stride;

  [[nodiscard]] float at(std::int64_t i, std::int64_t j) const { return values[i * stride + j]; }
};

struct dot_blocks_options {
  bool upper = false;  ///< only blocks with a pair row <= column: for a against itself
};

inline constexpr std::int64_t kDotBlockRows = 96;
inline constexpr std::int64_t kDotBlockColumns = 64;

/// Rows of a block of a: as many as fill 192 KiB.
inline std::int64_t dot_block_rows(std::int64_t stride) {
  constexpr std::int64_t kFloats = 48 * 1024;
  return std::clamp<std::int64_t>(kFloats / std::max<std::int64_t>(stride, 1), 12, kDotBlockRows);
}

/// Calls body(block) for blocks that cover a × b once each, on several threads at a time; the
/// values of a block live until body returns. A pair's bits do not depend on its block.
template <bool Distance = false, class Body>
void for_each_dot_block(on_cpu exec, const dot_matrix& a, const dot_matrix& b, const Body& body,
                        const dot_blocks_options& options = {}) {
  constexpr std::int64_t kSpan = 8 * kDotBlockColumns;
  const dot_tile_function tile = dot_tile_for<Distance>(choose(exec.isa));
  const std::int64_t block_rows = dot_block_rows(a.stride);
  const std::int64_t spans = (b.count + kSpan - 1) / kSpan;
  const std::int64_t blocks = (a.count + block_rows - 1) / block_rows;
  parallel_for(exec, blocks * spans, [&](std::int64_t k) {
    alignas(64) float values[kDotBlockRows * kDotBlockColumns];
    const std::int64_t row = k / spans * block_rows;
    const std::int64_t rows = std::min(block_rows, a.count - row);
    const std::int64_t begin = k % spans * kSpan;
    const std::int64_t end = std::min(begin + kSpan, b.count);
    for (std::int64_t column = begin; column < end; column += kDotBlockColumns) {
      const std::int64_t columns = std::min(kDotBlockColumns, end - column);
      if (options.upper && column + columns <= row) continue;
      tile(a.data + row * a.stride, a.stride, rows, b.data + column * b.stride, b.stride, columns,
           a.stride, values, kDotBlockColumns);
      body(dot_block{row, rows, column, columns, values, kDotBlockColumns});
    }
  });
}

}  // namespace kernels::inline KERNELS_ABI::cpu
