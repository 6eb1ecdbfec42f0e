// Packed masks on the CPU.
#pragma once

#include <kernels/core/view.hpp>
#include <kernels/cpu/mask_rows.hpp>
#include <kernels/cpu/parallel.hpp>

#include <vector>

namespace kernels::inline KERNELS_ABI::cpu {

/// Calls body(mask, row) for all rows of a batch, in pieces that are worth a thread.
template <class Body>
void for_mask_rows(on_cpu exec, std::int64_t masks, std::int64_t height, const Body& body) {
  constexpr std::int64_t kRows = 64;
  const std::int64_t pieces = (height + kRows - 1) / kRows;
  parallel_for(exec, masks * pieces, [&](std::int64_t k) {
    const std::int64_t first = k % pieces * kRows;
    for (std::int64_t row = first; row < std::min(height, first + kRows); ++row) {
      body(k / pieces, row);
    }
  });
}

inline void pack_masks(on_cpu exec, const view<const std::uint8_t, 3>& pixels,
                       const view<std::uint64_t, 3>& masks) {
  const auto& loops = choose_mask_loops(exec.isa);
  for_mask_rows(exec, masks.extent[0], masks.extent[1], [&](std::int64_t n, std::int64_t row) {
    loops.pack(pixels.data + n * pixels.stride[0] + row * pixels.stride[1], pixels.extent[2],
               masks.data + n * masks.stride[0] + row * masks.stride[1]);
  });
}

inline void unpack_masks(on_cpu exec, const view<const std::uint64_t, 3>& masks,
                         const view<std::uint8_t, 3>& pixels, std::uint8_t value) {
  const auto& loops = choose_mask_loops(exec.isa);
  for_mask_rows(exec, masks.extent[0], masks.extent[1], [&](std::int64_t n, std::int64_t row) {
    loops.unpack(masks.data + n * masks.stride[0] + row * masks.stride[1], pixels.extent[2], value,
                 pixels.data + n * pixels.stride[0] + row * pixels.stride[1]);
  });
}

/// Area and bounds of one mask (H, words); columns: scratch.
inline math::mask_facts mask_facts_of(const mask_loops& loops,
                                      const view<const std::uint64_t, 2>& mask,
                                      std::vector<std::uint64_t>& columns) {
  math::mask_facts facts{0, {0, 0, 0, 0}};
  columns.assign(static_cast<std::size_t>(mask.extent[1]), 0);
  for (std::int64_t row = 0; row < mask.extent[0]; ++row) {
    const std::int64_t count =
        loops.count_row(mask.data + row * mask.stride[0], mask.extent[1], columns.data());
    if (count == 0) continue;
    if (facts.area == 0) facts.bounds.top = static_cast<std::int32_t>(row);
    facts.bounds.bottom = static_cast<std::int32_t>(row + 1);
    facts.area += count;
  }
  if (facts.area == 0) return facts;
  std::int32_t first = 0;
  while (columns[static_cast<std::size_t>(first)] == 0) ++first;
  auto last = static_cast<std::int32_t>(mask.extent[1] - 1);
  while (columns[static_cast<std::size_t>(last)] == 0) --last;
  facts.bounds.left = 64 * first + math::lowest_bit(columns[static_cast<std::size_t>(first)]);
  facts.bounds.right = 64 * last + math::highest_bit(columns[static_cast<std::size_t>(last)]) + 1;
  return facts;
}

inline std::vector<math::mask_facts> mask_facts_of(on_cpu exec,
                                                   const view<const std::uint64_t, 3>& masks) {
  const auto& loops = choose_mask_loops(exec.isa);
  std::vector<math::mask_facts> facts(static_cast<std::size_t>(masks.extent[0]));
  parallel_for(exec, masks.extent[0], [&](std::int64_t n) {
    std::vector<std::uint64_t> columns;
    facts[static_cast<std::size_t>(n)] = mask_facts_of(loops, masks[n], columns);
  });
  return facts;
}

/// Pixels that two masks share in rows [top, bottom).
inline std::int64_t mask_shared(const mask_loops& loops, const view<const std::uint64_t, 2>& a,
                                const view<const std::uint64_t, 2>& b,
                                const math::mask_facts& facts_a, const math::mask_facts& facts_b,
                                std::int64_t top, std::int64_t bottom) {
  const auto where = math::shared_words(facts_a.bounds, facts_b.bounds);
  top = std::max<std::int64_t>(top, where.top);
  bottom = std::min<std::int64_t>(bottom, where.bottom);
  if (top >= bottom) return 0;
  return loops.count_shared(a.data + top * a.stride[0] + where.left, a.stride[0],
                            b.data + top * b.stride[0] + where.left, b.stride[0], bottom - top,
                            where.right - where.left);
}

/// Tiles of 4 × 4 pairs, 16 rows at a time: the rows stay in the nearest cache.
template <class T>
void mask_iou(on_cpu exec, const view<const std::uint64_t, 3>& a,
              const view<const std::uint64_t, 3>& b, const view<T, 2>& iou) {
  constexpr std::int64_t kTile = 4;
  constexpr std::int64_t kRows = 16;
  const auto& loops = choose_mask_loops(exec.isa);
  const auto facts_a = mask_facts_of(exec, a);
  const auto facts_b = mask_facts_of(exec, b);
  const std::int64_t tiles_b = (b.extent[0] + kTile - 1) / kTile;
  const std::int64_t tiles_a = (a.extent[0] + kTile - 1) / kTile;
  parallel_for(exec, tiles_a * tiles_b, [&](std::int64_t tile) {
    const std::int64_t a0 = tile / tiles_b * kTile;
    const std::int64_t b0 = tile % tiles_b * kTile;
    const std::int64_t na = std::min(kTile, a.extent[0] - a0);
    const std::int64_t nb = std::min(kTile, b.extent[0] - b0);
    std::int64_t shared[kTile][kTile] = {};
    for (std::int64_t row = 0; row < a.extent[1]; row += kRows) {
      for (std::int64_t i = 0; i < na; ++i) {
        for (std::int64_t j = 0; j < nb; ++j) {
          shared[i][j] +=
              mask_shared(loops, a[a0 + i], b[b0 + j], facts_a[static_cast<std::size_t>(a0 + i)],
                          facts_b[static_cast<std::size_t>(b0 + j)], row, row + kRows);
        }
      }
    }
    for (std::int64_t i = 0; i < na; ++i) {
      for (std::int64_t j = 0; j < nb; ++j) {
        iou.data[(a0 + i) * iou.stride[0] + b0 + j] =
            math::mask_iou<T>(shared[i][j], facts_a[static_cast<std::size_t>(a0 + i)].area,
                              facts_b[static_cast<std::size_t>(b0 + j)].area);
      }
    }
  });
}

}  // namespace kernels::inline KERNELS_ABI::cpu
