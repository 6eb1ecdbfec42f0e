// rotated_iou's loops, compiled once plainly and once where a fused multiply-add is one
// instruction: flatten, so that all of the element is compiled here.

/// out[k] = IoU of a and b[k], boxes of b measured.
template <class T>
[[gnu::flatten]] void row(const math::measured_rotated_box& a, const math::measured_rotated_box* b,
                          std::int64_t count, T* out, std::int64_t step) {
  for (std::int64_t k = 0; k < count; ++k) {
    out[k * step] = static_cast<T>(math::rotated_iou(a, b[k]));
  }
}

template <class T>
[[gnu::flatten]] void measure(const rotated_box<T>* boxes, std::int64_t step, std::int64_t count,
                              math::measured_rotated_box* measured) {
  for (std::int64_t k = 0; k < count; ++k) measured[k] = math::measure(boxes[k * step]);
}

template <class T>
inline constexpr rotated_iou_loops<T> kLoops = {&row<T>, &measure<T>};
