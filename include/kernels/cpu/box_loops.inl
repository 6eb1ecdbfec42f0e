// box's loops, compiled once plainly and once where a fused multiply-add is one instruction:
// flatten, so that all of the element is compiled here.

template <class T>
[[gnu::flatten]] void from_numbers(const view<const T, 2>& in, box_format from,
                                   const view<box<T>, 1>& out, std::int64_t first,
                                   std::int64_t last) {
  for (std::int64_t k = first; k < last; ++k) {
    const T* p = in.data + k * in.stride[0];
    const std::int64_t s = in.stride[1];
    out.data[k * out.stride[0]] = math::box_from(from, p[0], p[s], p[2 * s], p[3 * s]);
  }
}

template <class T>
[[gnu::flatten]] void to_numbers(const view<const box<T>, 1>& in, box_format to,
                                 const view<T, 2>& out, std::int64_t first, std::int64_t last) {
  for (std::int64_t k = first; k < last; ++k) {
    const math::box_numbers<T> n = math::box_to(to, in.data[k * in.stride[0]]);
    T* p = out.data + k * out.stride[0];
    const std::int64_t s = out.stride[1];
    p[0] = n.a, p[s] = n.b, p[2 * s] = n.c, p[3 * s] = n.d;
  }
}

template <class T>
[[gnu::flatten]] void move(const view<const box<T>, 1>& in, const view<box<T>, 1>& out,
                           const box_move& options, std::int64_t first, std::int64_t last) {
  for (std::int64_t k = first; k < last; ++k) {
    out.data[k * out.stride[0]] = math::box_moved(in.data[k * in.stride[0]], options);
  }
}

template <class T>
inline constexpr box_loops<T> kLoops = {&from_numbers<T>, &to_numbers<T>, &move<T>};
