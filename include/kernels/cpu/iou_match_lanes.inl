// Searches of one row of overlaps, which is never stored.

/// visit(k) for the vectors of a tile whose overlaps with a may be more than `limit`.
template <lane_kind Kind, class T, class Visit>
[[gnu::always_inline]] inline void for_near(const math::measured_box<T>& a, const box_tile<T>& b,
                                            std::int64_t count, const iou_options& options, T limit,
                                            const Visit& visit) {
  if (!is_share(Kind) || count < kFiltered || limit < T(0)) {
    for (std::int64_t k = 0; k < count; k += iou_lanes<T>::kWidth) visit(k);
    return;
  }
  std::uint16_t near[kMostGroups<T> + 1];
  const std::int64_t groups = near_groups(a, b, count, options, near);
  for (std::int64_t g = 0; g < groups; ++g) {
    for (std::int64_t k = near[g]; k < std::min(count, near[g] + kGroup<T>);
         k += iou_lanes<T>::kWidth) {
      visit(k);
    }
  }
}

/// The lanes of vector k that are boxes.
template <class T>
[[gnu::always_inline]] inline unsigned lanes_of(std::int64_t k, std::int64_t count) {
  const std::int64_t left = count - k;
  return left >= iou_lanes<T>::kWidth ? ~0U : (1U << left) - 1;
}

template <class T>
void best(const box_tile<T>& a, std::int64_t i, const box_tile<T>& b, std::int64_t count,
          std::int64_t first, const iou_options& given, T& best, std::int32_t& index) {
  with_kind(given, [&](auto loops) {
    using L = iou_lanes<T>;
    constexpr lane_kind kKind = decltype(loops)::kKind;
    const iou_options options = given;
    const auto box_a = a.get(i);
    const auto all = lane_boxes<T>::all(box_a);
    T most = best;
    std::int32_t at = index;
    for_near<kKind, T>(box_a, b, count, options, most, [&](std::int64_t k) {
      const auto some_b = lane_boxes<T>::at(b, k);
      typename L::values values;
      unsigned better;
      if constexpr (kKind == lane_kind::iou || kKind == lane_kind::iou_inclusive) {
        // shared / joined > most without a division; a difference too small for T is 0, hence <=
        typename L::values shared, joined;
        areas_of<kKind, T>(all, some_b, shared, joined);
        better = L::bits(L::at_most(L::fmsub(L::set(most), joined, shared), L::set(T(0)))) &
                 L::bits(L::less(L::set(most < T(0) ? T(-1) : T(0)), shared));
        if ((better & lanes_of<T>(k, count)) == 0) return;
        values = L::div(shared, joined);
      } else {
        values = overlap_of<kKind, T>(options, all, some_b);
        better = L::bits(L::less(L::set(most), values));
      }
      better &= lanes_of<T>(k, count);
      if (better == 0) return;
      alignas(64) T value[L::kWidth];
      L::store(value, values);
      for (; better != 0; better &= better - 1) {
        const int lane = __builtin_ctz(better);
        if (!(value[lane] > most)) continue;
        most = value[lane];
        at = static_cast<std::int32_t>(first + k) + lane;
      }
    });
    best = most;
    index = at;
  });
}

template <class T>
std::int64_t matches(const box_tile<T>& a, std::int64_t i, const box_tile<T>& b, std::int64_t count,
                     const iou_options& given, T threshold, std::int32_t* found, T* values) {
  std::int64_t n = 0;
  with_kind(given, [&](auto loops) {
    using L = iou_lanes<T>;
    constexpr lane_kind kKind = decltype(loops)::kKind;
    const iou_options options = given;
    const auto box_a = a.get(i);
    const auto all = lane_boxes<T>::all(box_a);
    for_near<kKind, T>(box_a, b, count, options, threshold, [&](std::int64_t k) {
      const auto overlaps = overlap_of<kKind, T>(options, all, lane_boxes<T>::at(b, k));
      unsigned hits = L::bits(L::less(L::set(threshold), overlaps)) & lanes_of<T>(k, count);
      if (hits == 0) return;
      alignas(64) T value[L::kWidth];
      L::store(value, overlaps);
      for (; hits != 0; hits &= hits - 1) {
        const int lane = __builtin_ctz(hits);
        found[n] = static_cast<std::int32_t>(k) + lane;
        values[n++] = value[lane];
      }
    });
  });
  return n;
}
