// The k nearest other points of every point, exactly: each pair is computed once and given to both.
#pragma once

#include <kernels/core/buffer.hpp>
#include <kernels/cpu/cluster_tile.hpp>
#include <kernels/cpu/parallel.hpp>

#include <bit>
#include <memory>
#include <mutex>
#include <vector>

namespace kernels::inline KERNELS_ABI::cpu {

/// A list of k neighbours, nearest first, for each point: math::neighbour_bits.
class neighbour_lists {
 public:
  neighbour_lists(std::int64_t points, std::int64_t k)
      : k_(k), keys_(points * k), bounds_((points + kGroup) / kGroup * kGroup) {
    std::fill_n(keys_.data(), keys_.size(), ~std::uint64_t{0});
    std::fill_n(bounds_.data(), bounds_.size(), -1.0F);
    std::fill_n(bounds_.data(), points, std::numeric_limits<float>::infinity());
  }
  [[nodiscard]] std::int64_t k() const { return k_; }
  [[nodiscard]] const std::uint64_t* of(std::int64_t point) const {
    return keys_.data() + point * k_;
  }
  static float distance(std::uint64_t key) {
    return std::bit_cast<float>(static_cast<std::uint32_t>(key >> 32));
  }
  static std::int32_t index(std::uint64_t key) {
    return static_cast<std::int32_t>(static_cast<std::uint32_t>(key));
  }

  /// What a distance must not exceed to get into the list.
  [[nodiscard]] const float* bounds() const { return bounds_.data(); }

  /// Until sort(), a list is a heap with the furthest on top.
  void offer(std::int64_t point, std::uint64_t key) {
    std::uint64_t* heap = keys_.data() + point * k_;
    if (key >= heap[0]) return;
    std::int64_t at = 0;
    for (std::int64_t child = 1; child < k_; child = 2 * at + 1) {
      child += child + 1 < k_ && heap[child + 1] > heap[child] ? 1 : 0;
      if (heap[child] <= key) break;
      heap[at] = heap[child];
      at = child;
    }
    heap[at] = key;
    if (heap[0] != ~std::uint64_t{0}) bounds_.data()[point] = distance(heap[0]);
  }
  void sort(std::int64_t point) {
    std::sort(keys_.data() + point * k_, keys_.data() + (point + 1) * k_);
  }

 private:
  std::int64_t k_;
  buffer<std::uint64_t> keys_;
  buffer<float> bounds_;
};

/// The k nearest of each point, 1 ≤ k < count. Lists do not depend on the order of the work: keys
/// are all different, and a list keeps the k smallest.
inline neighbour_lists nearest_neighbours(on_cpu exec, const point_rows& points, std::int64_t k) {
  const instruction_set isa = choose(exec.isa);
  constexpr std::int64_t kSide = distance_tile::kSide;
  const std::int64_t n = points.count, blocks = (n + kSide - 1) / kSide;
  neighbour_lists lists(n, k);
  std::vector<std::mutex> locks(static_cast<std::size_t>(blocks));  // of the lists of a block
  parallel_for(exec, blocks, [&](std::int64_t block_a) {
    const auto tile = std::make_unique<distance_tile>(isa);
    const std::int64_t a = block_a * kSide, a_count = std::min(kSide, n - a);
    for (std::int64_t block_b = block_a; block_b < blocks; ++block_b) {
      const std::int64_t b = block_b * kSide, b_count = std::min(kSide, n - b);
      tile->fill(points, a, a_count, points, b, b_count);
      {
        const std::lock_guard lock(locks[static_cast<std::size_t>(block_a)]);
        for (std::int64_t i = 0; i < a_count; ++i) {
          const float* row = tile->row(i);
          auto groups = tile->loops().within_one(row, lists.bounds()[a + i], tile->groups());
          for (; groups != 0; groups &= groups - 1) {
            const std::int64_t from = std::countr_zero(groups) * kGroup;
            const std::int64_t to = std::min(from + kGroup, b_count);
            for (std::int64_t j = from; j < to; ++j) {
              if (row[j] <= lists.bounds()[a + i] && a + i != b + j) {
                lists.offer(a + i, math::neighbour_bits(row[j], static_cast<std::int32_t>(b + j)));
              }
            }
          }
        }
      }
      if (block_a == block_b) continue;
      const std::lock_guard lock(locks[static_cast<std::size_t>(block_b)]);
      const float* bounds = lists.bounds() + b;
      for (std::int64_t i = 0; i < a_count; ++i) {
        const float* row = tile->row(i);
        auto groups = tile->loops().within_each(row, bounds, tile->groups());
        for (; groups != 0; groups &= groups - 1) {
          const std::int64_t from = std::countr_zero(groups) * kGroup;
          const std::int64_t to = std::min(from + kGroup, b_count);
          for (std::int64_t j = from; j < to; ++j) {
            if (row[j] <= bounds[j]) {
              lists.offer(b + j, math::neighbour_bits(row[j], static_cast<std::int32_t>(a + i)));
            }
          }
        }
      }
    }
  });
  constexpr std::int64_t kChunk = 1024;
  parallel_for(exec, (n + kChunk - 1) / kChunk, [&](std::int64_t c) {
    for (std::int64_t p = c * kChunk; p < std::min(n, (c + 1) * kChunk); ++p) lists.sort(p);
  });
  return lists;
}

}  // namespace kernels::inline KERNELS_ABI::cpu
