// Greedy suppression of boxes in descending order of score; included once for each instruction
// set, after tests of a chunk, `any_suppresses<T>(chunk, box, area, threshold, plus)`.

/// Is the box suppressed by one in a chain of chunks?
template <class T>
inline bool suppressed_by(const nms_grid<T>& grid, const nms_chunk<T>* chunk, const box<T>& b,
                          T area, T threshold, T plus) {
  for (; chunk != nullptr; chunk = grid.next(chunk)) {
    if (any_suppresses<T>(*chunk, b, area, threshold, plus)) return true;
  }
  return false;
}

/// keep[k] for boxes[0 … count), until `limit` are kept. Returns how many are.
template <class T>
std::int64_t greedy(const box<T>* boxes, std::int64_t count, std::int64_t limit, T threshold,
                    pixel_convention convention, nms_grid<T>& grid, std::uint8_t* keep) {
  const T plus = convention == pixel_convention::inclusive ? T(1) : T(0);
  grid.start(boxes, count, threshold, convention);
  std::int64_t kept = 0;
  std::int64_t k = 0;
  for (; k < count && kept < limit; ++k) {
    const box<T>& b = boxes[k];
    const T area = math::box_area(b, convention);
    keep[k] = 1;
    if (!(area > T(0) && area <= std::numeric_limits<T>::max())) {
      ++kept;  // overlaps nothing
      continue;
    }
    const nms_cells near = grid.core(b);
    bool gone = suppressed_by(grid, grid.first_wide(), b, area, threshold, plus);
    for (std::int32_t row = near.top; row <= near.bottom && !gone; ++row) {
      for (std::int32_t column = near.left; column <= near.right && !gone; ++column) {
        gone = suppressed_by(grid, grid.first(column, row), b, area, threshold, plus);
      }
    }
    if (gone) {
      keep[k] = 0;
    } else {
      grid.insert(b, area);
      ++kept;
    }
  }
  for (; k < count; ++k) keep[k] = 0;
  return kept;
}
