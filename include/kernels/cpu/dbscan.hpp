// DBSCAN on the CPU: one pass over the pairs, whose order does not matter.
#pragma once

#include <kernels/cluster/density_groups.hpp>
#include <kernels/cpu/pair_hits.hpp>

#include <mutex>

namespace kernels::inline KERNELS_ABI::cpu {

using cluster::density_groups;

/// The groups of points of which pairs are neighbours that pass the test.
inline density_groups find_groups(on_cpu exec, const point_rows& points,
                                  const math::pair_test& test, std::int64_t min_samples) {
  density_groups groups(points.count, min_samples);
  if (min_samples > points.count) return groups;
  std::mutex mutex;
  for_each_hit_block(
      exec, points, test,
      [&](std::int64_t row, std::int64_t rows, std::int64_t column, std::int64_t columns) {
        const std::lock_guard lock(mutex);
        return groups.settled(row, rows, column, columns);
      },
      [&](const hit_block& block) {
        const std::lock_guard lock(mutex);
        block.for_each([&](std::int32_t i, std::int32_t j) { groups.add(i, j); });
      });
  groups.finish();
  return groups;
}

}  // namespace kernels::inline KERNELS_ABI::cpu
