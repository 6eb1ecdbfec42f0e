// e2p's coordinates, written once for every vector width: included by e2p_avx2.hpp and
// e2p_avx512.hpp inside their target region, after their `lanes` (the vector type and its
// operations). Operation by operation the same as math/e2p.hpp, which is the definition.

inline lanes::ints atan_turn(lanes::floats ratio) {
  const lanes::floats z = lanes::mul(ratio, ratio);
  lanes::floats p = lanes::set(math::atan_coefficient(math::kAtanTerms - 1));
  for (int k = math::kAtanTerms - 2; k >= 0; --k) {
    p = lanes::fma(p, z, lanes::set(math::atan_coefficient(k)));
  }
  return lanes::truncate(lanes::mul(ratio, p));
}

/// atan of a/b in the first quadrant, for magnitudes a, b; 0 where both are 0.
inline lanes::ints quadrant(lanes::floats a, lanes::floats b) {
  const lanes::floats large = lanes::max(a, b);
  const lanes::floats ratio =
      lanes::zero_unless(lanes::less(lanes::set(0.0F), large), lanes::div(lanes::min(a, b), large));
  const lanes::ints q = atan_turn(ratio);
  return lanes::select(lanes::less(b, a), lanes::sub(lanes::set(1 << 30), q), q);
}

inline std::int32_t locate(const math::e2p_view& view, math::e2p_source source, e2p_run run,
                           std::uint32_t* u, std::uint32_t* v, e2p_edge_pixel* edges) {
  const std::int64_t r = 2 * static_cast<std::int64_t>(run.j) + 1;
  const std::int64_t before = 2 * static_cast<std::int64_t>(run.first);
  const lanes::floats zero = lanes::set(0.0F);
  const lanes::ints half_turn = lanes::set(static_cast<std::int32_t>(0x80000000U));
  const lanes::ints quarter_turn = lanes::set(1 << 30);
  const lanes::ints columns = lanes::set(e2p_inner_columns(source));
  const lanes::ints rows = lanes::set(e2p_inner_rows(source));
  const lanes::ints half = lanes::set(math::kE2pOne / 2);
  lanes::ray ray[3];
  for (int k = 0; k < 3; ++k) {
    ray[k] =
        lanes::start(view.column[k] * before + (view.row[k] * r + view.origin[k]), view.column[k]);
  }
  std::int32_t found = 0;
  for (std::int32_t i = run.first; i < run.end; i += lanes::kWidth) {
    const lanes::floats x = lanes::next(ray[0]);
    const lanes::floats y = lanes::next(ray[1]);
    const lanes::floats z = lanes::next(ray[2]);
    lanes::ints longitude = quadrant(lanes::abs(x), lanes::abs(z));
    longitude = lanes::select(lanes::less(z, zero), lanes::sub(half_turn, longitude), longitude);
    longitude =
        lanes::select(lanes::less(x, zero), lanes::sub(lanes::set(0), longitude), longitude);
    const lanes::floats horizontal = lanes::sqrt(lanes::fma(x, x, lanes::mul(z, z)));
    lanes::ints latitude = quadrant(lanes::abs(y), horizontal);
    latitude = lanes::select(lanes::less(y, zero), lanes::sub(lanes::set(0), latitude), latitude);
    lanes::ints at_u =
        lanes::sub(lanes::scale<21>(lanes::add(longitude, half_turn), source.width), half);
    lanes::ints at_v =
        lanes::sub(lanes::scale<20>(lanes::add(latitude, quarter_turn), source.height), half);
    const std::int32_t valid = run.end - i;
    std::uint32_t edge = lanes::outside(lanes::shift_right<math::kE2pFractionBits>(at_u), columns) |
                         lanes::outside(lanes::shift_right<math::kE2pFractionBits>(at_v), rows);
    std::int32_t us[lanes::kWidth];
    std::int32_t vs[lanes::kWidth];
    if (edge != 0) {
      lanes::store(us, at_u);
      lanes::store(vs, at_v);
      for (; edge != 0; edge &= edge - 1) {
        const std::int32_t k = __builtin_ctz(edge);
        if (k >= valid) break;
        edges[found++] = {i + k, {us[k], vs[k]}};
        us[k] = vs[k] = 0;
      }
      at_u = lanes::load(us);
      at_v = lanes::load(vs);
    }
    if (valid >= lanes::kWidth) {
      lanes::store(u, at_u);
      lanes::store(v, at_v);
    } else {
      lanes::store(us, at_u);
      lanes::store(vs, at_v);
      std::memcpy(u, us, static_cast<std::size_t>(valid) * sizeof(*us));
      std::memcpy(v, vs, static_cast<std::size_t>(valid) * sizeof(*vs));
    }
    u += lanes::kWidth;
    v += lanes::kWidth;
  }
  return found;
}

/// A tile of neighbouring output pixels on its way: first the places of their upper left taps,
/// then the taps themselves, side by side: two of the upper row, two of the lower one for each.
template <int Channels>
struct e2p_tile {
  using row_taps = std::conditional_t<Channels == 1, std::uint16_t, std::uint64_t>;
  static constexpr std::int64_t kPixels = 64;
  static constexpr std::int64_t kPixelBytes = 2 * sizeof(row_taps);
  alignas(64) std::int64_t places[kPixels];
  alignas(64) std::uint8_t taps[kPixels * kPixelBytes];

  /// Where the taps are. The processor cannot foresee curved paths through the source, so this
  /// also asks for their cache lines, one tile ahead of their use (a sixth of the time at 8K).
  void find(const e2p_image& image, const std::uint32_t* u, const std::uint32_t* v) {
    KERNELS_UNROLL_BY(4)
    for (std::int64_t k = 0; k < kPixels; k += lanes::kWidth) {
      lanes::store_places<Channels>(places + k, lanes::load(u + k), lanes::load(v + k),
                                    image.row_stride);
    }
    constexpr std::int64_t kStep = 8;  // output pixels, about a cache line of the source
    for (std::int64_t k = 0; k < kPixels; k += kStep) {
      __builtin_prefetch(image.data + places[k]);
      __builtin_prefetch(image.data + places[k] + image.row_stride);
    }
  }

  /// Scalar loads and stores on purpose: hardware gathers are several times slower.
  void gather(const e2p_image& image) {
    const std::uint8_t* upper = image.data;
    const std::uint8_t* lower = image.data + image.row_stride;
    KERNELS_UNROLL_BY(8)
    for (std::int64_t k = 0; k < kPixels; ++k) {
      std::memcpy(taps + k * kPixelBytes, upper + places[k], sizeof(row_taps));
      std::memcpy(taps + k * kPixelBytes + sizeof(row_taps), lower + places[k], sizeof(row_taps));
    }
  }

  void blend(const std::uint32_t* u, const std::uint32_t* v, std::uint8_t* out,
             std::int64_t room) const {
    for (std::int64_t k = 0; k < kPixels; k += block<Channels>::kPixels) {
      block<Channels>::blend(taps + k * kPixelBytes, u + k, v + k, out + k * Channels,
                             room - k >= 2 * block<Channels>::kPixels);
    }
  }
};

template <int Channels>
void bilinear(const e2p_image& image, const e2p_row& row, std::uint8_t* out) {
  constexpr std::int64_t kTile = e2p_tile<Channels>::kPixels;
  e2p_tile<Channels> tiles[2];  // one is found while the other is gathered and blended
  const std::int64_t whole = row.count / kTile * kTile;
  if (whole > 0) tiles[0].find(image, row.u, row.v);
  for (std::int64_t i = 0; i < whole; i += kTile) {
    auto& tile = tiles[i / kTile % 2];
    const std::int64_t next = i + kTile;
    if (next < whole) tiles[next / kTile % 2].find(image, row.u + next, row.v + next);
    tile.gather(image);
    tile.blend(row.u + i, row.v + i, out + i * Channels, row.count - i);
  }
  if (whole == row.count) return;
  // the rest of the row, in copies of full length; coordinate 0 is a harmless place to read
  std::uint32_t u[kTile] = {};
  std::uint32_t v[kTile] = {};
  std::uint8_t last[kTile * Channels];
  const auto rest = static_cast<std::size_t>(row.count - whole);
  std::memcpy(u, row.u + whole, rest * sizeof(*u));
  std::memcpy(v, row.v + whole, rest * sizeof(*v));
  tiles[0].find(image, u, v);
  tiles[0].gather(image);
  tiles[0].blend(u, v, last, kTile);
  std::memcpy(out + whole * Channels, last, rest * Channels);
}
