// The bounded path of cosine: all dots of two matrices of unit rows from copies in bfloat16, a
// block at a time.
#pragma once

#include <kernels/core/buffer.hpp>
#include <kernels/cpu/bfloat16_pairs.hpp>
#include <kernels/cpu/dot_blocks.hpp>
#include <kernels/embedding/packed_rows.hpp>

#include <algorithm>
#include <cstdint>

namespace kernels::inline KERNELS_ABI::cpu {

#if KERNELS_X86

/// Are there instructions for it?
inline bool bfloat16_blocks_wanted(on_cpu exec, const packed_rows& rows) {
  return choose(exec.isa) == instruction_set::avx512 && has_bf16() && rows.stride() > 0;
}

/// Rows in pairs of bfloat16, one row after the other.
inline buffer<std::uint32_t> bfloat16_rows(on_cpu exec, const packed_rows& rows) {
  constexpr std::int64_t kRows = bfloat16_pairs::kPanel;
  const std::int64_t stride = rows.stride();
  buffer<std::uint32_t> out(rows.count() * stride / 2);
  parallel_for(exec, (rows.count() + kRows - 1) / kRows, [&](std::int64_t block) {
    const std::int64_t end = std::min(rows.count(), (block + 1) * kRows);
    for (std::int64_t r = block * kRows; r < end; ++r) {
      bfloat16_pairs::narrow_row(rows.row(r), stride, out.data() + r * stride / 2);
    }
  });
  return out;
}

/// The same rows in panels [pair][64].
inline buffer<std::uint32_t> bfloat16_panels(on_cpu exec, const buffer<std::uint32_t>& rows,
                                             std::int64_t pairs) {
  constexpr std::int64_t kPanel = bfloat16_pairs::kPanel;
  const std::int64_t count = rows.size() / pairs, panels = (count + kPanel - 1) / kPanel;
  buffer<std::uint32_t> out(panels * kPanel * pairs);
  parallel_for(exec, panels, [&](std::int64_t p) {
    const std::int64_t first = p * kPanel * pairs;
    bfloat16_pairs::fill_panel(rows.data() + first, std::min(kPanel, count - p * kPanel), pairs,
                               out.data() + first);
  });
  return out;
}

/// Calls body(block) for blocks that cover a × b once each, as for_each_dot_block() does. A block
/// of a stays in the second-level cache while panels of b pass by.
template <class Body>
void for_each_bfloat16_block(on_cpu exec, const packed_rows& a, const packed_rows& b,
                             const Body& body) {
  constexpr std::int64_t kPanel = bfloat16_pairs::kPanel, kSpan = 8;  // panels
  const std::int64_t pairs = a.stride() / 2;
  const buffer<std::uint32_t> rows = bfloat16_rows(exec, a);
  buffer<std::uint32_t> panels;
  if (&a == &b) {
    panels = bfloat16_panels(exec, rows, pairs);
  } else {
    panels = bfloat16_panels(exec, bfloat16_rows(exec, b), pairs);
  }
  const std::int64_t block_rows = dot_block_rows(pairs);
  const std::int64_t panel_count = (b.count() + kPanel - 1) / kPanel;
  const std::int64_t spans = (panel_count + kSpan - 1) / kSpan;
  const std::int64_t blocks = (a.count() + block_rows - 1) / block_rows;
  parallel_for(exec, blocks * spans, [&](std::int64_t k) {
    alignas(64) float values[kDotBlockRows * kPanel];
    constexpr float kNoBias[kPanel] = {};
    const std::int64_t row = k / spans * block_rows;
    const std::int64_t count = std::min(block_rows, a.count() - row);
    const std::int64_t end = std::min((k % spans + 1) * kSpan, panel_count);
    for (std::int64_t p = k % spans * kSpan; p < end; ++p) {
      bfloat16_pairs::block_by_panel(rows.data() + row * pairs, pairs, count,
                                     panels.data() + p * kPanel * pairs, pairs, kNoBias, values);
      const std::int64_t column = p * kPanel;
      body(dot_block{row, count, column, std::min(kPanel, b.count() - column), values, kPanel});
    }
  });
}

#endif

}  // namespace kernels::inline KERNELS_ABI::cpu
