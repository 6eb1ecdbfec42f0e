// Spanning edges between the rows of a matrix on the CPU.
#pragma once

#include <kernels/cpu/clustering_rows.hpp>
#include <kernels/cpu/spanning_tree.hpp>

namespace kernels::inline KERNELS_ABI::cpu {

/// min_samples: 0 for raw distances.
template <class T>
cluster::spanning_result spanning_tree(on_cpu exec, const view<const T, 2>& rows, metric compared,
                                       std::int64_t min_samples, float alpha) {
  const clustering_rows finite(exec, rows, compared);
  spanning_passes passes(exec, finite.points());
  return cluster::spanning_tree(passes, finite, rows.extent[0], min_samples, alpha);
}

}  // namespace kernels::inline KERNELS_ABI::cpu
