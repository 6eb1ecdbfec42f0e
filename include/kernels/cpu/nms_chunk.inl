// math::nms_suppresses of one box and a whole chunk; included in the region of each instruction
// set, after its nms_lanes.
template <class T>
inline bool any_suppresses(const nms_chunk<T>& chunk, const box<T>& b, T area, T threshold,
                           T plus) {
  using lanes = nms_lanes<T>;
  using values = typename lanes::values;
  const values zero = lanes::set(T(0));
  bool any = false;
  KERNELS_UNROLL_BY(4)
  for (int k = 0; k < nms_chunk<T>::kBoxes; k += lanes::kWidth) {
    const values width = lanes::max(
        lanes::add(lanes::sub(lanes::min(lanes::load(chunk.right + k), lanes::set(b.right)),
                              lanes::max(lanes::load(chunk.left + k), lanes::set(b.left))),
                   lanes::set(plus)),
        zero);
    const values height = lanes::max(
        lanes::add(lanes::sub(lanes::min(lanes::load(chunk.bottom + k), lanes::set(b.bottom)),
                              lanes::max(lanes::load(chunk.top + k), lanes::set(b.top))),
                   lanes::set(plus)),
        zero);
    const values shared = lanes::fma(width, height, zero);
    const values joined =
        lanes::sub(lanes::add(lanes::load(chunk.area + k), lanes::set(area)), shared);
    any = any || lanes::any_greater(shared, lanes::mul(lanes::set(threshold), joined));
  }
  return any;
}
