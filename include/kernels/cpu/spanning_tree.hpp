// The minimum spanning tree of mutual reachability distances in O(N·k) memory: nearest neighbours,
// as much of the tree as they prove, then the lightest edges between what is left.
#pragma once

#include <kernels/cluster/types.hpp>
#include <kernels/cpu/component_edges.hpp>
#include <kernels/cpu/nearest.hpp>

namespace kernels::inline KERNELS_ABI::cpu {

class spanning_tree_builder {
 public:
  /// min_samples: 0 for raw distances, otherwise 1 to points.count − 1. Up to `table` components
  /// are joined by a table of all pairs of them.
  spanning_tree_builder(on_cpu exec, const point_rows& points, std::int64_t min_samples,
                        float alpha, std::int64_t table = 2048)
      : exec_(exec),
        table_(table),
        points_(points),
        min_samples_(min_samples),
        alpha_(alpha),
        core_(static_cast<std::size_t>(points.count), 0.0F),
        sets_(points.count) {}

  /// The edges of the tree, in no order.
  std::vector<math::edge_key> run() {
    const std::int64_t n = points_.count;
    if (n < 2) return {};
    {
      const std::int64_t k = std::min(n - 1, std::max(kLeast, 2 * min_samples_));
      const neighbour_lists lists = nearest_neighbours(exec_, points_, k);
      for (std::int64_t p = 0; min_samples_ > 0 && p < n; ++p) {
        core_[static_cast<std::size_t>(p)] =
            neighbour_lists::distance(lists.of(p)[min_samples_ - 1]);
      }
      join_proven(lists);
    }
    while (static_cast<std::int64_t>(edges_.size()) < n - 1) {
      const ordered_points ordered(exec_, points_, core_.data(), sets_);
      if (ordered.components() <= table_) {
        join_by_table(edges_between_components<true>(exec_, ordered, alpha_), ordered.components());
      } else {
        const auto lightest = edges_between_components<false>(exec_, ordered, alpha_);
        for (std::int64_t c = 0; c < ordered.components(); ++c) join(lightest.of(c));
      }
    }
    return std::move(edges_);
  }
  [[nodiscard]] const std::vector<float>& core() const { return core_; }

 private:
  static constexpr std::int64_t kLeast = 16;

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
    const auto n = static_cast<std::int32_t>(points_.count);
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

  /// Prim's algorithm on the components.
  void join_by_table(const lightest_edges<true>& table, std::int64_t components) {
    const auto count = static_cast<std::size_t>(components);
    std::vector<math::edge_key> reach(count, math::kNoEdge);
    std::vector<char> inside(count, 0);
    for (std::size_t newest = 0, joined = 1; joined < count; ++joined) {
      inside[newest] = 1;
      std::size_t next = count;
      for (std::size_t c = 0; c < count; ++c) {
        if (inside[c] != 0) continue;
        const auto low = static_cast<std::int64_t>(std::min(c, newest));
        const auto high = static_cast<std::int64_t>(std::max(c, newest));
        reach[c] = std::min(reach[c], table.at(low, high));
        if (next == count || reach[c] < reach[next]) next = c;
      }
      join(reach[next]);
      newest = next;
    }
  }

  on_cpu exec_;
  std::int64_t table_;
  point_rows points_;
  std::int64_t min_samples_;
  float alpha_;
  std::vector<float> core_;
  cluster::union_find sets_;
  std::vector<math::edge_key> edges_;
};

}  // namespace kernels::inline KERNELS_ABI::cpu
