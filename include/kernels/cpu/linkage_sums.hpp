// Average linkage of cosine distances in O(N·D) memory. The mean distance of two clusters is
// 1 − ⟨S, S'⟩ / (n·n') where S and S' are the sums of their unit rows.
#pragma once

#include <kernels/cluster/nearest_chain.hpp>
#include <kernels/cpu/nearest.hpp>

namespace kernels::inline KERNELS_ABI::cpu {

/// The clusters that are left, in slots ordered by their lowest members. Each has a list of near
/// clusters and a bound that no other one is nearer than. A merged cluster's distance to a third is
/// the weighted mean of those of its parts, and so is its bound for what neither part had listed;
/// only where a bound does not prove the nearest are all clusters looked at.
class cosine_sums {
 public:
  /// points: unit rows, at least two.
  cosine_sums(on_cpu exec, const point_rows& points)
      : exec_(exec),
        dots_(dot_tile_for<false>(choose(exec.isa))),
        stride_(points.stride),
        rows_(points.count),
        next_(static_cast<std::int32_t>(points.count)),
        sums_(points.count * points.stride),
        clusters_(static_cast<std::size_t>(points.count)),
        node_(static_cast<std::size_t>(2 * points.count)),
        row_dots_(static_cast<std::size_t>(points.count)) {
    std::copy_n(points.data, points.count * stride_, sums_.data());
    const std::int64_t k = std::min(kListed, points.count - 1);
    const neighbour_lists lists = nearest_neighbours(exec, points, k);
    for (std::int64_t p = 0; p < points.count; ++p) {
      const auto number = static_cast<std::int32_t>(p);
      node_[static_cast<std::size_t>(p)] = {number, number};
      group& c = clusters_[static_cast<std::size_t>(p)];
      c.node = c.lowest = number;
      c.listed = static_cast<std::int32_t>(k);
      for (std::int64_t s = 0; s < k; ++s) c.list[s] = neighbour_lists::index(lists.of(p)[s]);
      if (k < points.count - 1) {
        c.bound = static_cast<double>(neighbour_lists::distance(lists.of(p)[k - 1]));
      }
    }
  }

  /// The one with the lowest member of all is always in the first slot.
  [[nodiscard]] std::int32_t first() const { return clusters_[0].node; }
  [[nodiscard]] bool alive(std::int32_t node) const {
    return node_[static_cast<std::size_t>(node)].into == node;
  }
  [[nodiscard]] std::int32_t lowest(std::int32_t node) const {
    return clusters_[static_cast<std::size_t>(slot_of(node))].lowest;
  }

  cluster::near_cluster nearest(std::int32_t node, std::int32_t before) {
    const std::int32_t here = slot_of(node);
    near_.clear();
    gather(here, here);
    keep(here);
    const double bound = at(here).bound;
    if (near_.empty() || near_.front().distance > std::max(bound - kRounding, kSame)) {
      look_at_all(here);
    }
    const candidate best = near_.front();
    if (before >= 0) {
      const double back = distance(here, slot_of(before));
      if (back <= best.distance) return {before, back};
    }
    return {at(best.slot).node, best.distance};
  }

  void merge(std::int32_t a, std::int32_t b) {
    const std::int32_t here = std::min(slot_of(a), slot_of(b));
    const std::int32_t gone = std::max(slot_of(a), slot_of(b));
    float* sum = sums_.data() + here * stride_;
    const float* other = sums_.data() + gone * stride_;
    for (std::int64_t i = 0; i < stride_; ++i) sum[i] = exact::add(sum[i], other[i]);
    const std::int32_t made = next_++;
    node_[static_cast<std::size_t>(made)] = {made, here};
    node_[static_cast<std::size_t>(a)].into = node_[static_cast<std::size_t>(b)].into = made;
    group& low = at(here);
    group& high = at(gone);
    const double share =
        exact::div(static_cast<double>(low.size), static_cast<double>(low.size + high.size));
    low.bound = exact::fma(share, low.bound, exact::product(exact::add(1.0, -share), high.bound));
    low.size += high.size;
    low.node = made;
    high.node = -1;
    near_.clear();
    gather(here, here);
    gather(here, gone);
    keep(here);
    if (++dead_ * 4 > rows_) compact();
  }

 private:
  static constexpr std::int64_t kListed = 32;
  static constexpr double kRounding = 1e-5;  ///< of distances: more than sums of floats make
  static constexpr double kSame = 1e-6;      ///< distances up to this are none

  struct group {
    std::int32_t node = -1, lowest = -1, listed = 0;
    std::int64_t size = 1;
    double bound = std::numeric_limits<double>::infinity();  ///< nothing unlisted is nearer
    std::int32_t list[kListed];                              ///< nodes, some of them merged since
  };
  struct place {
    std::int32_t into = -1;  ///< the node itself, or one that it is in by now
    std::int32_t slot = -1;  ///< of a node that is left
  };
  struct candidate {
    double distance;
    std::int32_t slot;
    friend bool operator<(const candidate& x, const candidate& y) {
      return x.distance < y.distance || (x.distance == y.distance && x.slot < y.slot);
    }
    friend bool operator==(const candidate& x, const candidate& y) { return x.slot == y.slot; }
  };

  group& at(std::int32_t slot) { return clusters_[static_cast<std::size_t>(slot)]; }
  [[nodiscard]] std::int32_t slot_of(std::int32_t node) const {
    return node_[static_cast<std::size_t>(node)].slot;
  }
  /// The node that is left and holds this one.
  std::int32_t root(std::int32_t node) {
    const auto into = [&](std::int32_t n) -> std::int32_t& {
      return node_[static_cast<std::size_t>(n)].into;
    };
    while (into(node) != node) {
      into(node) = into(into(node));
      node = into(node);
    }
    return node;
  }

  [[nodiscard]] double distance_of(float dot, std::int64_t size, std::int64_t other) const {
    const double pairs = exact::mul(static_cast<double>(size), static_cast<double>(other));
    const double similarity = exact::div(static_cast<double>(dot), pairs);
    return similarity >= 1 ? 0 : similarity <= -1 ? 2 : exact::add(1.0, -similarity);
  }
  double distance(std::int32_t x, std::int32_t y) {
    float dot = 0;
    dots_(sums_.data() + x * stride_, stride_, 1, sums_.data() + y * stride_, stride_, 1, stride_,
          &dot, 1);
    return distance_of(dot, at(x).size, at(y).size);
  }

  /// Adds what the list of one slot has become to near_, seen from another slot.
  void gather(std::int32_t here, std::int32_t listing) {
    const group& from = at(listing);
    for (std::int32_t k = 0; k < from.listed; ++k) {
      const candidate c{0, slot_of(root(from.list[k]))};
      if (c.slot == here || std::find(near_.begin(), near_.end(), c) != near_.end()) continue;
      near_.push_back({distance(here, c.slot), c.slot});
    }
  }
  /// The nearest of near_ that are within the bound become the list; the bound shrinks to what
  /// finds no room.
  void keep(std::int32_t here) {
    group& c = at(here);
    std::sort(near_.begin(), near_.end());
    const auto listed = static_cast<std::size_t>(kListed);
    if (near_.size() > listed) c.bound = std::min(c.bound, near_[listed].distance);
    c.listed = 0;
    for (std::size_t k = 0; k < std::min(near_.size(), listed); ++k) {
      if (near_[k].distance <= c.bound) c.list[c.listed++] = at(near_[k].slot).node;
    }
  }
  void look_at_all(std::int32_t here) {
    constexpr std::int64_t kChunk = 256;
    const bool small = rows_ * stride_ < (std::int64_t{1} << 18);
    parallel_for(small ? on_cpu{1} : exec_, (rows_ + kChunk - 1) / kChunk, [&](std::int64_t c) {
      const std::int64_t first = c * kChunk;
      dots_(sums_.data() + here * stride_, stride_, 1, sums_.data() + first * stride_, stride_,
            std::min(kChunk, rows_ - first), stride_, row_dots_.data() + first, kChunk);
    });
    constexpr auto kRoom = static_cast<std::size_t>(kListed) + 1;
    near_.clear();  // a heap of the nearest, the furthest of them on top
    for (std::int32_t slot = 0; slot < rows_; ++slot) {
      const group& other = at(slot);
      if (other.node < 0 || slot == here) continue;
      const float dot = row_dots_[static_cast<std::size_t>(slot)];
      const candidate c{distance_of(dot, at(here).size, other.size), slot};
      if (near_.size() == kRoom) {
        if (!(c < near_.front())) continue;
        std::pop_heap(near_.begin(), near_.end());
        near_.pop_back();
      }
      near_.push_back(c);
      std::push_heap(near_.begin(), near_.end());
    }
    at(here).bound = std::numeric_limits<double>::infinity();
    keep(here);
  }

  /// Moves the slots together.
  void compact() {
    std::int32_t to = 0;
    for (std::int32_t slot = 0; slot < rows_; ++slot) {
      if (at(slot).node < 0) continue;
      if (to != slot) {
        at(to) = at(slot);
        std::copy_n(sums_.data() + slot * stride_, stride_, sums_.data() + to * stride_);
        node_[static_cast<std::size_t>(at(to).node)].slot = to;
      }
      ++to;
    }
    rows_ = to;
    dead_ = 0;
  }

  on_cpu exec_;
  dot_tile_function dots_;
  std::int64_t stride_, rows_, dead_ = 0;
  std::int32_t next_;
  buffer<float> sums_;
  std::vector<group> clusters_;
  std::vector<place> node_;
  std::vector<float> row_dots_;
  std::vector<candidate> near_;
};

}  // namespace kernels::inline KERNELS_ABI::cpu
