// iou_match on the CPU: of each row only the overlaps with boxes that are near are computed,
// searched and forgotten.
#pragma once

#include <kernels/cpu/iou.hpp>

#include <vector>

namespace kernels::inline KERNELS_ABI::cpu {

/// All boxes b, measured once a call; one tile stands on the stack, more on the heap.
template <class T>
class measured_tiles {
 public:
  /// To be searched for `rows` boxes.
  measured_tiles(const iou_loops<T>& loops, const view<const box<T>, 1>& boxes, std::int64_t rows,
                 const iou_options& options)
      : size_(boxes.extent[0]) {
    constexpr std::int64_t kBoxes = box_tile<T>::kBoxes;
    if (size_ > kBoxes) more_.resize(static_cast<std::size_t>((size_ - 1) / kBoxes));
    for (std::int64_t t = 0; t < count(); ++t) {
      part& to = t == 0 ? first_ : more_[static_cast<std::size_t>(t - 1)];
      loops.measure(to.tile, boxes, t * kBoxes, boxes_in(t), options);
      to.sort = rows >= kRowsToSort && boxes_in(t) >= loops.boxes_to_sort_for_searches &&
                !math::overlap_has_distance(options.kind);
      if (to.sort) to.sorted.sort(to.tile, boxes_in(t), options);
    }
  }
  [[nodiscard]] std::int64_t count() const {
    return (size_ + box_tile<T>::kBoxes - 1) / box_tile<T>::kBoxes;
  }
  [[nodiscard]] const box_tile<T>& operator[](std::int64_t t) const { return at(t).tile; }
  [[nodiscard]] const sorted_tile<T>* sorted(std::int64_t t) const {
    return at(t).sort ? &at(t).sorted : nullptr;
  }
  [[nodiscard]] std::int64_t boxes_in(std::int64_t t) const {
    return std::min(box_tile<T>::kBoxes, size_ - t * box_tile<T>::kBoxes);
  }

 private:
  struct part {
    box_tile<T> tile;
    sorted_tile<T> sorted;
    bool sort;
  };
  [[nodiscard]] const part& at(std::int64_t t) const {
    return t == 0 ? first_ : more_[static_cast<std::size_t>(t - 1)];
  }

  std::int64_t size_;
  part first_;
  std::vector<part> more_;
};

/// Calls visit(i, tile of a, place in it) for i from first to last − 1.
template <class T, class Visit>
void visit_rows(const iou_loops<T>& loops, const view<const box<T>, 1>& a, std::int64_t first,
                std::int64_t last, const iou_options& options, const Visit& visit) {
  constexpr std::int64_t kBoxes = box_tile<T>::kBoxes;
  box_tile<T> tile;
  for (std::int64_t start = first; start < last; start += kBoxes) {
    const std::int64_t rows = std::min(kBoxes, last - start);
    loops.measure(tile, a, start, rows, options);
    for (std::int64_t i = 0; i < rows; ++i) visit(start + i, tile, i);
  }
}

template <class T>
void iou_best_match(on_cpu exec, const view<const box<T>, 1>& a, const view<const box<T>, 1>& b,
                    const view<T, 1>& values, const view<std::int32_t, 1>& indices,
                    const iou_match_options& options) {
  const auto& loops = choose_iou_loops<T>(exec);
  const iou_options kind = options.overlaps();
  const measured_tiles<T> tiles(loops, b, a.extent[0], kind);
  const T least = math::overlap_least<T>(options.kind);
  const T threshold = static_cast<T>(options.threshold);
  const std::int64_t rows = a.extent[0];
  const std::int64_t piece = iou_piece(rows, b.extent[0]);
  parallel_for(exec, (rows + piece - 1) / piece, [&](std::int64_t p) {
    const std::int64_t last = std::min(rows, (p + 1) * piece);
    visit_rows(
        loops, a, p * piece, last, kind, [&](std::int64_t i, const auto& tile, std::int64_t k) {
          T best = least;  // box 0, unless another one is better
          std::int32_t index = 0;
          for (std::int64_t t = 0; t < tiles.count(); ++t) {
            loops.best(tile, k, tiles[t], tiles.boxes_in(t), tiles.sorted(t),
                       t * box_tile<T>::kBoxes, kind, best, index);
          }
          values.data[i * values.stride[0]] = best;
          indices.data[i * indices.stride[0]] = tiles.count() > 0 && best > threshold ? index : -1;
        });
  });
}

/// Rows first … last − 1: match number n of them goes to place start + n; row_offsets[i + 1] is set
/// to where row i ends. Places from the end of `columns` on are not written. Returns the end.
template <class T>
std::int64_t iou_matches_of(const iou_loops<T>& loops, const view<const box<T>, 1>& a,
                            std::int64_t first, std::int64_t last, const measured_tiles<T>& b,
                            std::int64_t start, const view<std::int64_t, 1>& row_offsets,
                            const view<std::int32_t, 1>& columns, const view<T, 1>& values,
                            const iou_match_options& options) {
  const iou_options kind = options.overlaps();
  const T threshold = static_cast<T>(options.threshold);
  std::int32_t found[box_tile<T>::kBoxes];
  T overlaps[box_tile<T>::kBoxes];
  std::int64_t place = start;
  visit_rows(loops, a, first, last, kind, [&](std::int64_t i, const auto& tile, std::int64_t k) {
    for (std::int64_t t = 0; t < b.count(); ++t) {
      const std::int64_t n = loops.matches(tile, k, b[t], b.boxes_in(t), b.sorted(t), kind,
                                           threshold, found, overlaps);
      const std::int64_t room = std::max<std::int64_t>(columns.extent[0] - place, 0);
      for (std::int64_t m = 0; m < std::min(n, room); ++m) {
        columns.data[(place + m) * columns.stride[0]] =
            static_cast<std::int32_t>(t * box_tile<T>::kBoxes + found[m]);
        values.data[(place + m) * values.stride[0]] = overlaps[m];
      }
      place += n;
    }
    row_offsets.data[(i + 1) * row_offsets.stride[0]] = place;
  });
  return place;
}

template <class T>
std::int64_t iou_matches(on_cpu exec, const view<const box<T>, 1>& a,
                         const view<const box<T>, 1>& b, const view<std::int64_t, 1>& row_offsets,
                         const view<std::int32_t, 1>& columns, const view<T, 1>& values,
                         const iou_match_options& options) {
  const auto& loops = choose_iou_loops<T>(exec);
  const measured_tiles<T> tiles(loops, b, a.extent[0], options.overlaps());
  const std::int64_t rows = a.extent[0];
  const std::int64_t piece =
      exec.threads == 1 ? std::max<std::int64_t>(rows, 1) : iou_piece(rows, b.extent[0]);
  const std::int64_t pieces = (rows + piece - 1) / piece;
  row_offsets.data[0] = 0;
  const auto run = [&](std::int64_t p, std::int64_t start, const view<std::int32_t, 1>& to) {
    return iou_matches_of(loops, a, p * piece, std::min(rows, (p + 1) * piece), tiles, start,
                          row_offsets, to, values, options);
  };
  if (pieces <= 1) {
    std::int64_t total = 0;
    parallel_for(exec, pieces, [&](std::int64_t p) { total = run(p, 0, columns); });
    return total;
  }
  // count, add up, fill
  std::vector<std::int64_t> starts(static_cast<std::size_t>(pieces) + 1);
  view<std::int32_t, 1> nowhere = columns;
  nowhere.extent[0] = 0;
  parallel_for(exec, pieces, [&](std::int64_t p) {
    starts[static_cast<std::size_t>(p) + 1] = run(p, 0, nowhere);
  });
  for (std::size_t p = 1; p < starts.size(); ++p) starts[p] += starts[p - 1];
  parallel_for(exec, pieces,
               [&](std::int64_t p) { run(p, starts[static_cast<std::size_t>(p)], columns); });
  return starts.back();
}

}  // namespace kernels::inline KERNELS_ABI::cpu
