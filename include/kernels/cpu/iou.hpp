// iou on the CPU: tiles of b, measured once, against every row of a.
#pragma once

#include <kernels/cpu/iou_avx2.hpp>
#include <kernels/cpu/iou_avx512.hpp>
#include <kernels/cpu/iou_rows.hpp>
#include <kernels/cpu/parallel.hpp>

#include <algorithm>

namespace kernels::inline KERNELS_ABI::cpu {

template <class T>
const iou_loops<T>& choose_iou_loops(on_cpu exec) {
#if KERNELS_X86
  switch (choose(exec.isa)) {
    case instruction_set::avx512:
      return iou_avx512::kLoops<T>;
    case instruction_set::avx2:
      return iou_avx2::kLoops<T>;
    default:
      break;
  }
#else
  static_cast<void>(choose(exec.isa));
#endif
  return iou_portable::kLoops<T>;
}

/// Pairs of boxes that are worth a thread.
inline constexpr std::int64_t kIouPairsOfPiece = 65536;

/// Pieces to cut `count` units of `pairs` pairs each into: units of a piece.
inline std::int64_t iou_piece(std::int64_t count, std::int64_t pairs_of_unit) {
  const std::int64_t units = kIouPairsOfPiece / std::max<std::int64_t>(pairs_of_unit, 1);
  return std::clamp<std::int64_t>(units, 1, std::max<std::int64_t>(count, 1));
}

/// Rows of a matrix to a piece: few pieces, as each measures all columns.
inline std::int64_t iou_piece_of_rows(on_cpu exec, std::int64_t rows, std::int64_t columns) {
  if (exec.threads == 1) return std::max<std::int64_t>(rows, 1);
  return std::max<std::int64_t>(iou_piece(rows, columns), 128);
}

/// From how many rows on b is worth sorting.
inline constexpr std::int64_t kRowsToSort = 64;

/// Rows first … last − 1 of a against all of b; out is the whole matrix.
template <class T>
void iou_matrix(const iou_loops<T>& loops, const view<const box<T>, 1>& a, std::int64_t first,
                std::int64_t last, const view<const box<T>, 1>& b, const view<T, 2>& out,
                const iou_options& options) {
  using tile_of = box_tile<T>;
  tile_of tile_a;
  tile_of tile_b;
  sorted_tile<T> sorted_b;
  for (std::int64_t j = 0; j < b.extent[0]; j += tile_of::kBoxes) {
    const std::int64_t count = std::min(tile_of::kBoxes, b.extent[0] - j);
    loops.measure(tile_b, b, j, count, options);
    const bool sort = out.stride[1] == 1 && last - first >= kRowsToSort &&
                      count >= loops.boxes_to_sort_for_rows &&
                      !math::overlap_has_distance(options.kind);
    if (sort) sorted_b.sort(tile_b, count, options);
    for (std::int64_t start = first; start < last; start += tile_of::kBoxes) {
      const std::int64_t rows = std::min(tile_of::kBoxes, last - start);
      loops.measure(tile_a, a, start, rows, options);
      T* to = out.data + start * out.stride[0] + j * out.stride[1];
      if (out.stride[1] == 1) {
        loops.rows(tile_a, 0, rows, tile_b, count, sort ? &sorted_b : nullptr, to, out.stride[0],
                   options);
      } else if (out.stride[0] == 1) {  // every kind but over_a and over_b is symmetric
        iou_options turned = options;
        if (options.kind == overlap::over_a) turned.kind = overlap::over_b;
        if (options.kind == overlap::over_b) turned.kind = overlap::over_a;
        loops.rows(tile_b, 0, count, tile_a, rows, nullptr, to, out.stride[1], turned);
      } else {
        for (std::int64_t i = 0; i < rows; ++i) {
          for (std::int64_t k = 0; k < count; ++k) {
            to[i * out.stride[0] + k * out.stride[1]] =
                math::overlap_of(options, tile_a.get(i), tile_b.get(k));
          }
        }
      }
    }
  }
}

template <class T>
void pairwise_iou(on_cpu exec, const view<const box<T>, 1>& a, const view<const box<T>, 1>& b,
                  const view<T, 2>& out, const iou_options& options) {
  const auto& loops = choose_iou_loops<T>(exec);
  const std::int64_t rows = a.extent[0];
  const std::int64_t piece = iou_piece_of_rows(exec, rows, b.extent[0]);
  parallel_for(exec, (rows + piece - 1) / piece, [&](std::int64_t p) {
    iou_matrix(loops, a, p * piece, std::min(rows, (p + 1) * piece), b, out, options);
  });
}

/// Groups of boxes side by side: see kernels::pairwise_iou.
template <class T>
void pairwise_iou(on_cpu exec, const view<const box<T>, 1>& a,
                  const view<const std::int32_t, 1>& a_offsets, const view<const box<T>, 1>& b,
                  const view<const std::int32_t, 1>& b_offsets, const view<T, 1>& out,
                  const view<const std::int64_t, 1>& out_offsets, const iou_options& options) {
  const auto& loops = choose_iou_loops<T>(exec);
  const std::int64_t groups = a_offsets.extent[0] - 1;
  const auto at = [](const auto& offsets, std::int64_t g) -> std::int64_t {
    return offsets.data[g * offsets.stride[0]];
  };
  const std::int64_t total = at(out_offsets, groups);
  const std::int64_t piece = iou_piece(groups, total / std::max<std::int64_t>(groups, 1));
  parallel_for(exec, (groups + piece - 1) / piece, [&](std::int64_t p) {
    for (std::int64_t g = p * piece; g < std::min(groups, (p + 1) * piece); ++g) {
      const auto part = [&](const view<const box<T>, 1>& boxes, const auto& offsets) {
        const std::int64_t start = at(offsets, g);
        return view<const box<T>, 1>{
            boxes.data + start * boxes.stride[0], {at(offsets, g + 1) - start}, boxes.stride};
      };
      const auto group_a = part(a, a_offsets);
      const auto group_b = part(b, b_offsets);
      const view<T, 2> matrix{out.data + at(out_offsets, g) * out.stride[0],
                              {group_a.extent[0], group_b.extent[0]},
                              {group_b.extent[0] * out.stride[0], out.stride[0]}};
      iou_matrix(loops, group_a, 0, group_a.extent[0], group_b, matrix, options);
    }
  });
}

template <class T>
void elementwise_iou(on_cpu exec, const view<const box<T>, 1>& a, const view<const box<T>, 1>& b,
                     const view<T, 1>& out, const iou_options& options) {
  using tile_of = box_tile<T>;
  const auto& loops = choose_iou_loops<T>(exec);
  const std::int64_t size = a.extent[0];
  const std::int64_t tiles = (size + tile_of::kBoxes - 1) / tile_of::kBoxes;
  const std::int64_t piece = iou_piece(tiles, 8 * tile_of::kBoxes);  // a pair here is dearer
  parallel_for(exec, (tiles + piece - 1) / piece, [&](std::int64_t p) {
    T values[tile_of::kBoxes];
    for (std::int64_t t = p * piece; t < std::min(tiles, (p + 1) * piece); ++t) {
      const std::int64_t first = t * tile_of::kBoxes;
      const std::int64_t count = std::min(tile_of::kBoxes, size - first);
      T* to = out.data + first * out.stride[0];
      const bool packed_out = out.stride[0] == 1;
      loops.pairs(a, b, first, count, packed_out ? to : values, options);
      for (std::int64_t k = 0; k < count && !packed_out; ++k) to[k * out.stride[0]] = values[k];
    }
  });
}

}  // namespace kernels::inline KERNELS_ABI::cpu
