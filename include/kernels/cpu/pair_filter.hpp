// Which pairs pass a test, from dot products of bfloat16 (AVX512_BF16), with a rigorous bound on
// their error: most pairs are decided by it, the rest are for the exact float32 values to decide.
//
// With µ near the mean of the points, c = x − µ is stored as ĉ in bfloat16. In real numbers
//   ⟨x,y⟩ = ⟨c,d⟩ + b(c) + b(d),  b(c) = ⟨c,µ⟩ + ‖µ‖²/2       (d = y − µ)
//   −‖x−y‖²/2 = ⟨c,d⟩ + b(c) + b(d),  b(c) = −‖c‖²/2
// so that a pair passes if this value reaches a limit. From ⟨ĉ,d̂⟩ it differs by no more than
//   ‖c−ĉ‖·‖d‖ + ‖ĉ‖·‖d−d̂‖ + roundings,
// of which the largest ones of 64 points are kept. The roundings that are added are those of the
// bfloat16 products (two to one ulp a pair), of b, of the comparison and of the exact value itself.
#pragma once

#include <kernels/core/buffer.hpp>
#include <kernels/cpu/bfloat16_pairs.hpp>
#include <kernels/cpu/cluster_tile.hpp>
#include <kernels/cpu/parallel.hpp>
#include <kernels/math/pair_test.hpp>

#include <cmath>
#include <vector>

#if KERNELS_X86
KERNELS_TARGET_BEGIN("avx512bf16,avx512f,avx512bw,avx512vl,avx512dq,avx512vbmi,avx2,fma")
namespace kernels::inline KERNELS_ABI::cpu::bfloat16_pairs {

/// Sums over a row, in sixteen parts: ‖c‖², ‖c − ĉ‖², ⟨c,µ⟩.
struct row_sums {
  float squares, residual, along;
};
inline row_sums store_row(const float* x, const float* mean, std::int64_t stride,
                          std::uint32_t* out) {
  __m512 squares = _mm512_setzero_ps(), residual = squares, along = squares;
  for (std::int64_t k = 0; k < stride; k += 16) {
    const __m512 m = _mm512_loadu_ps(mean + k);
    const __m512 c = _mm512_sub_ps(_mm512_loadu_ps(x + k), m);
    const __m256i stored = (__m256i)_mm512_cvtneps_pbh(c);
    const __m512 back = _mm512_castsi512_ps(_mm512_slli_epi32(_mm512_cvtepu16_epi32(stored), 16));
    const __m512 off = _mm512_sub_ps(c, back);
    squares = _mm512_fmadd_ps(c, c, squares);
    residual = _mm512_fmadd_ps(off, off, residual);
    along = _mm512_fmadd_ps(c, m, along);
    _mm256_storeu_si256(reinterpret_cast<__m256i*>(out + k / 2), stored);
  }
  return {_mm512_reduce_add_ps(squares), _mm512_reduce_add_ps(residual),
          _mm512_reduce_add_ps(along)};
}

}  // namespace kernels::inline KERNELS_ABI::cpu::bfloat16_pairs
KERNELS_TARGET_END

namespace kernels::inline KERNELS_ABI::cpu {

/// The compact copy of the points, and limits on what is computed from it.
class pair_filter {
 public:
  static constexpr std::int64_t kPanel = bfloat16_pairs::kPanel;
  static constexpr std::int64_t kMostRows = 128;

  /// Can and should it be used? Otherwise all pairs are for the exact values.
  static bool wanted(instruction_set isa, const point_rows& points) {
    return isa == instruction_set::avx512 && has_bf16() && points.count >= kPanel;
  }

  pair_filter(on_cpu exec, const point_rows& points, const math::pair_test& test)
      : stride_(points.stride),
        euclidean_(test.euclidean),
        limit_(test.euclidean ? -0.5 * static_cast<double>(test.bound)
                              : static_cast<double>(test.bound)),
        mean_(static_cast<std::size_t>(stride_), 0.0F) {
    const std::int64_t panels = (points.count + kPanel - 1) / kPanel;
    const double mean_squares = take_mean(points);
    mean_norm_ = std::sqrt(mean_squares);
    rows_.resize(points.count * pairs());
    panels_.resize(panels * kPanel * pairs());
    bias_.resize(panels * kPanel);
    sizes_.resize(static_cast<std::size_t>(panels));
    parallel_for(exec, panels, [&](std::int64_t p) { store(points, p, mean_squares); });
    for (const sizes& s : sizes_) usable_ = usable_ && s.norm < 1e15;
    usable_ = usable_ && mean_norm_ < 1e15;
  }
  /// False where values are too large.
  [[nodiscard]] bool usable() const { return usable_; }

  /// A panel's columns: values[i][j] within the error of row i's limits.
  void values(std::int64_t row, std::int64_t rows, std::int64_t panel, float* out) const {
    bfloat16_pairs::block_by_panel(rows_.data() + row * pairs(), pairs(), rows,
                                   panels_.data() + panel * kPanel * pairs(), pairs(),
                                   bias_.data() + panel * kPanel, out);
  }
  /// From `sure` on a value of that row passes, below `never` it does not.
  struct limits {
    float never, sure;
  };
  void row_limits(std::int64_t row, std::int64_t rows, std::int64_t panel, limits* out) const {
    const double error = most_error(row, rows, panel);
    constexpr float kInfinity = std::numeric_limits<float>::infinity();
    for (std::int64_t i = 0; i < rows; ++i) {
      const double limit = limit_ - static_cast<double>(bias_.data()[row + i]);
      out[i].never = math::next_float(static_cast<float>(limit - error), -1);
      out[i].sure = math::next_float(static_cast<float>(limit + error), 1);
      if (limit_ == -std::numeric_limits<double>::infinity()) out[i] = {-kInfinity, -kInfinity};
    }
  }

 private:
  struct sizes {
    double norm = 0, residual = 0, bias = 0;
  };

  [[nodiscard]] std::int64_t pairs() const { return stride_ / 2; }

  /// Of some of the points: any µ will do. Returns ‖µ‖².
  double take_mean(const point_rows& points) {
    const std::int64_t step = std::max<std::int64_t>(1, points.count / 256);
    double taken = 0, squares = 0;
    std::vector<double> sum(mean_.size(), 0.0);
    for (std::int64_t r = 0; r < points.count; r += step, ++taken) {
      for (std::size_t k = 0; k < sum.size(); ++k) {
        sum[k] += static_cast<double>(points.row(r)[k]);
      }
    }
    for (std::size_t k = 0; k < sum.size(); ++k) {
      mean_[k] = static_cast<float>(sum[k] / taken);
      squares = exact::fma(static_cast<double>(mean_[k]), static_cast<double>(mean_[k]), squares);
    }
    return squares;
  }

  void store(const point_rows& points, std::int64_t panel, double mean_squares) {
    const std::int64_t first = panel * kPanel;
    const std::int64_t count = std::min(kPanel, points.count - first);
    float* bias = bias_.data() + first;
    std::fill_n(bias, kPanel, 0.0F);
    sizes most;
    for (std::int64_t i = 0; i < count; ++i) {
      std::uint32_t* row = rows_.data() + (first + i) * pairs();
      const auto sums =
          bfloat16_pairs::store_row(points.row(first + i), mean_.data(), stride_, row);
      // a sum of squares in float is within 1 % for any dimension that fits a memory
      const double norm = 1.01 * std::sqrt(static_cast<double>(sums.squares)) + 1e-18;
      const double residual = 1.01 * std::sqrt(static_cast<double>(sums.residual)) + 1e-18;
      most.norm = std::max(most.norm, std::isfinite(norm) ? norm : 1e30);
      most.residual = std::max(most.residual, residual + 0x1p-23 * norm);
      bias[i] =
          static_cast<float>(euclidean_ ? -0.5 * static_cast<double>(sums.squares)
                                        : static_cast<double>(sums.along) + 0.5 * mean_squares);
      most.bias = std::max(most.bias, std::abs(static_cast<double>(bias[i])));
    }
    bfloat16_pairs::fill_panel(rows_.data() + first * pairs(), count, pairs(),
                               panels_.data() + first * pairs());
    sizes_[static_cast<std::size_t>(panel)] = most;
  }

  [[nodiscard]] double most_error(std::int64_t row, std::int64_t rows, std::int64_t panel) const {
    sizes a;
    for (std::int64_t p = row / kPanel; p <= (row + rows - 1) / kPanel; ++p) {
      const sizes& s = sizes_[static_cast<std::size_t>(p)];
      a = {std::max(a.norm, s.norm), std::max(a.residual, s.residual), std::max(a.bias, s.bias)};
    }
    const sizes& b = sizes_[static_cast<std::size_t>(panel)];
    const auto n = static_cast<double>(stride_);
    const double products = n * 0x1p-23;          // roundings of bfloat16 products
    const double sums = (n / 16 + 12) * 0x1p-24;  // of sixteen sums of float
    double error = a.residual * b.norm + (a.norm + a.residual) * b.residual;
    error += products * (a.norm + a.residual) * (b.norm + b.residual);
    error += 0x1p-21 * (a.norm * b.norm + a.bias + b.bias);
    if (std::isfinite(limit_)) error += 0x1p-21 * std::abs(limit_);
    if (euclidean_) {
      error += sums * (a.norm * a.norm + b.norm * b.norm + 2 * std::abs(limit_));
    } else {
      error += sums * (a.norm + b.norm) * mean_norm_;
      error += sums * (a.norm + mean_norm_) * (b.norm + mean_norm_);
    }
    return 1.01 * error + n * 1e-37;
  }

  std::int64_t stride_;
  bool euclidean_, usable_ = true;
  double limit_, mean_norm_ = 0;
  std::vector<float> mean_;
  buffer<std::uint32_t> rows_;    ///< pairs of bfloat16, row by row
  buffer<std::uint32_t> panels_;  ///< [panel][pair][64]
  buffer<float> bias_;
  std::vector<sizes> sizes_;  ///< the largest of each panel
};

}  // namespace kernels::inline KERNELS_ABI::cpu

#endif
