// A bfloat16 copy of points, and lower bounds of their distances from it at twice the speed of
// float32. A bound never exceeds the exact float32 distance (the proof stands at each term), so
// what it excludes is excluded; what it does not is computed exactly by the caller.
#pragma once

#include <kernels/core/buffer.hpp>
#include <kernels/cpu/bfloat16_tile.hpp>
#include <kernels/cpu/cluster_tile.hpp>
#include <kernels/cpu/parallel.hpp>

#include <cmath>
#include <vector>

namespace kernels::inline KERNELS_ABI::cpu {

/// Points less their mean µ, rounded to bfloat16: x = µ + x̂ + r, so that
/// ⟨x, y⟩ = ⟨x̂, ŷ⟩ + ⟨x, µ⟩ + ⟨y, µ⟩ − ⟨µ, µ⟩ + e with |e| ≤ |r||ŷ| + |x̂||s| + |r||s|, and
/// |x − y|² = |x − µ|² + |y − µ|² − 2⟨x̂, ŷ⟩ − 2e.
class bfloat16_points {
 public:
  static constexpr std::int64_t kSide = kTileSide;

  /// Without the instructions for it, there are no bounds.
  bfloat16_points(on_cpu exec, const point_rows& points)
      : points_(points), loops_(bfloat16_loops_for(choose(exec.isa))) {
    if (loops_.tile == nullptr || points.stride == 0) return;
    const std::int64_t n = points.count, blocks = (n + kSide - 1) / kSide;
    const std::int64_t panels = (n + kGroup - 1) / kGroup + 1;  // tiles take two at a time
    panels_.resize(panels * kGroup * points.stride);
    std::fill_n(panels_.data() + (n / kGroup) * kGroup * points.stride,
                panels_.size() - (n / kGroup) * kGroup * points.stride, std::uint16_t{0});
    row_.resize(blocks * kSide);
    std::fill_n(row_.data(), row_.size(), 0.0F);
    blocks_.resize(static_cast<std::size_t>(blocks));
    find_mean();
    parallel_for(exec, blocks, [&](std::int64_t block) { pack(block); });
    known_ = true;
    for (const block_bounds& b : blocks_) known_ = known_ && b.norm < 1e15;  // none overflows
  }

  /// out[i][j] (rows of kSide) ≤ the distance of points a + i and b + j; a and b are multiples of
  /// kSide. Columns after b_count, up to a whole group, are infinite. False: no bounds are known.
  bool lower_bounds(std::int64_t a, std::int64_t a_count, std::int64_t b, std::int64_t b_count,
                    float* out) const {
    if (!known_) return false;
    const block_bounds& x = blocks_[static_cast<std::size_t>(a / kSide)];
    const block_bounds& y = blocks_[static_cast<std::size_t>(b / kSide)];
    const auto dimension = static_cast<double>(points_.stride);
    const double e = x.residual * y.norm + x.norm * y.residual + x.residual * y.residual;
    // the instruction adds two products to one sum; four roundings are allowed for each time, and
    // all subnormals may be lost
    const double summed = (2 * dimension + 32) * 0x1p-24 * x.norm * y.norm + dimension * 1e-36;
    bfloat16_terms terms{row_.data() + a, row_.data() + b, 0, 0};
    if (points_.cosine) {
      // the exact distance: dimension / 16 fma and five additions of values up to 1, then 1 − s;
      // here four operations on values below 8
      const double rounded = (dimension / 16 + 40) * 0x1p-22;
      terms.constant = static_cast<float>(1 + mean_squares_ - e - summed - rounded);
    } else {
      const double most = x.norm + x.residual, other = y.norm + y.residual;
      const double rounded = (most + other) * (most + other) * 0x1p-20;
      terms.constant = static_cast<float>(-(2 * e + 2 * summed + rounded) * (1 + 0x1p-20));
      // squares and their sum are exact to (dimension / 16 + 9) roundings, the root to one
      terms.shrink = static_cast<float>(1 - (dimension / 16 + 40) * 0x1p-23);
      if (!(terms.shrink > 0)) return false;
    }
    loops_.tile(panel(a), panel(b), a_count, b_count, points_.stride, points_.cosine, terms, out,
                kSide);
    const std::int64_t whole = (b_count + kGroup - 1) / kGroup * kGroup;
    for (std::int64_t i = 0; i < a_count; ++i) {
      std::fill(out + i * kSide + b_count, out + i * kSide + whole,
                std::numeric_limits<float>::infinity());
    }
    return true;
  }

 private:
  struct block_bounds {
    double norm = 0, residual = 0;  ///< the largest |x̂| and |r| of a block
  };

  [[nodiscard]] const std::uint16_t* panel(std::int64_t point) const {
    return panels_.data() + point * points_.stride;
  }
  /// Any µ will do; the mean of some points makes bounds tight where points lie in a narrow cone.
  void find_mean() {
    const std::int64_t n = points_.count, step = std::max<std::int64_t>(1, n / 1024);
    mean_.assign(static_cast<std::size_t>(points_.stride), 0.0F);
    std::vector<double> sum(mean_.size(), 0.0);
    double count = 0;
    for (std::int64_t p = 0; p < n; p += step, ++count) {
      for (std::size_t k = 0; k < sum.size(); ++k) sum[k] += double{points_.row(p)[k]};
    }
    for (std::size_t k = 0; k < sum.size(); ++k) {
      mean_[k] = static_cast<float>(sum[k] / count);
      mean_squares_ += double{mean_[k]} * double{mean_[k]};
    }
  }
  void pack(std::int64_t block) {
    const std::int64_t end = std::min(points_.count, (block + 1) * kSide);
    for (std::int64_t p = block * kSide; p < end; ++p) {
      std::uint16_t* out = panels_.data() + p / kGroup * kGroup * points_.stride + p % kGroup * 2;
      const packed_terms t = loops_.pack(points_.row(p), mean_.data(), points_.stride, out);
      // sums in double are exact to far less than 2^-30
      block_bounds& b = blocks_[static_cast<std::size_t>(block)];
      b.norm = std::max(b.norm, std::sqrt(t.squares) * (1 + 0x1p-30));
      b.residual = std::max(b.residual, std::sqrt(t.residual_squares) * (1 + 0x1p-30));
      row_.data()[p] = static_cast<float>(points_.cosine ? -t.with_mean : t.centred_squares);
    }
  }

  point_rows points_;
  bfloat16_loops loops_;
  buffer<std::uint16_t> panels_;  ///< by sixteen points: pairs of elements, of all points in turn
  buffer<float> row_;             ///< −⟨x, µ⟩, or |x − µ|²
  std::vector<block_bounds> blocks_;
  std::vector<float> mean_;
  double mean_squares_ = 0;
  bool known_ = false;
};

}  // namespace kernels::inline KERNELS_ABI::cpu
