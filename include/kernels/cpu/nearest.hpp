// The k nearest other points of every point, exactly: each pair is computed once and given to both.
#pragma once

#include <kernels/cluster/neighbour_lists.hpp>
#include <kernels/cpu/distance_tile.hpp>
#include <kernels/cpu/parallel.hpp>

#include <bit>
#include <cmath>
#include <memory>
#include <mutex>
#include <vector>

namespace kernels::inline KERNELS_ABI::cpu {

/// Lists that are being filled: what may enter them, and how.
class neighbour_lists : public cluster::neighbour_lists {
 public:
  neighbour_lists(std::int64_t points, std::int64_t k)
      : cluster::neighbour_lists(points, k), bounds_((points + kGroup) / kGroup * kGroup) {
    std::fill_n(of(0), points * k, ~std::uint64_t{0});
    std::fill_n(bounds_.data(), bounds_.size(), -1.0F);
    std::fill_n(bounds_.data(), points, std::numeric_limits<float>::infinity());
  }

  /// What a distance must not exceed to get into the list.
  [[nodiscard]] const float* bounds() const { return bounds_.data(); }

  /// Until sort(), a list is a heap with the furthest on top.
  void offer(std::int64_t point, std::uint64_t key) {
    std::uint64_t* heap = of(point);
    if (key >= heap[0]) return;
    std::int64_t at = 0;
    for (std::int64_t child = 1; child < k(); child = 2 * at + 1) {
      child += child + 1 < k() && heap[child + 1] > heap[child] ? 1 : 0;
      if (heap[child] <= key) break;
      heap[at] = heap[child];
      at = child;
    }
    heap[at] = key;
    if (heap[0] != ~std::uint64_t{0}) bounds_.data()[point] = distance(heap[0]);
  }

 private:
  buffer<float> bounds_;
};

/// One block of points against another: what may enter a list is collected without a lock, by
/// bounds as they stood at its beginning, which only fall.
class neighbour_pass {
 public:
  neighbour_pass(const point_rows& points, const bfloat16_points& compact, neighbour_lists& lists,
                 std::vector<std::mutex>& locks, instruction_set isa)
      : points_(points), compact_(compact), lists_(lists), locks_(locks), tile_(isa) {}

  void run(std::int64_t block_a, std::int64_t block_b) {
    a_ = block_a * kSide;
    b_ = block_b * kSide;
    a_count_ = std::min(kSide, points_.count - a_);
    b_count_ = std::min(kSide, points_.count - b_);
    std::mutex& lock_a = locks_[static_cast<std::size_t>(block_a)];
    std::mutex& lock_b = locks_[static_cast<std::size_t>(block_b)];
    copy_bounds(lock_a, a_, a_count_, row_bounds_);
    copy_bounds(lock_b, b_, b_count_, column_bounds_);
    const bool all_full = filled(row_bounds_, a_count_) && filled(column_bounds_, b_count_);
    if (all_full) {
      tile_.fill_bounds(points_, compact_, a_, a_count_, b_, b_count_);
    } else {
      tile_.fill(points_, a_, a_count_, points_, b_, b_count_);
    }
    if (!collect()) {
      tile_.make_exact(a_count_, b_count_);
      collect();
    }
    for (pair& p : found_) p.distance = tile_.distance(p.i, p.j);
    {
      const std::lock_guard lock(lock_a);
      for (const pair& p : found_) {
        lists_.offer(a_ + p.i,
                     math::neighbour_bits(p.distance, static_cast<std::int32_t>(b_ + p.j)));
      }
    }
    const std::lock_guard lock(lock_b);
    for (const pair& p : found_) {
      lists_.offer(b_ + p.j, math::neighbour_bits(p.distance, static_cast<std::int32_t>(a_ + p.i)));
    }
  }

 private:
  static constexpr std::int64_t kSide = distance_tile::kSide;
  struct pair {
    std::int32_t i, j;
    float distance;
  };

  void copy_bounds(std::mutex& mutex, std::int64_t from, std::int64_t count, float* to) {
    const std::lock_guard lock(mutex);
    std::copy_n(lists_.bounds() + from, count, to);
    std::fill(to + count, to + kSide, -1.0F);
  }
  static bool filled(const float* bounds, std::int64_t count) {
    return std::all_of(bounds, bounds + count, [](float b) { return std::isfinite(b); });
  }

  /// Pairs within a bound of either; false if they are so many that bounds are not worth it.
  bool collect() {
    found_.clear();
    const std::size_t most =
        tile_.exact() ? ~std::size_t{0} : static_cast<std::size_t>(a_count_ * b_count_ / 12);
    for (std::int64_t i = 0; i < a_count_; ++i) {
      const float* row = tile_.row(i);
      auto groups = tile_.loops().within_one(row, row_bounds_[i], tile_.groups()) |
                    tile_.loops().within_each(row, column_bounds_, tile_.groups());
      for (; groups != 0; groups &= groups - 1) {
        const std::int64_t from = std::countr_zero(groups) * kGroup;
        const std::int64_t to = std::min(from + kGroup, b_count_);
        for (std::int64_t j = from; j < to; ++j) {
          if (!(row[j] <= row_bounds_[i]) && !(row[j] <= column_bounds_[j])) continue;
          if (a_ == b_ && i >= j) continue;
          found_.push_back({static_cast<std::int32_t>(i), static_cast<std::int32_t>(j), 0});
        }
      }
      if (found_.size() > most) return false;
    }
    return true;
  }

  const point_rows& points_;
  const bfloat16_points& compact_;
  neighbour_lists& lists_;
  std::vector<std::mutex>& locks_;
  distance_tile tile_;
  std::int64_t a_ = 0, b_ = 0, a_count_ = 0, b_count_ = 0;
  std::vector<pair> found_;
  alignas(64) float row_bounds_[kSide];
  alignas(64) float column_bounds_[kSide];
};

/// The k nearest of each point, 1 ≤ k < count. Lists do not depend on the order of the work: keys
/// are all different, and a list keeps the k smallest.
inline neighbour_lists nearest_neighbours(on_cpu exec, const point_rows& points, std::int64_t k) {
  const instruction_set isa = choose(exec.isa);
  constexpr std::int64_t kSide = distance_tile::kSide;
  const std::int64_t n = points.count, blocks = (n + kSide - 1) / kSide;
  neighbour_lists lists(n, k);
  const bfloat16_points compact(exec, points);
  std::vector<std::mutex> locks(static_cast<std::size_t>(blocks));  // of the lists of a block
  parallel_for(exec, blocks, [&](std::int64_t block_a) {
    const auto pass = std::make_unique<neighbour_pass>(points, compact, lists, locks, isa);
    for (std::int64_t block_b = block_a; block_b < blocks; ++block_b) pass->run(block_a, block_b);
  });
  constexpr std::int64_t kChunk = 1024;
  parallel_for(exec, (n + kChunk - 1) / kChunk, [&](std::int64_t c) {
    for (std::int64_t p = c * kChunk; p < std::min(n, (c + 1) * kChunk); ++p) lists.sort(p);
  });
  return lists;
}

}  // namespace kernels::inline KERNELS_ABI::cpu
