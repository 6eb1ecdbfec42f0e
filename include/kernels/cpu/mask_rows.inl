// Loops over the words of packed masks, compiled once an instruction set: included inside a
// namespace that has `bit_lanes`, a vector of kWidth words.

/// Bits set in a & b: `rows` rows of `words` words.
inline std::int64_t count_shared(const std::uint64_t* a, std::int64_t a_stride,
                                 const std::uint64_t* b, std::int64_t b_stride, std::int64_t rows,
                                 std::int64_t words) {
  constexpr std::int64_t kWidth = bit_lanes::kWidth;
  auto sum = bit_lanes::zero();
  for (std::int64_t row = 0; row < rows; ++row, a += a_stride, b += b_stride) {
    std::int64_t k = 0;
    for (; k + kWidth <= words; k += kWidth) {
      const auto both = bit_lanes::both(bit_lanes::load(a + k), bit_lanes::load(b + k));
      sum = bit_lanes::add(sum, bit_lanes::count(both));
    }
    if (k < words) {
      const auto n = static_cast<int>(words - k);
      const auto both = bit_lanes::both(bit_lanes::load(a + k, n), bit_lanes::load(b + k, n));
      sum = bit_lanes::add(sum, bit_lanes::count(both));
    }
  }
  return bit_lanes::total(sum);
}

/// Bits set in one row; columns |= row.
inline std::int64_t count_row(const std::uint64_t* row, std::int64_t words,
                              std::uint64_t* columns) {
  constexpr std::int64_t kWidth = bit_lanes::kWidth;
  auto sum = bit_lanes::zero();
  std::int64_t k = 0;
  for (; k + kWidth <= words; k += kWidth) {
    const auto x = bit_lanes::load(row + k);
    sum = bit_lanes::add(sum, bit_lanes::count(x));
    bit_lanes::store(columns + k, bit_lanes::either(x, bit_lanes::load(columns + k)));
  }
  std::int64_t rest = 0;
  for (; k < words; ++k) {
    rest += math::count_bits(row[k]);
    columns[k] |= row[k];
  }
  return bit_lanes::total(sum) + rest;
}

inline constexpr mask_loops kMaskLoops = {&pack_row, &unpack_row, &count_shared, &count_row};
