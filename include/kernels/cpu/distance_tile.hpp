// The blocks of pairs that clustering is made of: distances of up to 128 × 128 points, bit for bit
// those of math/dot.hpp, or lower bounds of them at less cost, to be made exact one by one.
#pragma once

#include <kernels/cpu/bfloat16_points.hpp>
#include <kernels/cpu/cluster_tile.hpp>

namespace kernels::inline KERNELS_ABI::cpu {

/// A block of distances, with the loops of one instruction set.
class distance_tile {
 public:
  static constexpr std::int64_t kSide = kTileSide;

  explicit distance_tile(instruction_set isa)
      : loops_(tile_loops_for(isa)),
        dots_(dot_tile_for<false>(isa)),
        squares_(dot_tile_for<true>(isa)) {}

  /// Distances of points [a, a + a_count) of `left` and [b, b + b_count) of `right`; columns after
  /// those, up to a whole group, are infinite.
  void fill(const point_rows& left, std::int64_t a, std::int64_t a_count, const point_rows& right,
            std::int64_t b, std::int64_t b_count) {
    set(left, a, right, b, b_count, true);
    const auto product = left.cosine ? dots_ : squares_;
    product(left.row(a), left.stride, a_count, right.row(b), right.stride, b_count, left.stride,
            values_, kSide);
    for (std::int64_t i = 0; i < a_count; ++i) {
      float* row = values_ + i * kSide;
      std::fill(row + b_count, row + groups_ * kGroup, 0.0F);
      if (left.cosine) {
        loops_.cosine_distances(row, groups_);
      } else {
        loops_.euclidean_distances(row, groups_);
      }
      std::fill(row + b_count, row + groups_ * kGroup, std::numeric_limits<float>::infinity());
    }
  }

  /// Lower bounds where there are any and they were of use lately, otherwise distances. Points a
  /// and b of `points` start a tile's side.
  void fill_bounds(const point_rows& points, const bfloat16_points& compact, std::int64_t a,
                   std::int64_t a_count, std::int64_t b, std::int64_t b_count) {
    set(points, a, points, b, b_count, false);
    if (pause_ > 0) {
      --pause_;
    } else if (compact.lower_bounds(a, a_count, b, b_count, values_)) {
      next_pause_ = std::max<std::int64_t>(1, next_pause_ / 2);
      return;
    }
    fill(points, a, a_count, points, b, b_count);
  }
  /// Bounds excluded too little here: distances instead, and for some tiles to come.
  void make_exact(std::int64_t a_count, std::int64_t b_count) {
    next_pause_ = std::min<std::int64_t>(64, next_pause_ * 4);
    pause_ = next_pause_;
    fill(left_, a_, a_count, right_, b_, b_count);
  }

  /// Distances or, unless exact(), lower bounds.
  [[nodiscard]] const float* row(std::int64_t i) const { return values_ + i * kSide; }
  [[nodiscard]] bool exact() const { return exact_; }
  [[nodiscard]] float distance(std::int64_t i, std::int64_t j) const {
    if (exact_) return row(i)[j];
    const float* x = left_.row(a_ + i);
    const float* y = right_.row(b_ + j);
    float value;
    const auto product = left_.cosine ? dots_ : squares_;
    product(x, left_.stride, 1, y, right_.stride, 1, left_.stride, &value, 1);
    return left_.cosine ? math::cosine_distance(math::clamp_similarity(value)) : exact::sqrt(value);
  }
  [[nodiscard]] std::int64_t groups() const { return groups_; }
  [[nodiscard]] const tile_loops& loops() const { return loops_; }

 private:
  void set(const point_rows& left, std::int64_t a, const point_rows& right, std::int64_t b,
           std::int64_t b_count, bool exact) {
    left_ = left;
    right_ = right;
    a_ = a;
    b_ = b;
    groups_ = (b_count + kGroup - 1) / kGroup;
    exact_ = exact;
  }

  const tile_loops& loops_;
  dot_tile_function dots_, squares_;
  point_rows left_, right_;
  std::int64_t a_ = 0, b_ = 0, groups_ = 0, pause_ = 0, next_pause_ = 1;
  bool exact_ = true;
  alignas(64) float values_[kSide * kSide];
};

}  // namespace kernels::inline KERNELS_ABI::cpu
