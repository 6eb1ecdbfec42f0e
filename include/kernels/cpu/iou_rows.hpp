// What the vector forms of iou share with the portable one: one row of overlaps, and the table of
// loops that the dispatcher chooses from.
#pragma once

#include <kernels/cpu/iou_sorted.hpp>
#include <kernels/cpu/isa.hpp>

#include <algorithm>
#include <bit>
#include <type_traits>

namespace kernels::inline KERNELS_ABI::cpu {

/// The loops of one instruction set. `sorted` is b sorted, or null: then every pair is computed.
template <class T>
struct iou_loops {
  /// Measures boxes first … first + count − 1, count <= kBoxes.
  void (*measure)(box_tile<T>& tile, const view<const box<T>, 1>& boxes, std::int64_t first,
                  std::int64_t count, const iou_options& options);
  /// out[i][k] = overlap(a[first + i], b[k]) for i < rows and k < count; rows of out start `stride`
  /// apart.
  void (*rows)(const box_tile<T>& a, std::int64_t first, std::int64_t rows, const box_tile<T>& b,
               std::int64_t count, const sorted_tile<T>* sorted, T* out, std::int64_t stride,
               const iou_options& options);
  /// out[k] = overlap(a[first + k], b[first + k]) for k < count <= kBoxes.
  void (*pairs)(const view<const box<T>, 1>& a, const view<const box<T>, 1>& b, std::int64_t first,
                std::int64_t count, T* out, const iou_options& options);
  /// The largest overlap of a[i] with b[0 … count − 1]: if one is greater than `best`, `best` and
  /// `index` become that one (the first of equal ones), counted from `first`.
  void (*best)(const box_tile<T>& a, std::int64_t i, const box_tile<T>& b, std::int64_t count,
               const sorted_tile<T>* sorted, std::int64_t first, const iou_options& options,
               T& best, std::int32_t& index);
  /// The k < count whose overlap with a[i] is greater than the threshold, ascending, and these
  /// overlaps; returns how many.
  std::int64_t (*matches)(const box_tile<T>& a, std::int64_t i, const box_tile<T>& b,
                          std::int64_t count, const sorted_tile<T>* sorted,
                          const iou_options& options, T threshold, std::int32_t* found, T* values);
  /// From how many boxes in a tile on it is worth sorting: for rows(), and for best() and
  /// matches().
  std::int64_t boxes_to_sort_for_rows, boxes_to_sort_for_searches;
};

/// Matches of one box in a tile, which come in no order and leave in that of the tile.
template <class T>
class tile_matches {
 public:
  [[gnu::always_inline]] inline void add(std::int32_t place, T value) {
    hits_[place / 64] |= std::uint64_t{1} << (place % 64);
    values_[place] = value;
  }
  std::int64_t list(std::int32_t* found, T* values) const {
    std::int64_t n = 0;
    for (std::int32_t w = 0; w < kWords; ++w) {
      for (std::uint64_t rest = hits_[w]; rest != 0; rest &= rest - 1) {
        const std::int32_t place = 64 * w + std::countr_zero(rest);
        found[n] = place;
        values[n++] = values_[place];
      }
    }
    return n;
  }

 private:
  static constexpr std::int32_t kWords = static_cast<std::int32_t>(box_tile<T>::kBoxes / 64);
  std::uint64_t hits_[kWords] = {};
  T values_[box_tile<T>::kBoxes];  ///< by place
};

namespace iou_portable {

#if defined(__x86_64__) && defined(__GNUC__) && !defined(__FMA__)
/// x, of which the compiler knows nothing.
template <class T>
[[gnu::always_inline]] inline T opaque(T x) {
  asm("" : "+x"(x));
  return x;
}

/// a·b for a, b >= 0: exact::product(), whose fma would be a call to a library here. What is opaque
/// is no product that a compiler may contract.
template <class T>
[[gnu::always_inline]] inline T product_of(T a, T b) {
  return opaque(a * b);
}
#else
template <class T>
T opaque(T x) {
  return x;
}
template <class T>
T product_of(T a, T b) {
  return exact::product(a, b);
}
#endif

/// 0 and the 1 of inclusive pixels. The 0 is opaque: g++ makes a branch of max(x, 0), which is hard
/// to guess, and one instruction of max(x, y).
template <class T>
struct share_numbers {
  T zero, one;
  explicit share_numbers(const iou_options& options)
      : zero(opaque(T(0))), one(options.convention == pixel_convention::inclusive ? T(1) : T(0)) {}
};

/// run(kind) with a kind that has no distance as a constant.
template <class Run>
void with_share_kind(const iou_options& options, const Run& run) {
  switch (options.kind) {
    case overlap::over_a:
      return run(std::integral_constant<overlap, overlap::over_a>());
    case overlap::over_b:
      return run(std::integral_constant<overlap, overlap::over_b>());
    case overlap::over_smaller:
      return run(std::integral_constant<overlap, overlap::over_smaller>());
    default:
      return run(std::integral_constant<overlap, overlap::iou>());
  }
}

/// math::overlap_of, of a kind without a distance.
template <overlap Kind, class T>
[[gnu::always_inline]] inline T share_of(const math::measured_box<T>& a,
                                         const math::measured_box<T>& b,
                                         const share_numbers<T>& with) {
  const T inner_w = exact::add(exact::min(a.right, b.right) - exact::max(a.left, b.left), with.one);
  const T inner_h = exact::add(exact::min(a.bottom, b.bottom) - exact::max(a.top, b.top), with.one);
  const T shared = product_of(exact::max(inner_w, with.zero), exact::max(inner_h, with.zero));
  const T whole = Kind == overlap::iou ? exact::add(exact::add(a.area, b.area), -shared)
                                       : math::overlap_divisor(Kind, a.area, b.area);
  return exact::max(exact::div(shared, whole), with.zero);
}

/// A box with its area, math::box_area, and no angle.
template <class T>
[[gnu::always_inline]] inline math::measured_box<T> with_area(const box<T>& b,
                                                              const share_numbers<T>& with) {
  const T area = product_of(exact::max(exact::add(b.right - b.left, with.one), with.zero),
                            exact::max(exact::add(b.bottom - b.top, with.one), with.zero));
  return {b.left, b.top, b.right, b.bottom, exact::max(area, with.zero), T(0)};
}

template <class T>
void measure(box_tile<T>& tile, const view<const box<T>, 1>& boxes, std::int64_t first,
             std::int64_t count, const iou_options& options) {
  for (std::int64_t k = 0; k < count; ++k) {
    tile.set(k, math::measure(boxes.data[(first + k) * boxes.stride[0]], options));
  }
}

/// visit(overlap with a, k) for boxes first … last − 1 of b.
template <class T, class Visit>
[[gnu::always_inline]] inline void for_each(const math::measured_box<T>& a, const box_tile<T>& b,
                                            std::int64_t first, std::int64_t last,
                                            const iou_options& options, const Visit& visit) {
  if (math::overlap_has_distance(options.kind)) {
    for (std::int64_t k = first; k < last; ++k) visit(math::overlap_of(options, a, b.get(k)), k);
    return;
  }
  with_share_kind(options, [&](auto kind) {
    const auto box_a = a;
    const share_numbers<T> with(options);
    for (std::int64_t k = first; k < last; ++k) {
      visit(share_of<decltype(kind)::value>(box_a, b.get(k), with), k);
    }
  });
}

/// The same for those that a can share area with: visit(overlap, place in the tile), in no order.
template <class T, class Visit>
[[gnu::always_inline]] inline void for_near(const math::measured_box<T>& a, const sorted_tile<T>& b,
                                            const iou_options& options, const Visit& visit) {
  const auto near = b.near(a);
  for_each(a, b.boxes, near.first, near.last, options,
           [&](T value, std::int64_t k) { visit(value, static_cast<std::int32_t>(b.place[k])); });
}

template <class T>
void rows(const box_tile<T>& a, std::int64_t first, std::int64_t rows, const box_tile<T>& b,
          std::int64_t count, const sorted_tile<T>* sorted, T* out, std::int64_t stride,
          const iou_options& options) {
  for (std::int64_t i = 0; i < rows; ++i) {
    T* const to = out + i * stride;
    if (sorted != nullptr) {
      std::fill_n(to, count, T(0));
      for_near(a.get(first + i), *sorted, options,
               [to](T value, std::int32_t place) { to[place] = value; });
    } else {
      for_each(a.get(first + i), b, 0, count, options,
               [to](T value, std::int64_t k) { to[k] = value; });
    }
  }
}

template <class T>
void pairs(const view<const box<T>, 1>& a, const view<const box<T>, 1>& b, std::int64_t first,
           std::int64_t count, T* out, const iou_options& options) {
  const auto each = [&](const auto& overlap_with) {
    for (std::int64_t k = 0; k < count; ++k) {
      out[k] = overlap_with(a.data[(first + k) * a.stride[0]], b.data[(first + k) * b.stride[0]]);
    }
  };
  if (math::overlap_has_distance(options.kind)) {
    each([&](const box<T>& x, const box<T>& y) { return math::overlap_of(options, x, y); });
    return;
  }
  with_share_kind(options, [&](auto kind) {
    constexpr overlap kKind = decltype(kind)::value;
    const share_numbers<T> with(options);
    each([with](const box<T>& x, const box<T>& y) {
      const auto box_x = with_area(x, with);
      const auto box_y = with_area(y, with);
      const auto counts = [](T area) {  // math::measure keeps the box
        return area > T(0) && (kKind != overlap::iou || area < math::kInfinity<T>);
      };
      const T value = share_of<kKind>(box_x, box_y, with);
      return counts(box_x.area) && counts(box_y.area) ? value : T(0);
    });
  });
}

template <class T>
void best(const box_tile<T>& a, std::int64_t i, const box_tile<T>& b, std::int64_t count,
          const sorted_tile<T>* sorted, std::int64_t first, const iou_options& options, T& best,
          std::int32_t& index) {
  T most = best;
  std::int32_t at = -1;
  if (sorted != nullptr) {
    for_near(a.get(i), *sorted, options, [&](T value, std::int32_t place) {
      if (value < most || (value == most && place >= at)) return;
      most = value;
      at = place;
    });
  } else {
    for_each(a.get(i), b, 0, count, options, [&](T value, std::int64_t k) {
      if (!(value > most)) return;
      most = value;
      at = static_cast<std::int32_t>(k);
    });
  }
  if (at < 0) return;
  best = most;
  index = static_cast<std::int32_t>(first) + at;
}

template <class T>
std::int64_t matches(const box_tile<T>& a, std::int64_t i, const box_tile<T>& b, std::int64_t count,
                     const sorted_tile<T>* sorted, const iou_options& options, T threshold,
                     std::int32_t* found, T* values) {
  if (sorted != nullptr && threshold >= T(0)) {
    tile_matches<T> hits;
    for_near(a.get(i), *sorted, options, [&](T value, std::int32_t place) {
      if (value > threshold) hits.add(place, value);
    });
    return hits.list(found, values);
  }
  std::int64_t n = 0;
  for_each(a.get(i), b, 0, count, options, [&](T value, std::int64_t k) {
    if (!(value > threshold)) return;
    found[n] = static_cast<std::int32_t>(k);
    values[n++] = value;
  });
  return n;
}

template <class T>
inline constexpr iou_loops<T> kLoops = {&measure<T>, &rows<T>, &pairs<T>, &best<T>,
                                        &matches<T>, 64,       64};

}  // namespace iou_portable
}  // namespace kernels::inline KERNELS_ABI::cpu
