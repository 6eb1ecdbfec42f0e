// Merge trees of hierarchical clustering: from pairs of merged clusters in any order to scipy's
// linkage matrix, and from there to labels.
#pragma once

#include <kernels/cluster/types.hpp>
#include <kernels/cluster/union_find.hpp>

#include <algorithm>
#include <cstddef>
#include <tuple>

namespace kernels::inline KERNELS_ABI::cluster {

/// Two clusters that are merged, by their lowest members.
struct joined_pair {
  std::int32_t low, high;
  double distance;

  friend bool operator<(const joined_pair& x, const joined_pair& y) {
    return std::tie(x.distance, x.low, x.high) < std::tie(y.distance, y.low, y.high);
  }
};

/// The merge tree of the n − 1 pairs that join n points: by distance, then the lower, then the
/// higher point; left < right.
inline std::vector<cluster_merge> sorted_merges(std::vector<joined_pair> pairs, std::int64_t n) {
  std::sort(pairs.begin(), pairs.end());
  union_find sets(n);
  std::vector<std::int32_t> node(static_cast<std::size_t>(n));
  std::iota(node.begin(), node.end(), 0);
  std::vector<cluster_merge> merges;
  merges.reserve(pairs.size());
  for (const joined_pair& p : pairs) {
    const std::int32_t x = sets.find(p.low), y = sets.find(p.high);
    const std::int32_t a = node[static_cast<std::size_t>(x)];
    const std::int32_t b = node[static_cast<std::size_t>(y)];
    const std::int32_t both = sets.join(x, y);
    node[static_cast<std::size_t>(both)] =
        static_cast<std::int32_t>(n + static_cast<std::int64_t>(merges.size()));
    merges.push_back({std::min(a, b), std::max(a, b), p.distance, sets.size(both)});
  }
  return merges;
}

/// Labels after the first `count` merges: 0, 1, … by the lowest member; −1 for `left_out`, which
/// are not merged by then.
inline std::vector<std::int32_t> labels_after(const std::vector<cluster_merge>& merges,
                                              std::int64_t points, std::int64_t count,
                                              const std::vector<std::int32_t>& left_out) {
  std::vector<std::int32_t> member(static_cast<std::size_t>(points + count));  // one of each node
  std::iota(member.begin(), member.begin() + points, 0);
  union_find sets(points);
  for (std::int64_t m = 0; m < count; ++m) {
    const cluster_merge& merge = merges[static_cast<std::size_t>(m)];
    const std::int32_t a = member[static_cast<std::size_t>(merge.left)];
    const std::int32_t b = member[static_cast<std::size_t>(merge.right)];
    sets.join(sets.find(a), sets.find(b));
    member[static_cast<std::size_t>(points + m)] = a;
  }
  std::vector<std::int32_t> labels(static_cast<std::size_t>(points), 0);
  for (const std::int32_t p : left_out) labels[static_cast<std::size_t>(p)] = -1;
  std::vector<std::int32_t> of_root(static_cast<std::size_t>(points), -1);
  std::int32_t clusters = 0;
  for (std::int32_t p = 0; p < points; ++p) {
    if (labels[static_cast<std::size_t>(p)] < 0) continue;
    std::int32_t& number = of_root[static_cast<std::size_t>(sets.find(p))];
    if (number < 0) number = clusters++;
    labels[static_cast<std::size_t>(p)] = number;
  }
  return labels;
}

}  // namespace kernels::inline KERNELS_ABI::cluster
