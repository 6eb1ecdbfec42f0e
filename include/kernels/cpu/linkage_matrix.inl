// Loops over rows of a matrix of distances, in groups of sixteen, for one instruction set. Included
// in each target region.

/// The least of row[k] + absent[k].
inline float least_distance(const float* row, const float* absent, std::int64_t groups) {
  float least[kGroup];
  for (int k = 0; k < kGroup; ++k) least[k] = std::numeric_limits<float>::infinity();
  for (std::int64_t g = 0; g < groups; ++g) {
    const float* v = row + g * kGroup;
    const float* gone = absent + g * kGroup;
    for (int k = 0; k < kGroup; ++k) least[k] = exact::min(exact::add(v[k], gone[k]), least[k]);
  }
  for (int half = kGroup / 2; half > 0; half /= 2) {
    for (int k = 0; k < half; ++k) least[k] = exact::min(least[k], least[k + half]);
  }
  return least[0];
}

/// a = max(a, b), element by element.
inline void merge_complete(float* a, const float* b, double /*share*/, std::int64_t groups) {
  for (std::int64_t g = 0; g < groups; ++g) {
    float* x = a + g * kGroup;
    const float* y = b + g * kGroup;
    for (int k = 0; k < kGroup; ++k) x[k] = exact::max(x[k], y[k]);
  }
}

/// a = share · a + (1 − share) · b in double, rounded.
inline void merge_average(float* a, const float* b, double share, std::int64_t groups) {
  const double rest = exact::add(1.0, -share);
  for (std::int64_t g = 0; g < groups; ++g) {
    float* x = a + g * kGroup;
    const float* y = b + g * kGroup;
    for (int k = 0; k < kGroup; ++k) {
      x[k] = static_cast<float>(exact::fma(share, static_cast<double>(x[k]),
                                           exact::product(rest, static_cast<double>(y[k]))));
    }
  }
}

inline const linkage_loops& loops() {
  static constexpr linkage_loops all{&least_distance, &merge_complete, &merge_average};
  return all;
}
