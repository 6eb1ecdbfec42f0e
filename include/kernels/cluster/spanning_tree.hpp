// The minimum spanning tree of mutual reachability distances in O(N·k) memory: nearest neighbours,
// as much of the tree as they prove, then the lightest edges between what is left. The passes over
// all pairs are a backend's.
#pragma once

#include <kernels/cluster/merge_tree.hpp>
#include <kernels/cluster/neighbour_lists.hpp>

#include <limits>

namespace kernels::inline KERNELS_ABI::cluster {

/// Passes has
///   count()       points
///   nearest(k)    neighbour_lists of 1 ≤ k < count(), exact
///   join_components(core, alpha, sets, join): join(edge) for at least one edge of the tree between
///                 different sets, in the order of math::edge_key; core: a point's core distance
template <class Passes>
class spanning_tree_builder {
 public:
  /// min_samples: 0 for raw distances, otherwise 1 to count − 1. neighbours: listed for each point,
  /// at least min_samples; 0: 16 or more. Only the cost depends on it.
  spanning_tree_builder(Passes& passes, std::int64_t min_samples, float alpha,
                        std::int64_t neighbours = 0)
      : passes_(passes),
        neighbours_(neighbours),
        min_samples_(min_samples),
        alpha_(alpha),
        core_(static_cast<std::size_t>(passes.count()), 0.0F),
        sets_(passes.count()) {}

  /// The edges of the tree, in no order.
  std::vector<math::edge_key> run() {
    const std::int64_t n = passes_.count();
    if (n < 2) return {};
    {
      // with more neighbours than core distances need, points also know what comes after those
      const std::int64_t wanted = neighbours_ > 0 ? std::max(neighbours_, min_samples_)
                                                  : std::max<std::int64_t>(16, 2 * min_samples_);
      const std::int64_t k = std::min(n - 1, wanted);
      const auto lists = passes_.nearest(k);
      for (std::int64_t p = 0; min_samples_ > 0 && p < n; ++p) {
        core_[static_cast<std::size_t>(p)] =
            neighbour_lists::distance(lists.of(p)[min_samples_ - 1]);
      }
      join_proven(lists);
    }
    while (static_cast<std::int64_t>(edges_.size()) < n - 1) {
      passes_.join_components(core_, alpha_, sets_,
                              [&](const math::edge_key& edge) { join(edge); });
    }
    return std::move(edges_);
  }
  [[nodiscard]] const std::vector<float>& core() const { return core_; }

 private:
  bool join(const math::edge_key& edge) {
    const auto x = sets_.find(edge.smaller()), y = sets_.find(edge.larger());
    if (x == y) return false;
    sets_.join(x, y);
    edges_.push_back(edge);
    return true;
  }
  [[nodiscard]] math::edge_key key(std::int32_t i, std::int32_t j, float distance) const {
    const float core_i = core_[static_cast<std::size_t>(i)];
    const float core_j = core_[static_cast<std::size_t>(j)];
    return math::make_edge_key(math::mutual_reachability(core_i, core_j, distance, alpha_),
                               distance, i, j);
  }

  /// No edge from point i to one that is not in its list comes before this.
  [[nodiscard]] math::edge_key least_unlisted(std::int32_t i, std::uint64_t last) const {
    const float distance = neighbour_lists::distance(last);
    const float weight =
        math::mutual_reachability(core_[static_cast<std::size_t>(i)], 0, distance, alpha_);
    // at the same distance, unlisted points have larger numbers than the last one listed
    const std::int32_t other = neighbour_lists::index(last) + 1;
    math::edge_key least = math::make_edge_key(weight, distance, i, other);
    if (other == i) ++least.ends;
    return least;
  }

  /// Listed edges from the lightest on. One that comes before everything unlisted of one of its two
  /// components is the lightest edge that leaves it: any listed edge that was passed over came
  /// after something unlisted of its component, and so does all that follows.
  void join_proven(const neighbour_lists& lists) {
    const auto n = static_cast<std::int32_t>(passes_.count());
    const std::int64_t k = lists.k();
    std::vector<math::edge_key> listed;
    listed.reserve(static_cast<std::size_t>(n * k));
    std::vector<math::edge_key> unlisted(static_cast<std::size_t>(n), math::kNoEdge);
    for (std::int32_t i = 0; i < n; ++i) {
      const std::uint64_t* list = lists.of(i);
      if (k < n - 1) unlisted[static_cast<std::size_t>(i)] = least_unlisted(i, list[k - 1]);
      for (std::int64_t s = 0; s < k; ++s) {
        const std::int32_t j = neighbour_lists::index(list[s]);
        const float distance = neighbour_lists::distance(list[s]);
        const bool again = i > j && math::neighbour_bits(distance, i) <= lists.of(j)[k - 1];
        if (!again) listed.push_back(key(i, j, distance));
      }
    }
    std::sort(listed.begin(), listed.end());
    for (const math::edge_key& edge : listed) {
      const auto x = sets_.find(edge.smaller()), y = sets_.find(edge.larger());
      if (x == y) continue;
      const auto of_x = unlisted[static_cast<std::size_t>(x)];
      const auto of_y = unlisted[static_cast<std::size_t>(y)];
      if (!(edge < of_x) && !(edge < of_y)) continue;
      edges_.push_back(edge);
      unlisted[static_cast<std::size_t>(sets_.join(x, y))] = std::min(of_x, of_y);
    }
  }

  Passes& passes_;
  std::int64_t neighbours_;
  std::int64_t min_samples_;
  float alpha_;
  std::vector<float> core_;
  union_find sets_;
  std::vector<math::edge_key> edges_;
};

struct spanning_result {
  std::vector<spanning_edge> edges;  ///< in their order
  std::vector<float> core;
  std::vector<std::int32_t> not_finite;  ///< rows
};

/// Spanning edges between `rows` rows, those that are not finite at the end of infinite edges.
/// finite: count(), number(k) and not_finite() of the rows that the passes know. min_samples: 0 for
/// raw distances.
template <class Passes, class Finite>
spanning_result spanning_tree(Passes& passes, const Finite& finite, std::int64_t rows,
                              std::int64_t min_samples, float alpha) {
  constexpr float kInfinite = std::numeric_limits<float>::infinity();
  spanning_result result;
  result.core.assign(static_cast<std::size_t>(rows), kInfinite);
  result.not_finite = finite.not_finite();
  const std::int64_t most = std::max<std::int64_t>(finite.count() - 1, 0);
  spanning_tree_builder<Passes> builder(passes, std::min(min_samples, most), alpha);
  for (const math::edge_key& e : builder.run()) {
    result.edges.push_back(
        {finite.number(e.smaller()), finite.number(e.larger()), e.weight(), e.distance()});
  }
  for (std::int64_t k = 0; k < finite.count(); ++k) {
    result.core[static_cast<std::size_t>(finite.number(k))] =
        builder.core()[static_cast<std::size_t>(k)];
  }
  // all to one point, so that they leave one by one
  const std::int32_t anchor = finite.count() > 0 ? finite.number(0) : 0;
  for (const std::int32_t r : result.not_finite) {
    if (r == anchor) continue;
    result.edges.push_back({std::min(r, anchor), std::max(r, anchor), kInfinite, kInfinite});
  }
  sort_edges(result.edges);
  return result;
}

}  // namespace kernels::inline KERNELS_ABI::cluster
