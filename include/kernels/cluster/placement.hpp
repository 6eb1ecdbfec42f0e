// Where a new point goes in a condensed tree, from its neighbour and its lambda.
#pragma once

#include <kernels/cluster/labels.hpp>

namespace kernels::inline KERNELS_ABI::cluster {

class placement {
 public:
  explicit placement(const hdbscan_result& found)
      : points_(found.points()),
        epsilon_(found.params.epsilon),
        tree_(clusters_of(found.condensed, points_)),
        selected_(found.selected),
        leaves_(static_cast<std::size_t>(points_)) {
    cluster_flags taken(tree_.count(), 0);
    for (const std::int32_t id : selected_) taken[static_cast<std::size_t>(id - points_)] = 1;
    label_of_ = labels_of_clusters(tree_, taken);
    for (const condensed_row& r : found.condensed) {
      if (r.child >= points_) continue;
      leaves_[static_cast<std::size_t>(r.child)] = {static_cast<std::size_t>(r.parent - points_),
                                                    r.lambda};
    }
  }

  struct answer {
    std::int32_t label;
    double probability;
  };
  [[nodiscard]] answer place(std::int32_t neighbour, double lambda) const {
    const leaf& near = leaves_[static_cast<std::size_t>(neighbour)];
    std::size_t c = near.cluster;
    if (near.lambda > lambda) {
      while (c > 0 && tree_.birth[c] >= lambda) c = static_cast<std::size_t>(tree_.parent[c]);
    }
    const std::int32_t label = label_of_[c];
    if (label < 0) return {-1, 0};
    const auto taken = static_cast<std::size_t>(selected_[static_cast<std::size_t>(label)]) -
                       static_cast<std::size_t>(points_);
    if (taken == 0) {
      const double least = least_lambda_of_root(tree_, epsilon_);
      if (selected_.size() > 1 || !(std::min(lambda, near.lambda) >= least)) return {-1, 0};
    }
    return {label, membership(lambda, tree_.death[taken])};
  }

 private:
  struct leaf {
    std::size_t cluster = 0;
    double lambda = 0;
  };
  std::int64_t points_;
  double epsilon_;
  cluster_tree tree_;
  std::vector<std::int32_t> selected_, label_of_;
  std::vector<leaf> leaves_;
};

}  // namespace kernels::inline KERNELS_ABI::cluster
