// What DBSCAN makes of neighbouring pairs.
#pragma once

#include <kernels/cluster/union_find.hpp>
#include <kernels/core/buffer.hpp>

#include <algorithm>

namespace kernels::inline KERNELS_ABI::cluster {

/// Core points, their components and what the others hang on, from neighbouring pairs in any order.
/// A point's neighbours are listed until they make it a core point; a pair of two core points is
/// joined at once, or at the end if one of them has it in its list. So every pair of core points is
/// joined, and the list of a point that is no core point holds all its neighbours.
class density_groups {
 public:
  /// min_samples >= 1: neighbours of a core point, itself counted.
  density_groups(std::int64_t count, std::int64_t min_samples)
      : wanted_(static_cast<std::int32_t>(std::min(min_samples, count + 1) - 1)),
        sets_(count),
        listed_(static_cast<std::size_t>(count), 0),
        lists_(min_samples > count ? 0 : count * wanted_) {}

  /// No pair of these rows and columns can change anything: all are core points of one component.
  bool settled(std::int64_t row, std::int64_t rows, std::int64_t column, std::int64_t columns) {
    const std::int32_t root = sets_.find(static_cast<std::int32_t>(row));
    const auto all_there = [&](std::int64_t first, std::int64_t count) {
      for (std::int64_t k = first; k < first + count; ++k) {
        const auto point = static_cast<std::int32_t>(k);
        if (!core(point) || sets_.find(point) != root) return false;
      }
      return true;
    };
    return all_there(column, columns) && all_there(row, rows);
  }

  void add(std::int32_t i, std::int32_t j) {
    const bool i_core = core(i), j_core = core(j);
    if (i_core && j_core) return join(i, j);
    if (!i_core) list(i, j);
    if (!j_core) list(j, i);
  }

  /// The same for all pairs of a point at once: how many neighbours it has, and that many of them
  /// that there is room for, at least wanted().
  void set_neighbours(std::int32_t point, std::int32_t count, const std::int32_t* list) {
    std::int32_t& listed = listed_[static_cast<std::size_t>(point)];
    listed = std::min(count, wanted_);
    std::copy_n(list, listed, lists_.data() + std::int64_t{point} * wanted_);
  }
  /// Others that make a core point.
  [[nodiscard]] std::int32_t wanted() const { return wanted_; }
  [[nodiscard]] union_find& sets() { return sets_; }

  /// After the last pair: joins the listed pairs of two core points.
  void finish() {
    for_each_listed([&](std::int32_t point, std::int32_t other) {
      if (core(point) && core(other)) join(point, other);
    });
  }

  /// Two core points that are neighbours.
  void join(std::int32_t i, std::int32_t j) {
    const std::int32_t x = sets_.find(i), y = sets_.find(j);
    if (x != y) sets_.join(x, y);
  }
  [[nodiscard]] bool core(std::int32_t point) const {
    return listed_[static_cast<std::size_t>(point)] >= wanted_;
  }

  /// 0, 1, … by the lowest core point of a component; others: the lowest number of a core point in
  /// their list, or −1. After finish().
  std::vector<std::int32_t> labels(std::int32_t& clusters) {
    const auto n = static_cast<std::int32_t>(listed_.size());
    std::vector<std::int32_t> label(listed_.size(), -1), of_root(listed_.size(), -1);
    clusters = 0;
    for (std::int32_t p = 0; p < n; ++p) {
      if (!core(p)) continue;
      std::int32_t& number = of_root[static_cast<std::size_t>(sets_.find(p))];
      if (number < 0) number = clusters++;
      label[static_cast<std::size_t>(p)] = number;
    }
    for_each_listed([&](std::int32_t point, std::int32_t other) {
      if (core(point) || !core(other)) return;
      std::int32_t& mine = label[static_cast<std::size_t>(point)];
      const std::int32_t theirs = label[static_cast<std::size_t>(other)];
      if (mine < 0 || theirs < mine) mine = theirs;
    });
    return label;
  }

 private:
  void list(std::int32_t point, std::int32_t other) {
    std::int32_t& count = listed_[static_cast<std::size_t>(point)];
    lists_.data()[std::int64_t{point} * wanted_ + count] = other;
    ++count;
  }
  template <class Body>
  void for_each_listed(const Body& body) {
    const auto n = static_cast<std::int32_t>(listed_.size());
    for (std::int32_t p = 0; p < n; ++p) {
      const std::int32_t count = listed_[static_cast<std::size_t>(p)];
      if (count == 0) continue;  // maybe there are no lists
      const std::int32_t* list = lists_.data() + std::int64_t{p} * wanted_;
      for (std::int32_t k = 0; k < count; ++k) body(p, list[k]);
    }
  }

  std::int32_t wanted_;  ///< others that make a core point
  union_find sets_;
  std::vector<std::int32_t> listed_;
  buffer<std::int32_t> lists_;  ///< wanted_ a point
};

}  // namespace kernels::inline KERNELS_ABI::cluster
