// iou's loops over vectors, compiled once for each instruction set: the including file defines
// `iou_lanes<T>` and the namespace. The arithmetic is that of math/iou.hpp, operation by operation.

/// Overlaps of kWidth pairs. Side is where box a comes from: one box in all lanes, or a tile.
template <class T>
struct lane_boxes {
  typename iou_lanes<T>::values left, top, right, bottom, area, angle;

  static lane_boxes all(const math::measured_box<T>& b) {
    using L = iou_lanes<T>;
    return {L::set(b.left),   L::set(b.top),  L::set(b.right),
            L::set(b.bottom), L::set(b.area), L::set(b.angle)};
  }
  static lane_boxes at(const box_tile<T>& tile, std::int64_t k) {
    using L = iou_lanes<T>;
    return {L::load(tile.left + k),   L::load(tile.top + k),  L::load(tile.right + k),
            L::load(tile.bottom + k), L::load(tile.area + k), L::load(tile.angle + k)};
  }
};

/// How the loops are specialised: IoU in both conventions, and the rest with either.
enum class lane_kind { iou, iou_inclusive, area, giou, diou, ciou };

/// Does the kind give 0 to boxes that share nothing?
constexpr bool is_share(lane_kind kind) {
  return kind == lane_kind::iou || kind == lane_kind::iou_inclusive || kind == lane_kind::area;
}

/// shared and joined area, for IoU: measure() left nothing here that is NaN, or 0 / 0.
template <lane_kind Kind, class T>
[[gnu::always_inline]] inline void areas_of(const lane_boxes<T>& a, const lane_boxes<T>& b,
                                            typename iou_lanes<T>::values& shared,
                                            typename iou_lanes<T>::values& joined) {
  using L = iou_lanes<T>;
  auto w = L::sub(L::min(a.right, b.right), L::max(a.left, b.left));
  auto h = L::sub(L::min(a.bottom, b.bottom), L::max(a.top, b.top));
  if constexpr (Kind == lane_kind::iou_inclusive) {
    w = L::add(w, L::set(T(1)));
    h = L::add(h, L::set(T(1)));
  }
  shared = L::product(L::positive(w), L::positive(h));
  joined = L::sub(L::add(a.area, b.area), shared);
}

template <lane_kind Kind, class T>
[[gnu::always_inline]] inline typename iou_lanes<T>::values overlap_of(const iou_options& options,
                                                                       const lane_boxes<T>& a,
                                                                       const lane_boxes<T>& b) {
  using L = iou_lanes<T>;
  using V = typename L::values;
  if constexpr (Kind == lane_kind::iou || Kind == lane_kind::iou_inclusive) {
    V shared, joined;
    areas_of<Kind, T>(a, b, shared, joined);
    return L::div(shared, joined);
  }
  const V zero = L::set(T(0));
  const V one = L::set(options.convention == pixel_convention::inclusive ? T(1) : T(0));
  const V inner_w = L::add(L::sub(L::min(a.right, b.right), L::max(a.left, b.left)), one);
  const V inner_h = L::add(L::sub(L::min(a.bottom, b.bottom), L::max(a.top, b.top)), one);
  const V shared = L::product(L::max(inner_w, zero), L::max(inner_h, zero));
  if constexpr (Kind == lane_kind::area) {
    const V infinite = L::set(math::kInfinity<T>);
    const V area_a = options.kind == overlap::over_b ? infinite : a.area;
    const V area_b = options.kind == overlap::over_a ? infinite : b.area;
    return L::max(L::div(shared, L::min(area_a, area_b)), zero);
  }
  const V joined = L::sub(L::add(a.area, b.area), shared);
  const V ratio = L::max(L::div(shared, joined), zero);
  const V smallest = L::set(math::kSmallestNormal<T>);
  const V outer_w = L::add(L::sub(L::max(a.right, b.right), L::min(a.left, b.left)), one);
  const V outer_h = L::add(L::sub(L::max(a.bottom, b.bottom), L::min(a.top, b.top)), one);
  if constexpr (Kind == lane_kind::giou) {
    const V enclosing = L::product(L::max(zero, outer_w), L::max(zero, outer_h));
    const V unused = L::div(L::max(zero, L::sub(enclosing, joined)), L::max(smallest, enclosing));
    return L::max(L::sub(ratio, unused), L::set(T(-1)));
  }
  const V dx = L::sub(L::add(a.left, a.right), L::add(b.left, b.right));
  const V dy = L::sub(L::add(a.top, a.bottom), L::add(b.top, b.bottom));
  const V apart = L::fma(dx, dx, L::mul(dy, dy));
  const V diagonal = L::mul(L::set(T(4)), L::fma(outer_w, outer_w, L::mul(outer_h, outer_h)));
  const V distance = L::sub(ratio, L::div(apart, L::max(smallest, diagonal)));
  if constexpr (Kind == lane_kind::diou) return L::max(distance, L::set(T(-1)));
  const V turned = L::sub(a.angle, b.angle);
  const V v = L::product(L::product(turned, turned), L::set(T(0.40528473456935108577551785283891)));
  const V weight = L::add(L::sub(L::set(T(1)), ratio), v);
  const V penalty = L::div(L::product(v, v), L::max(smallest, weight));
  return L::max(L::sub(distance, penalty), L::set(T(-1.5)));
}

/// math::arc_tangent.
template <class T>
typename iou_lanes<T>::values arc_tangent(typename iou_lanes<T>::values y,
                                          typename iou_lanes<T>::values x) {
  using L = iou_lanes<T>;
  using V = typename L::values;
  using terms = math::arc_tangent_terms<T>;
  const V low = L::min(y, x);
  const V high = L::max(y, x);
  const auto beyond = L::less(L::mul(L::set(math::kTanEighth<T>), high), low);
  const V above = L::select(beyond, L::sub(low, high), low);
  const V below = L::select(beyond, L::add(low, high), high);
  const V t = L::div(above, L::max(L::set(math::kSmallestNormal<T>), below));
  const V z = L::mul(t, t);
  V q = L::set(terms::get(terms::kCount - 1));
  for (int k = terms::kCount - 2; k >= 0; --k) q = L::fma(q, z, L::set(terms::get(k)));
  const V angle = L::fma(L::mul(t, z), q, t);
  const V acute = L::select(beyond, L::add(L::set(math::kQuarterPi<T>), angle), angle);
  return L::select(L::less(x, y), L::sub(L::set(math::kHalfPi<T>), acute), acute);
}

/// math::measure.
template <class T>
[[gnu::always_inline]] inline lane_boxes<T> measured(const typename iou_lanes<T>::values side[4],
                                                     const iou_options& options) {
  using L = iou_lanes<T>;
  using V = typename L::values;
  const V zero = L::set(T(0));
  const V one = L::set(options.convention == pixel_convention::inclusive ? T(1) : T(0));
  const V left = side[0], top = side[1], right = side[2], bottom = side[3];
  const V width = L::max(L::add(L::sub(right, left), one), zero);
  const V height = L::max(L::add(L::sub(bottom, top), one), zero);
  const V area = L::max(L::product(width, height), zero);
  V low = L::set(math::kInfinity<T>);  // the corners and the area of a box that is replaced
  V high = L::set(-math::kInfinity<T>);
  V other = L::set(T(1));
  V angle = zero;
  auto good = L::less(zero, area);
  if (math::overlap_has_distance(options.kind)) {
    low = L::set(-math::kInfinity<T>);
    high = L::set(math::kInfinity<T>);
    other = L::set(math::kInfinity<T>);
    good = L::both(L::ordered(L::sub(left, left), L::sub(top, top)),
                   L::ordered(L::sub(right, right), L::sub(bottom, bottom)));
    if (options.kind == overlap::ciou) angle = L::select(good, arc_tangent<T>(width, height), zero);
  } else if (options.kind == overlap::iou) {
    good = L::both(good, L::less(area, low));
  }
  return {L::select(good, left, low),    L::select(good, top, low),    L::select(good, right, high),
          L::select(good, bottom, high), L::select(good, area, other), angle};
}

/// Boxes k, k + 1 …, measured; from `last` on, empty ones.
template <class T>
[[gnu::always_inline]] inline lane_boxes<T> measured(const view<const box<T>, 1>& boxes,
                                                     std::int64_t k, std::int64_t last,
                                                     const iou_options& options) {
  using L = iou_lanes<T>;
  typename L::values side[4];
  const std::int64_t stride = boxes.stride[0];
  const box<T>* const from = boxes.data + k * stride;
  if (stride == 1 && last - k >= L::kWidth) {
    L::load_boxes(&from->left, side);
  } else {
    box<T> some[L::kWidth] = {};
    for (std::int64_t n = 0; n < std::min(L::kWidth, last - k); ++n) some[n] = from[n * stride];
    L::load_boxes(&some[0].left, side);
  }
  return measured<T>(side, options);
}

template <class T>
void measure(box_tile<T>& tile, const view<const box<T>, 1>& boxes, std::int64_t first,
             std::int64_t count, const iou_options& options) {
  using L = iou_lanes<T>;
  for (std::int64_t k = 0; k < count; k += L::kWidth) {
    const auto some = measured<T>(boxes, first + k, first + count, options);
    L::store(tile.left + k, some.left);
    L::store(tile.top + k, some.top);
    L::store(tile.right + k, some.right);
    L::store(tile.bottom + k, some.bottom);
    L::store(tile.area + k, some.area);
    L::store(tile.angle + k, some.angle);
  }
}

template <lane_kind Kind>
struct overlap_loops {
  static constexpr lane_kind kKind = Kind;

  template <class T>
  static void rows(const box_tile<T>& a, std::int64_t first, std::int64_t rows,
                   const box_tile<T>& b, std::int64_t count, T* out, std::int64_t stride,
                   const iou_options given) {
    using L = iou_lanes<T>;
    for (std::int64_t i = 0; i < rows; ++i) {
      const iou_options options = given;
      T* const to = out + i * stride;
      const auto all = lane_boxes<T>::all(a.get(first + i));
      std::int64_t k = 0;
      for (; k + L::kWidth <= count; k += L::kWidth) {
        L::store(to + k, overlap_of<Kind, T>(options, all, lane_boxes<T>::at(b, k)));
      }
      if (k < count) {
        L::store_first(to + k, overlap_of<Kind, T>(options, all, lane_boxes<T>::at(b, k)),
                       count - k);
      }
    }
  }
  template <class T>
  static void pairs(const view<const box<T>, 1>& a, const view<const box<T>, 1>& b,
                    std::int64_t first, std::int64_t count, T* out, const iou_options options) {
    using L = iou_lanes<T>;
    const std::int64_t last = first + count;
    for (std::int64_t k = first; k < last; k += L::kWidth) {
      const auto overlaps = overlap_of<Kind, T>(options, measured<T>(a, k, last, options),
                                                measured<T>(b, k, last, options));
      if (last - k >= L::kWidth) {
        L::store(out + (k - first), overlaps);
      } else {
        L::store_first(out + (k - first), overlaps, last - k);
      }
    }
  }
};

/// run(overlap_loops<…>()) with the loops of a kind.
template <class Run>
void with_kind(const iou_options& options, const Run& run) {
  switch (options.kind) {
    case overlap::iou:
      if (options.convention == pixel_convention::continuous) {
        return run(overlap_loops<lane_kind::iou>());
      }
      return run(overlap_loops<lane_kind::iou_inclusive>());
    case overlap::giou:
      return run(overlap_loops<lane_kind::giou>());
    case overlap::diou:
      return run(overlap_loops<lane_kind::diou>());
    case overlap::ciou:
      return run(overlap_loops<lane_kind::ciou>());
    default:
      return run(overlap_loops<lane_kind::area>());
  }
}

template <class T>
void rows(const box_tile<T>& a, std::int64_t first, std::int64_t rows, const box_tile<T>& b,
          std::int64_t count, const sorted_tile<T>* /*sorted*/, T* out, std::int64_t stride,
          const iou_options& options) {
  with_kind(options, [&](auto loops) {
    decltype(loops)::rows(a, first, rows, b, count, out, stride, options);
  });
}

template <class T>
void pairs(const view<const box<T>, 1>& a, const view<const box<T>, 1>& b, std::int64_t first,
           std::int64_t count, T* out, const iou_options& options) {
  with_kind(options, [&](auto loops) { decltype(loops)::pairs(a, b, first, count, out, options); });
}

#include <kernels/cpu/iou_match_lanes.inl>

/// A row is computed as fast as its zeros are written and some of them replaced: never sorted.
template <class T>
inline constexpr iou_loops<T> kLoops = {
    &measure<T>, &rows<T>, &pairs<T>, &best<T>, &matches<T>, box_tile<T>::kBoxes + 1, 128};
