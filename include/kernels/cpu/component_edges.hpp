// The lightest edges between components of points: one pass over all tiles of points in the order
// of their components; tiles inside one component are skipped.
#pragma once

#include <kernels/cluster/component_order.hpp>
#include <kernels/core/buffer.hpp>
#include <kernels/cpu/distance_tile.hpp>
#include <kernels/cpu/parallel.hpp>

#include <bit>
#include <memory>
#include <mutex>
#include <vector>

namespace kernels::inline KERNELS_ABI::cpu {

/// Points copied into the order of their components.
class ordered_points {
 public:
  ordered_points(on_cpu exec, const point_rows& points, const float* core,
                 cluster::union_find& sets)
      : order_(points.count, sets),
        rows_(points.count * points.stride),
        stride_(points.stride),
        cosine_(points.cosine),
        core_(order_.index.size() + kGroup, 0) {  // whole groups are read
    for (std::size_t at = 0; at < order_.index.size(); ++at) core_[at] = core[order_.index[at]];
    constexpr std::int64_t kChunk = 512;
    parallel_for(exec, (points.count + kChunk - 1) / kChunk, [&](std::int64_t c) {
      for (std::int64_t at = c * kChunk; at < std::min(points.count, (c + 1) * kChunk); ++at) {
        std::copy_n(points.row(index(at)), stride_, rows_.data() + at * stride_);
      }
    });
  }
  [[nodiscard]] point_rows rows() const { return {rows_.data(), count(), stride_, cosine_}; }
  [[nodiscard]] std::int64_t count() const { return std::ssize(order_.index); }
  [[nodiscard]] std::int64_t components() const { return order_.components; }
  /// Of the point at a position: its number, its component, its core distance.
  [[nodiscard]] std::int32_t index(std::int64_t at) const {
    return order_.index[static_cast<std::size_t>(at)];
  }
  [[nodiscard]] std::int32_t component(std::int64_t at) const {
    return order_.component[static_cast<std::size_t>(at)];
  }
  [[nodiscard]] const float* core(std::int64_t at) const { return core_.data() + at; }

 private:
  cluster::component_order order_;
  buffer<float> rows_;
  std::int64_t stride_;
  bool cosine_;
  std::vector<float> core_;
};

/// The lightest edge between any two components, or (Pairs false) from any one to another.
template <bool Pairs>
class lightest_edges {
 public:
  /// Rows for components [first, first + rows) of `components`.
  lightest_edges(std::int64_t first, std::int64_t rows, std::int64_t components)
      : first_(first),
        components_(components),
        edges_(static_cast<std::size_t>(Pairs ? rows * components : components), math::kNoEdge) {}

  /// An edge heavier than this changes nothing.
  [[nodiscard]] float bound(std::int64_t x, std::int64_t y) const {
    if constexpr (Pairs) return at(x, y).weight();
    return std::max(edges_[static_cast<std::size_t>(x)].weight(),
                    edges_[static_cast<std::size_t>(y)].weight());
  }
  /// Did it change something?
  bool offer(std::int64_t x, std::int64_t y, const math::edge_key& key) {
    if constexpr (Pairs) return lower(edges_[place(x, y)], key);
    const bool first = lower(edges_[static_cast<std::size_t>(x)], key);
    return lower(edges_[static_cast<std::size_t>(y)], key) || first;
  }
  /// The same rows of `all`.
  void copy_from(const lightest_edges& all) {
    const std::size_t from = Pairs ? all.place(first_, 0) : 0;
    std::copy_n(all.edges_.begin() + static_cast<std::ptrdiff_t>(from), edges_.size(),
                edges_.begin());
  }
  void take(const lightest_edges& part) {
    const std::size_t from = Pairs ? place(part.first_, 0) : 0;
    for (std::size_t k = 0; k < part.edges_.size(); ++k) lower(edges_[from + k], part.edges_[k]);
  }
  [[nodiscard]] const math::edge_key& at(std::int64_t x, std::int64_t y) const {
    return edges_[place(x, y)];
  }
  [[nodiscard]] const math::edge_key& of(std::int64_t x) const requires(!Pairs) {
    return edges_[static_cast<std::size_t>(x)];
  }

 private:
  [[nodiscard]] std::size_t place(std::int64_t x, std::int64_t y) const {
    return static_cast<std::size_t>((x - first_) * components_ + y);
  }
  static bool lower(math::edge_key& edge, const math::edge_key& key) {
    if (!(key < edge)) return false;
    edge = key;
    return true;
  }
  std::int64_t first_, components_;
  std::vector<math::edge_key> edges_;
};

/// One block of rows against all columns from its own on.
template <bool Pairs>
class component_pass {
 public:
  component_pass(const ordered_points& points, const bfloat16_points& compact, float alpha,
                 instruction_set isa)
      : points_(points), compact_(compact), alpha_(alpha), tile_(isa) {}

  /// The first and the number of components of the rows of a block.
  static std::pair<std::int64_t, std::int64_t> components(const ordered_points& points,
                                                          std::int64_t a) {
    const std::int64_t end = std::min(kSide, points.count() - a);
    const std::int64_t first = points.component(a), last = points.component(a + end - 1);
    return {first, last - first + 1};
  }

  /// `found`: what is known before.
  void run(std::int64_t a, lightest_edges<Pairs>& found) {
    const std::int64_t n = points_.count();
    a_ = a;
    a_count_ = std::min(kSide, n - a);
    const std::int64_t first = points_.component(a);
    for (std::int64_t b = a; b < n; b += kSide) {
      const std::int64_t b_count = std::min(kSide, n - b);
      if (points_.component(b + b_count - 1) == first) continue;  // all of it is one component
      tile_.fill_bounds(points_.rows(), compact_, a, a_count_, b, b_count);
      scan(b, b_count, found);
    }
  }

 private:
  static constexpr std::int64_t kSide = distance_tile::kSide;

  void scan(std::int64_t b, std::int64_t b_count, lightest_edges<Pairs>& found) {
    std::int64_t bounded = -1;  // the component that bounds_ are of
    std::int64_t made = 0;      // distances made exact
    for (std::int64_t i = 0; i < a_count_; ++i) {
      const std::int64_t x = points_.component(a_ + i);
      if (x != bounded) set_bounds(x, b, b_count, found);
      bounded = x;
      const float core = *points_.core(a_ + i);
      tile_.loops().reachabilities(tile_.row(i), core, points_.core(b), alpha_, weights_,
                                   tile_.groups());
      auto groups = tile_.loops().within_each(weights_, bounds_, tile_.groups());
      bool changed = false;
      for (; groups != 0; groups &= groups - 1) {
        const std::int64_t from = std::countr_zero(groups) * kGroup;
        const std::int64_t to = std::min(from + kGroup, b_count);
        for (std::int64_t j = from; j < to; ++j) {
          if (!(weights_[j] <= bounds_[j])) continue;
          const std::int64_t y = points_.component(b + j);
          if (!(weights_[j] <= found.bound(x, y))) continue;
          const float distance = tile_.distance(i, j);
          const float weight =
              math::mutual_reachability(core, *points_.core(b + j), distance, alpha_);
          changed = found.offer(x, y,
                                math::make_edge_key(weight, distance, points_.index(a_ + i),
                                                    points_.index(b + j))) ||
                    changed;
          ++made;
        }
      }
      if (changed) bounded = -1;
      if (!tile_.exact() && made > a_count_ * b_count / 12) tile_.make_exact(a_count_, b_count);
    }
  }
  void set_bounds(std::int64_t x, std::int64_t b, std::int64_t b_count,
                  const lightest_edges<Pairs>& found) {
    for (std::int64_t j = 0; j < b_count; ++j) {
      const std::int64_t y = points_.component(b + j);
      bounds_[j] = x == y ? -1.0F : found.bound(x, y);
    }
    std::fill(bounds_ + b_count, bounds_ + tile_.groups() * kGroup, -1.0F);
  }

  const ordered_points& points_;
  const bfloat16_points& compact_;
  float alpha_;
  distance_tile tile_;
  std::int64_t a_ = 0, a_count_ = 0;
  alignas(64) float bounds_[kSide];
  alignas(64) float weights_[kSide];
};

template <bool Pairs>
lightest_edges<Pairs> edges_between_components(on_cpu exec, const ordered_points& points,
                                               float alpha) {
  constexpr std::int64_t kSide = distance_tile::kSide;
  const instruction_set isa = choose(exec.isa);
  lightest_edges<Pairs> all(0, points.components(), points.components());
  const bfloat16_points compact(exec, points.rows());
  std::mutex mutex;
  parallel_for(exec, (points.count() + kSide - 1) / kSide, [&](std::int64_t block) {
    const auto [first, rows] = component_pass<Pairs>::components(points, block * kSide);
    lightest_edges<Pairs> found(first, rows, points.components());
    {
      const std::lock_guard lock(mutex);
      found.copy_from(all);
    }
    const auto pass = std::make_unique<component_pass<Pairs>>(points, compact, alpha, isa);
    pass->run(block * kSide, found);
    const std::lock_guard lock(mutex);
    all.take(found);
  });
  return all;
}

}  // namespace kernels::inline KERNELS_ABI::cpu
