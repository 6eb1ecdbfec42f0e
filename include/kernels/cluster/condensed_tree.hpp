// The condensed tree: the single-linkage tree with splits of fewer than min_cluster_size points
// taken as points that fall out of a cluster which goes on.
#pragma once

#include <kernels/cluster/types.hpp>
#include <kernels/core/exact.hpp>

#include <cstddef>
#include <limits>

namespace kernels::inline KERNELS_ABI::cluster {

/// Walks the merges of N points from the last one, level by level.
class condenser {
 public:
  condenser(const std::vector<cluster_merge>& merges, std::int64_t min_cluster_size)
      : merges_(merges), smallest_(min_cluster_size) {}

  std::vector<condensed_row> run() {
    const std::size_t internal = merges_.size();
    if (internal == 0) return {};
    points_ = static_cast<std::int32_t>(internal) + 1;
    std::int32_t next = points_ + 1;
    rows_.reserve(internal + 2);
    struct place {
      std::int32_t node, cluster;
    };
    std::vector<place> queue{{static_cast<std::int32_t>(2 * internal), points_}};
    for (std::size_t at = 0; at < queue.size(); ++at) {
      const place here = queue[at];
      const cluster_merge& merge = merge_of(here.node);
      const double lambda = merge.distance > 0 ? exact::div(1.0, merge.distance)
                                               : std::numeric_limits<double>::infinity();
      const std::int64_t left = size_of(merge.left), right = size_of(merge.right);
      const bool left_lives = left >= smallest_, right_lives = right >= smallest_;
      if (left_lives && right_lives) {
        rows_.push_back({here.cluster, next, lambda, left});
        rows_.push_back({here.cluster, next + 1, lambda, right});
        queue.push_back({merge.left, next});
        queue.push_back({merge.right, next + 1});
        next += 2;
        continue;
      }
      if (left_lives) queue.push_back({merge.left, here.cluster});
      if (!left_lives) fall_out(merge.left, here.cluster, lambda);
      if (right_lives) queue.push_back({merge.right, here.cluster});
      if (!right_lives) fall_out(merge.right, here.cluster, lambda);
    }
    return std::move(rows_);
  }

 private:
  [[nodiscard]] const cluster_merge& merge_of(std::int32_t node) const {
    return merges_[static_cast<std::size_t>(node - points_)];
  }
  [[nodiscard]] std::int64_t size_of(std::int32_t node) const {
    return node < points_ ? 1 : merge_of(node).size;
  }
  /// All points below a node, level by level.
  void fall_out(std::int32_t node, std::int32_t cluster, double lambda) {
    fallen_.assign(1, node);
    for (std::size_t at = 0; at < fallen_.size(); ++at) {
      const std::int32_t n = fallen_[at];
      if (n < points_) {
        rows_.push_back({cluster, n, lambda, 1});
        continue;
      }
      const cluster_merge& merge = merge_of(n);
      fallen_.push_back(merge.left);
      fallen_.push_back(merge.right);
    }
  }

  const std::vector<cluster_merge>& merges_;
  std::int64_t smallest_;
  std::int32_t points_ = 0;
  std::vector<condensed_row> rows_;
  std::vector<std::int32_t> fallen_;
};

inline std::vector<condensed_row> condense(const std::vector<cluster_merge>& merges,
                                           std::int64_t min_cluster_size) {
  return condenser(merges, min_cluster_size).run();
}

/// The clusters of a condensed tree by number: 0 is the root, children after parents.
struct cluster_tree {
  std::vector<std::int32_t> parent;       ///< −1 for the root
  std::vector<std::int32_t> first_child;  ///< the second one follows it; −1: none
  std::vector<double> birth;              ///< lambda at which it leaves its parent; root: 0
  std::vector<double> death;              ///< the largest lambda of its own rows
  std::vector<double> stability;          ///< Σ (lambda − birth) · size
  std::vector<std::int64_t> size;         ///< points; root: those of its children
  double largest_lambda = 0;

  [[nodiscard]] std::size_t count() const { return parent.size(); }
};

inline cluster_tree clusters_of(const std::vector<condensed_row>& rows, std::int64_t points) {
  std::size_t count = 1;
  for (const auto& r : rows) count += r.child >= points ? 1 : 0;
  cluster_tree tree;
  tree.parent.assign(count, -1);
  tree.first_child.assign(count, -1);
  tree.birth.assign(count, 0);
  tree.death.assign(count, 0);
  tree.stability.assign(count, 0);
  tree.size.assign(count, 0);
  for (const auto& r : rows) {
    const auto p = static_cast<std::size_t>(r.parent - points);
    tree.death[p] = tree.death[p] < r.lambda ? r.lambda : tree.death[p];
    tree.largest_lambda = tree.largest_lambda < r.lambda ? r.lambda : tree.largest_lambda;
    // at an infinite density there is nothing between birth and death
    if (r.lambda != tree.birth[p]) {
      const double lived = exact::add(r.lambda, -tree.birth[p]);
      const double mass = exact::product(lived, static_cast<double>(r.size));
      tree.stability[p] = exact::add(tree.stability[p], mass);
    }
    if (r.child < points) continue;
    const auto c = static_cast<std::size_t>(r.child - points);
    tree.parent[c] = static_cast<std::int32_t>(p);
    tree.birth[c] = r.lambda;
    tree.size[c] = r.size;
    if (tree.first_child[p] < 0) tree.first_child[p] = static_cast<std::int32_t>(c);
    if (p == 0) tree.size[0] += r.size;
  }
  return tree;
}

}  // namespace kernels::inline KERNELS_ABI::cluster
