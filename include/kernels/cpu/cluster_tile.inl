// What is done with the dots (squared distances) of a row of a tile, in groups of sixteen, for one
// instruction set: loops of a fixed length, which the compiler turns into vectors. Included in each
// target region.

/// 1 − similarity of unit rows, in place.
inline void cosine_distances(float* row, std::int64_t groups) {
  for (std::int64_t g = 0; g < groups; ++g) {
    float* v = row + g * kGroup;
    for (int k = 0; k < kGroup; ++k) {
      v[k] = math::cosine_distance(math::clamp_similarity(v[k]));
    }
  }
}

/// Roots of squared distances, in place.
inline void euclidean_distances(float* row, std::int64_t groups) {
  for (std::int64_t g = 0; g < groups; ++g) {
    float* v = row + g * kGroup;
    for (int k = 0; k < kGroup; ++k) v[k] = exact::sqrt(v[k]);
  }
}

/// Bit g: an element of group g is at most `bound`.
inline std::uint64_t within_one(const float* row, float bound, std::int64_t groups) {
  std::uint64_t found = 0;
  for (std::int64_t g = 0; g < groups; ++g) {
    const float* v = row + g * kGroup;
    int any = 0;
    for (int k = 0; k < kGroup; ++k) any |= v[k] <= bound ? 1 : 0;
    found |= static_cast<std::uint64_t>(any) << g;
  }
  return found;
}

/// Bit g: an element of group g is at most its own bound.
inline std::uint64_t within_each(const float* row, const float* bounds, std::int64_t groups) {
  std::uint64_t found = 0;
  for (std::int64_t g = 0; g < groups; ++g) {
    const float* v = row + g * kGroup;
    const float* b = bounds + g * kGroup;
    int any = 0;
    for (int k = 0; k < kGroup; ++k) any |= v[k] <= b[k] ? 1 : 0;
    found |= static_cast<std::uint64_t>(any) << g;
  }
  return found;
}

/// In place: mutual reachability of one row's point and each column's.
inline void reachabilities(const float* row, float core, const float* cores, float alpha,
                           float* weights, std::int64_t groups) {
  for (std::int64_t g = 0; g < groups; ++g) {
    const float* v = row + g * kGroup;
    const float* c = cores + g * kGroup;
    float* w = weights + g * kGroup;
    if (alpha == 1.0F) {
      for (int k = 0; k < kGroup; ++k) {
        w[k] = exact::max(exact::max(core, c[k]), v[k]);
      }
    } else {
      for (int k = 0; k < kGroup; ++k) {
        w[k] = math::mutual_reachability(core, c[k], v[k], alpha);
      }
    }
  }
}

inline const tile_loops& loops() {
  static constexpr tile_loops all{&cosine_distances, &euclidean_distances, &within_one,
                                  &within_each, &reachabilities};
  return all;
}
