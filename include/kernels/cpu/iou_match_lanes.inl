// Searches of one row of overlaps, which is never stored.

/// The lanes of vector k that are boxes.
template <class T>
[[gnu::always_inline]] inline unsigned lanes_of(std::int64_t k, std::int64_t count) {
  const std::int64_t left = count - k;
  return left >= iou_lanes<T>::kWidth ? ~0U : (1U << left) - 1;
}

/// best() of a sorted tile: no branch depends on the overlaps, which are hard to guess.
template <lane_kind Kind, class T>
[[gnu::always_inline]] inline void best_of_sorted(const math::measured_box<T>& box_a,
                                                  const sorted_tile<T>& b, std::int64_t first,
                                                  const iou_options& options, T& best,
                                                  std::int32_t& index) {
  using L = iou_lanes<T>;
  using V = typename L::values;
  const auto all = lane_boxes<T>::all(box_a);
  V most = L::set(best);
  V at = L::set(T(-1));
  const auto near = b.near(box_a);
  for (std::int64_t k = near.first / L::kWidth * L::kWidth; k < near.last; k += L::kWidth) {
    const V values = overlap_of<Kind, T>(options, all, lane_boxes<T>::at(b.boxes, k));
    const V place = L::load(b.place + k);
    const V of_equals = L::select(L::less(most, values), place, L::min(place, at));
    at = L::select(L::less(values, most), at, of_equals);
    most = L::max(values, most);
  }
  const T best_of_all = L::most_of(most);
  if (!(best_of_all > best)) return;
  // the lowest place: of lanes that are not the best, −infinity
  const V none = L::set(-math::kInfinity<T>);
  const V places = L::select(L::less(most, L::set(best_of_all)), none, L::sub(L::set(T(0)), at));
  best = best_of_all;
  index = static_cast<std::int32_t>(first) - static_cast<std::int32_t>(L::most_of(places));
}

template <class T>
void best(const box_tile<T>& a, std::int64_t i, const box_tile<T>& b, std::int64_t count,
          const sorted_tile<T>* sorted, std::int64_t first, const iou_options& given, T& best,
          std::int32_t& index) {
  with_kind(given, [&](auto loops) {
    using L = iou_lanes<T>;
    constexpr lane_kind kKind = decltype(loops)::kKind;
    const iou_options options = given;
    const auto box_a = a.get(i);
    if constexpr (is_share(kKind)) {
      if (sorted != nullptr) {
        return best_of_sorted<kKind>(box_a, *sorted, first, options, best, index);
      }
    }
    const auto all = lane_boxes<T>::all(box_a);
    T most = best;
    std::int32_t at = index;
    for (std::int64_t k = 0; k < count; k += L::kWidth) {
      const auto some_b = lane_boxes<T>::at(b, k);
      typename L::values values;
      unsigned better;
      if constexpr (kKind == lane_kind::iou || kKind == lane_kind::iou_inclusive) {
        // shared / joined > most without a division; a difference too small for T is 0, hence <=
        typename L::values shared, joined;
        areas_of<kKind, T>(all, some_b, shared, joined);
        better = L::bits(L::at_most(L::fmsub(L::set(most), joined, shared), L::set(T(0)))) &
                 L::bits(L::less(L::set(T(0)), shared));
        if ((better & lanes_of<T>(k, count)) == 0) continue;
        values = L::div(shared, joined);
      } else {
        values = overlap_of<kKind, T>(options, all, some_b);
        better = L::bits(L::less(L::set(most), values));
      }
      better &= lanes_of<T>(k, count);
      if (better == 0) continue;
      alignas(64) T value[L::kWidth];
      L::store(value, values);
      for (; better != 0; better &= better - 1) {
        const int lane = __builtin_ctz(better);
        if (!(value[lane] > most)) continue;
        most = value[lane];
        at = static_cast<std::int32_t>(first + k) + lane;
      }
    }
    best = most;
    index = at;
  });
}

template <class T>
std::int64_t matches(const box_tile<T>& a, std::int64_t i, const box_tile<T>& b, std::int64_t count,
                     const sorted_tile<T>* sorted, const iou_options& given, T threshold,
                     std::int32_t* found, T* values) {
  std::int64_t n = 0;
  with_kind(given, [&](auto loops) {
    using L = iou_lanes<T>;
    constexpr lane_kind kKind = decltype(loops)::kKind;
    const iou_options options = given;
    const auto box_a = a.get(i);
    const auto all = lane_boxes<T>::all(box_a);
    if (sorted != nullptr && threshold >= T(0)) {
      tile_matches<T> hits;
      const auto near = sorted->near(box_a);
      for (std::int64_t k = near.first / L::kWidth * L::kWidth; k < near.last; k += L::kWidth) {
        const auto overlaps =
            overlap_of<kKind, T>(options, all, lane_boxes<T>::at(sorted->boxes, k));
        unsigned above = L::bits(L::less(L::set(threshold), overlaps));
        if (above == 0) continue;
        alignas(64) T value[L::kWidth];
        L::store(value, overlaps);
        for (; above != 0; above &= above - 1) {
          const int lane = __builtin_ctz(above);
          hits.add(static_cast<std::int32_t>(sorted->place[k + lane]), value[lane]);
        }
      }
      n = hits.list(found, values);
      return;
    }
    for (std::int64_t k = 0; k < count; k += L::kWidth) {
      const auto overlaps = overlap_of<kKind, T>(options, all, lane_boxes<T>::at(b, k));
      unsigned hits = L::bits(L::less(L::set(threshold), overlaps)) & lanes_of<T>(k, count);
      if (hits == 0) continue;
      alignas(64) T value[L::kWidth];
      L::store(value, overlaps);
      for (; hits != 0; hits &= hits - 1) {
        const int lane = __builtin_ctz(hits);
        found[n] = static_cast<std::int32_t>(k) + lane;
        values[n++] = value[lane];
      }
    }
  });
  return n;
}
