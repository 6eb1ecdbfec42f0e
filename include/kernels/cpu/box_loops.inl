// box's loops, compiled once plainly and once where a fused multiply-add is one instruction:
// flatten, so that all of the element is compiled here. The format is a constant of the loop, and
// packed arrays have strides the compiler knows.

template <box_format Format, std::int64_t Packed, class T>
[[gnu::flatten]] void from_format(const view<const T, 2>& in, const view<box<T>, 1>& out,
                                  std::int64_t first, std::int64_t last) {
  const std::int64_t row = Packed == 0 ? in.stride[0] : 4, s = Packed == 0 ? in.stride[1] : 1;
  const std::int64_t step = Packed == 0 ? out.stride[0] : 1;
  for (std::int64_t k = first; k < last; ++k) {
    const T* p = in.data + k * row;
    out.data[k * step] = math::box_from(Format, p[0], p[s], p[2 * s], p[3 * s]);
  }
}

template <box_format Format, std::int64_t Packed, class T>
[[gnu::flatten]] void to_format(const view<const box<T>, 1>& in, const view<T, 2>& out,
                                std::int64_t first, std::int64_t last) {
  const std::int64_t row = Packed == 0 ? out.stride[0] : 4, s = Packed == 0 ? out.stride[1] : 1;
  const std::int64_t step = Packed == 0 ? in.stride[0] : 1;
  for (std::int64_t k = first; k < last; ++k) {
    const math::box_numbers<T> n = math::box_to(Format, in.data[k * step]);
    T* p = out.data + k * row;
    p[0] = n.a, p[s] = n.b, p[2 * s] = n.c, p[3 * s] = n.d;
  }
}

template <class T>
void from_numbers(const view<const T, 2>& in, box_format from, const view<box<T>, 1>& out,
                  std::int64_t first, std::int64_t last) {
  const auto run = [&](auto format) {
    if (in.stride[0] == 4 && in.stride[1] == 1 && out.stride[0] == 1) {
      from_format<format.value, 1>(in, out, first, last);
    } else {
      from_format<format.value, 0>(in, out, first, last);
    }
  };
  with_format(from, run);
}

template <class T>
void to_numbers(const view<const box<T>, 1>& in, box_format to, const view<T, 2>& out,
                std::int64_t first, std::int64_t last) {
  const auto run = [&](auto format) {
    if (out.stride[0] == 4 && out.stride[1] == 1 && in.stride[0] == 1) {
      to_format<format.value, 1>(in, out, first, last);
    } else {
      to_format<format.value, 0>(in, out, first, last);
    }
  };
  with_format(to, run);
}

template <class T>
[[gnu::flatten]] void move(const view<const box<T>, 1>& in, const view<box<T>, 1>& out,
                           const box_move& options, std::int64_t first, std::int64_t last) {
  const box_move m = options;  // nothing that is written can change it
  for (std::int64_t k = first; k < last; ++k) {
    out.data[k * out.stride[0]] = math::box_moved(in.data[k * in.stride[0]], m);
  }
}

template <class T>
inline constexpr box_loops<T> kLoops = {&from_numbers<T>, &to_numbers<T>, &move<T>};
