// Which clusters of the condensed tree are taken: excess of mass or leaves, then epsilon.
#pragma once

#include <kernels/cluster/condensed_tree.hpp>

namespace kernels::inline KERNELS_ABI::cluster {

/// Flags by cluster number.
using cluster_flags = std::vector<char>;

inline bool has_children(const cluster_tree& tree, std::size_t c) {
  return tree.first_child[c] >= 0;
}

/// Children replace their parent where they are strictly more stable together, or where it is too
/// large. A parent that was replaced gets their stability. The root takes part if allow_single.
inline cluster_flags most_stable(cluster_tree& tree, const hdbscan_params& p) {
  const std::size_t count = tree.count(), first = p.allow_single_cluster ? 0 : 1;
  cluster_flags taken(count, 0);
  for (std::size_t c = count; c-- > first;) {
    double below = 0;
    if (has_children(tree, c)) {
      const auto child = static_cast<std::size_t>(tree.first_child[c]);
      below = exact::add(tree.stability[child], tree.stability[child + 1]);
    }
    const bool too_large = p.max_cluster_size > 0 && tree.size[c] > p.max_cluster_size;
    taken[c] = below > tree.stability[c] || too_large ? 0 : 1;
    if (taken[c] == 0) tree.stability[c] = below;
  }
  cluster_flags covered(count, 0);  // inside one that is taken
  for (std::size_t c = 1; c < count; ++c) {
    const auto parent = static_cast<std::size_t>(tree.parent[c]);
    covered[c] = covered[parent] != 0 || taken[parent] != 0 ? 1 : 0;
  }
  for (std::size_t c = 0; c < count; ++c) taken[c] = taken[c] != 0 && covered[c] == 0 ? 1 : 0;
  return taken;
}

inline cluster_flags leaves(const cluster_tree& tree) {
  cluster_flags taken(tree.count(), 0);
  for (std::size_t c = 1; c < tree.count(); ++c) taken[c] = has_children(tree, c) ? 0 : 1;
  return taken;
}

/// Clusters born below epsilon give way to the nearest cluster above them that was born above it;
/// below the root, to the highest one there is.
inline cluster_flags merged_below(const cluster_tree& tree, const cluster_flags& taken,
                                  double epsilon, bool allow_single) {
  const auto born_at = [&](std::size_t c) { return exact::div(1.0, tree.birth[c]); };
  std::vector<std::size_t> above(tree.count(), 0);
  cluster_flags merged(tree.count(), 0);
  for (std::size_t c = 1; c < tree.count(); ++c) {
    const auto parent = static_cast<std::size_t>(tree.parent[c]);
    if (parent == 0) {
      above[c] = allow_single ? 0 : c;
    } else {
      above[c] = born_at(parent) > epsilon ? parent : above[parent];
    }
    if (taken[c] != 0) merged[born_at(c) < epsilon ? above[c] : c] = 1;
  }
  return merged;
}

inline cluster_flags select_clusters(cluster_tree& tree, const hdbscan_params& p) {
  const bool mass = p.selection == cluster_selection::excess_of_mass;
  cluster_flags taken = mass ? most_stable(tree, p) : leaves(tree);
  if (tree.death[0] == 0) taken[0] = 0;  // all infinitely far apart
  if (p.epsilon == 0 || taken[0] != 0) return taken;
  return merged_below(tree, taken, p.epsilon, p.allow_single_cluster);
}

}  // namespace kernels::inline KERNELS_ABI::cluster
