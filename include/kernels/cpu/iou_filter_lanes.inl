// Which vectors of a tile a box can share area with at all: corners in 256 steps, 32 or 64 boxes to
// a comparison. Steps are monotonous in the corners, so a box that is passed over shares nothing;
// one that is not may share nothing either.

/// Boxes that are found or passed over together, and how many such groups a tile has.
template <class T>
inline constexpr std::int64_t kGroup = std::max<std::int64_t>(iou_lanes<T>::kWidth, 8);
template <class T>
inline constexpr std::int64_t kMostGroups = box_tile<T>::kBoxes / kGroup<T>;

template <class T>
[[gnu::always_inline]] inline std::uint8_t step_of(T x, T origin, T scale) {
  return static_cast<std::uint8_t>(
      exact::min(exact::max(exact::mul(x - origin, scale), T(0)), T(255)));
}

/// The steps of a tile of `count` boxes.
template <class T>
void measure_steps(box_tile<T>& tile, std::int64_t count, const iou_options& options) {
  using L = iou_lanes<T>;
  using V = typename L::values;
  const T one = options.convention == pixel_convention::inclusive ? T(1) : T(0);
  const V limit = L::set(math::kInfinity<T>);
  for (int axis = 0; axis < 2; ++axis) {
    const T* const low = axis == 0 ? tile.left : tile.top;
    const T* const high = axis == 0 ? tile.right : tile.bottom;
    V least = limit;  // of what is finite; steps need not cover the rest
    V most = L::sub(L::set(T(0)), limit);
    for (std::int64_t k = 0; k < count; k += L::kWidth) {
      const V l = L::load(low + k);
      const V h = L::load(high + k);
      least = L::min(L::select(L::less(L::set(-math::kInfinity<T>), l), l, limit), least);
      most = L::max(L::select(L::less(h, limit), h, L::set(-math::kInfinity<T>)), most);
    }
    alignas(64) T of_lane[2][L::kWidth];
    L::store(of_lane[0], least);
    L::store(of_lane[1], most);
    T start = of_lane[0][0];
    T end = of_lane[1][0];
    for (std::int64_t l = 1; l < L::kWidth; ++l) {
      start = exact::min(of_lane[0][l], start);
      end = exact::max(of_lane[1][l], end);
    }
    const T extent = end - start;  // without a finite one nothing is passed over
    const bool known = start < math::kInfinity<T> && extent > T(0) && extent < math::kInfinity<T>;
    tile.origin[axis] = known ? start : T(0);
    tile.scale[axis] = known ? exact::div(T(255), extent) : T(0);
    const V origin = L::set(tile.origin[axis]);
    const V scale = L::set(tile.scale[axis]);
    const auto steps = [&](V x) {
      return L::min(L::max(L::mul(L::sub(x, origin), scale), L::set(T(0))), L::set(T(255)));
    };
    for (std::int64_t k = 0; k < count; k += L::kWidth) {
      L::store_bytes(tile.steps[axis] + k, steps(L::load(low + k)));
      L::store_bytes(tile.steps[axis + 2] + k, steps(L::add(L::load(high + k), L::set(one))));
    }
  }
}

/// Writes where the groups begin that a can share area with; returns how many.
template <class T>
[[gnu::always_inline]] inline std::int64_t near_groups(const math::measured_box<T>& a,
                                                       const box_tile<T>& b, std::int64_t count,
                                                       const iou_options& options,
                                                       std::uint16_t* groups) {
  const T one = options.convention == pixel_convention::inclusive ? T(1) : T(0);
  const step_box box_a(step_of(a.left, b.origin[0], b.scale[0]),
                       step_of(a.top, b.origin[1], b.scale[1]),
                       step_of(exact::add(a.right, one), b.origin[0], b.scale[0]),
                       step_of(exact::add(a.bottom, one), b.origin[1], b.scale[1]));
  std::int64_t n = 0;
  for (std::int64_t k = 0; k < count; k += 64) {
    std::uint64_t near = box_a.near(b.steps[0] + k, b.steps[1] + k, b.steps[2] + k, b.steps[3] + k);
    if (count - k < 64) near &= (std::uint64_t{1} << (count - k)) - 1;
    KERNELS_UNROLL_BY(8)
    for (std::int64_t g = 0; g < 64; g += kGroup<T>) {
      groups[n] = static_cast<std::uint16_t>(k + g);
      constexpr std::uint64_t kAll = (std::uint64_t{1} << kGroup<T>)-1;
      n += (near >> g & kAll) != 0 ? 1 : 0;
    }
  }
  return n;
}

template <class T>
[[gnu::always_inline]] inline void fill_zero(T* out, std::int64_t count) {
  using L = iou_lanes<T>;
  std::int64_t k = 0;
  for (; k + L::kWidth <= count; k += L::kWidth) L::store(out + k, L::set(T(0)));
  if (k < count) L::store_first(out + k, L::set(T(0)), count - k);
}
