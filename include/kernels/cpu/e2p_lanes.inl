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
  const lanes::floats ratio = lanes::zero_unless(lanes::less(lanes::set(0.0F), large),
                                                 lanes::div(lanes::min(a, b), large));
  const lanes::ints q = atan_turn(ratio);
  return lanes::select(lanes::less(b, a), lanes::sub(lanes::set(1 << 30), q), q);
}

inline std::int32_t locate(const math::e2p_view& view, math::e2p_source source, std::int32_t j,
                           std::uint32_t* u, std::uint32_t* v, e2p_edge_pixel* edges) {
  const std::int64_t r = 2 * static_cast<std::int64_t>(j) + 1;
  const lanes::floats zero = lanes::set(0.0F);
  const lanes::ints half_turn = lanes::set(static_cast<std::int32_t>(0x80000000U));
  const lanes::ints quarter_turn = lanes::set(1 << 30);
  const lanes::ints columns = lanes::set(e2p_inner_columns(source));
  const lanes::ints rows = lanes::set(e2p_inner_rows(source));
  const lanes::ints half = lanes::set(math::kE2pOne / 2);
  lanes::ray ray[3];
  for (int k = 0; k < 3; ++k) {
    ray[k] = lanes::start(view.row[k] * r + view.origin[k], view.column[k]);
  }
  std::int32_t found = 0;
  for (std::int32_t i = 0; i < view.width; i += lanes::kWidth) {
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
    const std::int32_t valid = view.width - i;
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
      lanes::store(u + i, at_u);
      lanes::store(v + i, at_v);
    } else {
      lanes::store(us, at_u);
      lanes::store(vs, at_v);
      std::memcpy(u + i, us, static_cast<std::size_t>(valid) * sizeof(*us));
      std::memcpy(v + i, vs, static_cast<std::size_t>(valid) * sizeof(*vs));
    }
  }
  return found;
}

/// The source pixels of neighbouring output pixels, side by side: for each output pixel the two
/// taps of the upper row, then the two of the lower one. Scalar loads and stores on purpose:
/// hardware gathers are several times slower.
template <int Channels>
struct gathered {
  using row_taps = std::conditional_t<Channels == 1, std::uint16_t, std::uint64_t>;
  static constexpr std::int64_t kPixels = 64;
  static constexpr std::int64_t kPixelBytes = 2 * sizeof(row_taps);
  alignas(64) std::uint8_t bytes[kPixels * kPixelBytes];

  void load(const e2p_image& image, const std::uint32_t* u, const std::uint32_t* v,
            std::int64_t count) {
    const std::uint8_t* upper = image.data;
    const std::uint8_t* lower = image.data + image.row_stride;
    for (std::int64_t k = 0; k < count; ++k) {
      const std::int64_t at =
          static_cast<std::int64_t>(v[k] >> math::kE2pFractionBits) * image.row_stride +
          static_cast<std::int64_t>(u[k] >> math::kE2pFractionBits) * Channels;
      std::memcpy(bytes + k * kPixelBytes, upper + at, sizeof(row_taps));
      std::memcpy(bytes + k * kPixelBytes + sizeof(row_taps), lower + at, sizeof(row_taps));
    }
  }
};

template <int Channels>
void bilinear(const e2p_image& image, const e2p_row& row, std::uint8_t* out) {
  constexpr std::int64_t kTile = gathered<Channels>::kPixels;
  constexpr std::int64_t kBlock = block<Channels>::kPixels;
  gathered<Channels> taps;
  std::int64_t i = 0;
  for (; i + kTile <= row.count; i += kTile) {
    taps.load(image, row.u + i, row.v + i, kTile);
    for (std::int64_t k = 0; k < kTile; k += kBlock) {
      const bool room = i + k + kBlock + kBlock <= row.count;
      block<Channels>::blend(taps.bytes + k * gathered<Channels>::kPixelBytes, row.u + i + k,
                             row.v + i + k, out + (i + k) * Channels, room);
    }
  }
  if (i == row.count) return;
  // the rest of the row, in copies of full length
  std::uint32_t u[kTile] = {};
  std::uint32_t v[kTile] = {};
  std::uint8_t last[kTile * Channels];
  const auto rest = static_cast<std::size_t>(row.count - i);
  std::memcpy(u, row.u + i, rest * sizeof(*u));
  std::memcpy(v, row.v + i, rest * sizeof(*v));
  taps.load(image, u, v, static_cast<std::int64_t>(rest));
  for (std::int64_t k = 0; k < static_cast<std::int64_t>(rest); k += kBlock) {
    block<Channels>::blend(taps.bytes + k * gathered<Channels>::kPixelBytes, u + k, v + k,
                           last + k * Channels, false);
  }
  std::memcpy(out + i * Channels, last, rest * Channels);
}
