// iou's loops over vectors, compiled once for each instruction set: the including file defines
// `lanes<T>` and the namespace. The arithmetic is that of math/iou.hpp, operation by operation.

/// Overlaps of kWidth pairs. Side is where box a comes from: one box in all lanes, or a tile.
template <class T>
struct lane_boxes {
  typename lanes<T>::values left, top, right, bottom, area, angle;

  static lane_boxes all(const math::measured_box<T>& b) {
    using L = lanes<T>;
    return {L::set(b.left),   L::set(b.top),  L::set(b.right),
            L::set(b.bottom), L::set(b.area), L::set(b.angle)};
  }
  static lane_boxes at(const box_tile<T>& tile, std::int64_t k) {
    using L = lanes<T>;
    return {L::load(tile.left + k),   L::load(tile.top + k),  L::load(tile.right + k),
            L::load(tile.bottom + k), L::load(tile.area + k), L::load(tile.angle + k)};
  }
};

/// How the loops are specialised: IoU in both conventions, and the rest with either.
enum class lane_kind { iou, iou_inclusive, area, giou, diou, ciou };

template <lane_kind Kind, class T>
typename lanes<T>::values overlap_of(const iou_options& options, const lane_boxes<T>& a,
                                     const lane_boxes<T>& b) {
  using L = lanes<T>;
  using V = typename L::values;
  const V zero = L::set(T(0));
  const V one = L::set(options.convention == pixel_convention::inclusive ? T(1) : T(0));
  V inner_w = L::sub(L::min(a.right, b.right), L::max(a.left, b.left));
  V inner_h = L::sub(L::min(a.bottom, b.bottom), L::max(a.top, b.top));
  if constexpr (Kind != lane_kind::iou) {
    inner_w = L::add(inner_w, one);
    inner_h = L::add(inner_h, one);
  }
  const V shared = L::product(L::max(inner_w, zero), L::max(inner_h, zero));
  if constexpr (Kind == lane_kind::area) {
    const V infinite = L::set(std::numeric_limits<T>::infinity());
    const V area_a = options.kind == overlap::over_b ? infinite : a.area;
    const V area_b = options.kind == overlap::over_a ? infinite : b.area;
    return L::max(L::div(shared, L::min(area_a, area_b)), zero);
  }
  const V joined = L::sub(L::add(a.area, b.area), shared);
  const V ratio = L::max(L::div(shared, joined), zero);
  if constexpr (Kind == lane_kind::iou || Kind == lane_kind::iou_inclusive) return ratio;
  const V smallest = L::set(std::numeric_limits<T>::min());
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

/// next(k) gives the boxes a that meet b[k …].
template <lane_kind Kind, class T, class Next>
void overlaps(const iou_options& options, const Next& next, const box_tile<T>& b,
              std::int64_t count, T* out) {
  using L = lanes<T>;
  std::int64_t k = 0;
  for (; k + L::kWidth <= count; k += L::kWidth) {
    L::store(out + k, overlap_of<Kind, T>(options, next(k), lane_boxes<T>::at(b, k)));
  }
  if (k < count) {
    L::store_first(out + k, overlap_of<Kind, T>(options, next(k), lane_boxes<T>::at(b, k)),
                   count - k);
  }
}

template <class T, class Next>
void overlaps(const iou_options& options, const Next& next, const box_tile<T>& b,
              std::int64_t count, T* out) {
  switch (options.kind) {
    case overlap::iou:
      if (options.convention == pixel_convention::continuous) {
        return overlaps<lane_kind::iou, T>(options, next, b, count, out);
      }
      return overlaps<lane_kind::iou_inclusive, T>(options, next, b, count, out);
    case overlap::giou:
      return overlaps<lane_kind::giou, T>(options, next, b, count, out);
    case overlap::diou:
      return overlaps<lane_kind::diou, T>(options, next, b, count, out);
    case overlap::ciou:
      return overlaps<lane_kind::ciou, T>(options, next, b, count, out);
    default:
      return overlaps<lane_kind::area, T>(options, next, b, count, out);
  }
}

template <class T>
void row(const math::measured_box<T>& a, const box_tile<T>& b, std::int64_t count, T* out,
         const iou_options& options) {
  const lane_boxes<T> everywhere = lane_boxes<T>::all(a);
  overlaps(
      options, [&](std::int64_t) { return everywhere; }, b, count, out);
}

template <class T>
void pairs(const box_tile<T>& a, const box_tile<T>& b, std::int64_t count, T* out,
           const iou_options& options) {
  overlaps(
      options, [&](std::int64_t k) { return lane_boxes<T>::at(a, k); }, b, count, out);
}

template <class T>
void measure(box_tile<T>& tile, const view<const box<T>, 1>& boxes, std::int64_t first,
             std::int64_t count, const iou_options& options) {
  for (std::int64_t k = 0; k < count; ++k) {
    tile.set(k, math::measure(boxes.data[(first + k) * boxes.stride[0]], options));
  }
  constexpr std::int64_t kLanes = lanes<T>::kWidth;
  for (std::int64_t k = count; k < (count + kLanes - 1) / kLanes * kLanes; ++k) {
    tile.set(k, {T(0), T(0), T(0), T(0), T(0), T(0)});
  }
}

template <class T>
inline constexpr iou_loops<T> kLoops = {&measure<T>, &row<T>, &pairs<T>};
