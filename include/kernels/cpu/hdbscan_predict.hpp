// New points and the clusters that were found: distances to all points, core distance, neighbour.
#pragma once

#include <kernels/cluster/placement.hpp>
#include <kernels/cpu/clustering_rows.hpp>
#include <kernels/cpu/distance_tile.hpp>
#include <kernels/cpu/parallel.hpp>

#include <memory>

namespace kernels::inline KERNELS_ABI::cpu {

/// The neighbour of one new point by (weight, d, index), and its weight.
struct reachable {
  float weight = 0;
  std::int64_t index = -1;
};
inline reachable nearest_reachable(const float* distances, const std::vector<float>& core,
                                   float own_core, float alpha) {
  math::edge_key best = math::kNoEdge;
  for (std::size_t j = 0; j < core.size(); ++j) {
    const float weight = math::mutual_reachability(own_core, core[j], distances[j], alpha);
    const math::edge_key key{math::pair_bits(std::bit_cast<std::uint32_t>(weight),
                                             std::bit_cast<std::uint32_t>(distances[j])),
                             j};
    if (key < best) best = key;
  }
  return {best.weight(), static_cast<std::int64_t>(best.ends)};
}

template <class T, class U>
hdbscan_prediction hdbscan_predict(on_cpu exec, const view<const T, 2>& points,
                                   const hdbscan_result& found,
                                   const view<const U, 2>& new_points) {
  const instruction_set isa = choose(exec.isa);
  const hdbscan_params& params = found.params;
  const auto m = static_cast<std::size_t>(new_points.extent[0]);
  hdbscan_prediction result;
  result.labels.assign(m, -1);
  result.probabilities.assign(m, 0);
  result.neighbours.assign(m, -1);
  const clustering_rows known(exec, points, params.metric);
  const clustering_rows asked(exec, new_points, params.metric);
  const std::int64_t n = known.count(), count = asked.count();
  if (n == 0 || count == 0) return result;

  const cluster::placement tree(found);
  std::vector<float> core;
  for (std::int64_t k = 0; k < n; ++k) {
    core.push_back(found.core_distances[static_cast<std::size_t>(known.number(k))]);
  }
  const std::int64_t wanted = params.min_samples > 0 ? params.min_samples : params.min_cluster_size;
  const std::int64_t samples = std::max<std::int64_t>(1, std::min(wanted, n - 1));
  constexpr std::int64_t kRows = 32, kSide = distance_tile::kSide;
  parallel_for(exec, (count + kRows - 1) / kRows, [&](std::int64_t block) {
    const std::int64_t a = block * kRows, a_count = std::min(kRows, count - a);
    const auto tile = std::make_unique<distance_tile>(isa);
    std::vector<float> distances(static_cast<std::size_t>(a_count * n)), sorted;
    for (std::int64_t b = 0; b < n; b += kSide) {
      const std::int64_t b_count = std::min(kSide, n - b);
      tile->fill(asked.points(), a, a_count, known.points(), b, b_count);
      for (std::int64_t i = 0; i < a_count; ++i) {
        std::copy_n(tile->row(i), b_count, distances.data() + i * n + b);
      }
    }
    for (std::int64_t i = 0; i < a_count; ++i) {
      const float* row = distances.data() + i * n;
      sorted.assign(row, row + n);
      std::nth_element(sorted.begin(), sorted.begin() + (samples - 1), sorted.end());
      const float own = sorted[static_cast<std::size_t>(samples - 1)];
      const reachable near = nearest_reachable(row, core, own, params.alpha);
      const std::int32_t neighbour = known.number(near.index);
      const double lambda = near.weight > 0 ? exact::div(1.0, static_cast<double>(near.weight))
                                            : std::numeric_limits<double>::infinity();
      const auto placed = tree.place(neighbour, lambda);
      const auto row_of = static_cast<std::size_t>(asked.number(a + i));
      result.neighbours[row_of] = neighbour;
      result.labels[row_of] = placed.label;
      result.probabilities[row_of] = placed.probability;
    }
  });
  return result;
}

}  // namespace kernels::inline KERNELS_ABI::cpu
