// Scenes of queries and a gallery for the tests of rank_metrics and verification.
#pragma once

#include <kernels/rank_metrics.hpp>

#include <cmath>
#include <random>
#include <string>
#include <vector>

namespace rank_cases {

using ids = std::vector<std::int64_t>;

struct scene {
  std::int64_t queries, rows;
  std::vector<double> scores;
  ids query_labels, gallery_labels, query_cameras, gallery_cameras;

  [[nodiscard]] kernels::view<const double, 2> matrix() const {
    return kernels::packed(scores.data(), {queries, rows});
  }
};

/// Few different scores, so that they tie; some labels below 0, some scores NaN or infinite.
inline scene random_scene(std::int64_t queries, std::int64_t rows, unsigned seed, bool extreme) {
  std::mt19937 random(seed);
  const auto below = [&](int n) { return std::uniform_int_distribution<int>(0, n - 1)(random); };
  scene s{queries, rows, {}, {}, {}, {}, {}};
  for (std::int64_t q = 0; q < queries; ++q) {
    s.query_labels.push_back(below(9) - 1);
    s.query_cameras.push_back(below(3));
  }
  for (std::int64_t g = 0; g < rows; ++g) {
    s.gallery_labels.push_back(below(9) - 1);
    s.gallery_cameras.push_back(below(3));
  }
  for (std::int64_t k = 0; k < queries * rows; ++k) {
    double score = below(12) / 8.0 - 0.5;
    if (extreme && below(10) == 0) score = below(2) == 0 ? NAN : -INFINITY;
    s.scores.push_back(score);
  }
  return s;
}

inline bool near(double a, double b) { return std::abs(a - b) < 1e-12; }

template <class F>
std::string refusal(const F& f) {
  try {
    f();
  } catch (const kernels::error& e) {
    return e.what();
  }
  return "accepted";
}

}  // namespace rank_cases
