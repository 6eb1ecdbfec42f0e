// What clusterings refuse.
#pragma once

#include <kernels/cluster/types.hpp>
#include <kernels/core/arrays.hpp>
#include <kernels/math/bfloat16.hpp>
#include <kernels/math/half.hpp>

#include <cmath>

namespace kernels::inline KERNELS_ABI::cluster {

template <class T>
inline constexpr bool kIsEmbedding =
    std::is_same_v<T, float> || std::is_same_v<T, half> || std::is_same_v<T, bfloat16>;

template <class T, space Space>
void check_points(std::string_view operation, const view<const T, 2, Space>& points,
                  metric compared) {
  static_assert(kIsEmbedding<T>, "points of float, half or bfloat16");
  check_array(operation, "points", points);
  if (points.extent[0] > (std::int64_t{1} << 30)) {
    refuse(operation, "points", "at most 2^30 rows", std::to_string(points.extent[0]));
  }
  if (compared == metric::inner_product) {
    refuse(operation, "metric", "cosine or euclidean", "inner_product, which is not a distance");
  }
}

/// Neighbours of a core point without itself.
inline std::int64_t samples_of(const hdbscan_params& p) {
  return p.min_samples > 0 ? p.min_samples : p.min_cluster_size;
}

inline void check(std::string_view operation, const hdbscan_params& p) {
  const auto at_least = [&](const char* name, std::int64_t least, std::int64_t given) {
    if (given >= least) return;
    refuse(operation, name, "at least " + std::to_string(least), std::to_string(given));
  };
  at_least("min_cluster_size", 2, p.min_cluster_size);
  at_least("min_samples", 0, p.min_samples);
  at_least("max_cluster_size", 0, p.max_cluster_size);
  if (!(p.alpha > 0) || !std::isfinite(p.alpha)) {
    refuse(operation, "alpha", "a finite number over 0", number_text(p.alpha));
  }
  if (!(p.epsilon >= 0) || !std::isfinite(p.epsilon)) {
    refuse(operation, "epsilon", "a finite number of at least 0", number_text(p.epsilon));
  }
}

inline void check_distance(std::string_view operation, std::string_view name, double distance) {
  if (!(distance >= 0) || !std::isfinite(distance)) {
    refuse(operation, name, "a finite distance of at least 0", number_text(distance));
  }
}

/// A least cosine similarity, or a largest euclidean distance.
inline void check_threshold(std::string_view operation, float threshold, metric compared) {
  if (compared == metric::euclidean) return check_distance(operation, "threshold", threshold);
  if (!(threshold >= -1 && threshold <= 1)) {
    refuse(operation, "threshold", "a cosine similarity of -1 to 1", number_text(threshold));
  }
}

}  // namespace kernels::inline KERNELS_ABI::cluster
