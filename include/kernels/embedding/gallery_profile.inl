// The direction of sums, for one instruction set: with FMA the portable form is the fast one too.
// Included in each target region.

inline void direction_of(const std::int64_t* sums, std::int64_t padded, float* out) {
  double squares[math::kDotLanes] = {};
  for (std::int64_t i = 0; i < padded; i += math::kDotLanes) {
    for (int k = 0; k < math::kDotLanes; ++k) {
      const auto wide = static_cast<double>(sums[i + k]);
      squares[k] = exact::fma(wide, wide, squares[k]);
    }
  }
  const double sum = math::join_lanes(squares);
  const double inverse = sum == 0.0 ? 0.0 : math::inverse_norm(sum);
  for (std::int64_t i = 0; i < padded; ++i) {
    out[i] = static_cast<float>(exact::product(static_cast<double>(sums[i]), inverse));
  }
}
