// Pairs of points that are near enough, found tile by tile: every pair once, no matrix of
// distances. What DBSCAN, threshold components and chinese whispers are made of.
#pragma once

#include <kernels/cpu/cluster_tile.hpp>
#include <kernels/cpu/dot_blocks.hpp>
#include <kernels/cpu/pair_filter.hpp>

#include <bit>
#include <optional>

namespace kernels::inline KERNELS_ABI::cpu {

/// Columns of a block of hits: one bit each.
inline constexpr std::int64_t kHitColumns = 64;

namespace hits_portable {
template <bool Distance>
inline std::uint64_t hit_bits(const float* raw, float bound) {
  std::uint64_t bits = 0;
  for (int j = 0; j < kHitColumns; ++j) {
    bits |= std::uint64_t{Distance ? raw[j] <= bound : raw[j] >= bound} << j;
  }
  return bits;
}
template <bool Distance>
float exact_pair(const float* a, const float* b, std::int64_t dimension) {
  return Distance ? math::squared_distance(a, b, dimension) : math::dot(a, b, dimension);
}
}  // namespace hits_portable
}  // namespace kernels::inline KERNELS_ABI::cpu

#if KERNELS_X86
KERNELS_TARGET_BEGIN("avx2,fma")
namespace kernels::inline KERNELS_ABI::cpu::hits_avx2 {
template <bool Distance>
inline std::uint64_t hit_bits(const float* raw, float bound) {
  const __m256 limit = _mm256_set1_ps(bound);
  std::uint64_t bits = 0;
  for (int g = 0; g < 8; ++g) {
    const __m256 v = _mm256_loadu_ps(raw + 8 * g);
    const __m256 hit =
        Distance ? _mm256_cmp_ps(v, limit, _CMP_LE_OQ) : _mm256_cmp_ps(v, limit, _CMP_GE_OQ);
    bits |= static_cast<std::uint64_t>(static_cast<unsigned>(_mm256_movemask_ps(hit))) << (8 * g);
  }
  return bits;
}
template <bool Distance>
float exact_pair(const float* a, const float* b, std::int64_t dimension) {
  return dot_avx2::dot_one<Distance>(a, b, dimension / math::kDotLanes);
}
}  // namespace kernels::inline KERNELS_ABI::cpu::hits_avx2
KERNELS_TARGET_END

KERNELS_TARGET_BEGIN("avx512f,avx512bw,avx512vl,avx512dq,avx512vbmi,avx2,fma")
namespace kernels::inline KERNELS_ABI::cpu::hits_avx512 {
template <bool Distance>
inline std::uint64_t hit_bits(const float* raw, float bound) {
  const __m512 limit = _mm512_set1_ps(bound);
  std::uint64_t bits = 0;
  for (int g = 0; g < 4; ++g) {
    const __m512 v = _mm512_loadu_ps(raw + 16 * g);
    const __mmask16 hit = Distance ? _mm512_cmp_ps_mask(v, limit, _CMP_LE_OQ)
                                   : _mm512_cmp_ps_mask(v, limit, _CMP_GE_OQ);
    bits |= std::uint64_t{hit} << (16 * g);
  }
  return bits;
}
template <bool Distance>
float exact_pair(const float* a, const float* b, std::int64_t dimension) {
  return dot_avx512::dot_one<Distance>(a, b, dimension / math::kDotLanes);
}
}  // namespace kernels::inline KERNELS_ABI::cpu::hits_avx512
KERNELS_TARGET_END
#endif

namespace kernels::inline KERNELS_ABI::cpu {

/// Which of 64 values pass the bound, and one pair's dot (squared distance): one instruction set.
struct hit_loops {
  std::uint64_t (*bits)(const float* raw, float bound);
  float (*exact_pair)(const float* a, const float* b, std::int64_t dimension);
};
template <bool Distance>
hit_loops hit_loops_for([[maybe_unused]] instruction_set isa) {
#if KERNELS_X86
  if (isa == instruction_set::avx512) {
    return {&hits_avx512::hit_bits<Distance>, &hits_avx512::exact_pair<Distance>};
  }
  if (isa == instruction_set::avx2) {
    return {&hits_avx2::hit_bits<Distance>, &hits_avx2::exact_pair<Distance>};
  }
#endif
  return {&hits_portable::hit_bits<Distance>, &hits_portable::exact_pair<Distance>};
}

/// Pairs that pass between points [row, row + rows) and [column, column + columns), the first of a
/// pair below the second: bit j of bits[i] is the pair (row + i, column + j).
struct hit_block {
  std::int64_t row, rows, column, columns;
  const std::uint64_t* bits;

  /// Calls body(i, j) for each hit, i < j.
  template <class Body>
  void for_each(const Body& body) const {
    for (std::int64_t i = 0; i < rows; ++i) {
      for (std::uint64_t left = bits[i]; left != 0; left &= left - 1) {
        body(static_cast<std::int32_t>(row + i),
             static_cast<std::int32_t>(column + std::countr_zero(left)));
      }
    }
  }
};

/// The columns of a block that come after its row.
inline std::uint64_t later_columns(std::int64_t row, std::int64_t column, std::int64_t columns) {
  std::uint64_t mask = ~std::uint64_t{0} >> (kHitColumns - columns);
  const std::int64_t first = row + 1 - column;
  if (first >= kHitColumns) return 0;
  if (first > 0) mask &= ~std::uint64_t{0} << first;
  return mask;
}

/// Finds the hits of a block: a bit for each pair whose exact float32 value passes.
template <bool Distance>
class hit_finder {
 public:
  hit_finder(on_cpu exec, const point_rows& points, const math::pair_test& test)
      : points_(points),
        test_(test),
        tile_(dot_tile_for<Distance>(choose(exec.isa))),
        loops_(hit_loops_for<Distance>(choose(exec.isa))) {
#if KERNELS_X86
    if (!pair_filter::wanted(choose(exec.isa), points)) return;
    filter_.emplace(exec, points, test);
    if (!filter_->usable()) filter_.reset();
#endif
  }

  /// `column` is a multiple of kHitColumns, `scratch` kDotBlockRows · kHitColumns floats that have
  /// been set once. Returns whether there is a hit.
  bool find(std::int64_t row, std::int64_t rows, std::int64_t column, std::int64_t columns,
            float* scratch, std::uint64_t* bits) const {
#if KERNELS_X86
    if (filter_ && filtered(row, rows, column, columns, scratch, bits)) return any(bits, rows);
#endif
    tile_(points_.row(row), points_.stride, rows, points_.row(column), points_.stride, columns,
          points_.stride, scratch, kHitColumns);
    for (std::int64_t i = 0; i < rows; ++i) {
      bits[i] = loops_.bits(scratch + i * kHitColumns, test_.bound) &
                later_columns(row + i, column, columns);
    }
    return any(bits, rows);
  }

 private:
  static bool any(const std::uint64_t* bits, std::int64_t rows) {
    return std::any_of(bits, bits + rows, [](std::uint64_t b) { return b != 0; });
  }

#if KERNELS_X86
  static constexpr std::int64_t kMostUnsure = 4;  ///< one in so many; then all are done exactly

  bool filtered(std::int64_t row, std::int64_t rows, std::int64_t column, std::int64_t columns,
                float* values, std::uint64_t* bits) const {
    const std::int64_t panel = column / kHitColumns;
    filter_->values(row, rows, panel, values);
    pair_filter::limits limits[kDotBlockRows];
    filter_->row_limits(row, rows, panel, limits);
    const hit_loops at_least = hit_loops_for<false>(instruction_set::avx512);
    std::uint64_t unsure[kDotBlockRows];
    std::int64_t count = 0;
    for (std::int64_t i = 0; i < rows; ++i) {
      const std::uint64_t mask = later_columns(row + i, column, columns);
      const float* v = values + i * kHitColumns;
      bits[i] = at_least.bits(v, limits[i].sure) & mask;
      unsure[i] = at_least.bits(v, limits[i].never) & mask & ~bits[i];
      if (unsure[i] != 0) count += std::popcount(unsure[i]);
    }
    if (count * kMostUnsure > rows * columns) return false;
    for (std::int64_t i = 0; count > 0 && i < rows; ++i) {
      for (; unsure[i] != 0; unsure[i] &= unsure[i] - 1) {
        const int j = std::countr_zero(unsure[i]);
        const float value =
            loops_.exact_pair(points_.row(row + i), points_.row(column + j), points_.stride);
        if (test_.passes(value)) bits[i] |= std::uint64_t{1} << j;
      }
    }
    return true;
  }
  std::optional<pair_filter> filter_;
#endif

  point_rows points_;
  math::pair_test test_;
  dot_tile_function tile_;
  hit_loops loops_;
};

/// Calls body(hit_block) for every block that has a hit, on several threads at a time. A block is
/// left out if settled(row, rows, column, columns) says that its hits would change nothing.
template <bool Distance, class Settled, class Body>
void find_hits(on_cpu exec, const point_rows& points, const math::pair_test& test,
               const Settled& settled, const Body& body) {
  const hit_finder<Distance> finder(exec, points, test);
  constexpr std::int64_t kSpan = 8 * kHitColumns;
  const std::int64_t n = points.count, block_rows = dot_block_rows(points.stride);
  const std::int64_t spans = (n + kSpan - 1) / kSpan;
  parallel_for(exec, (n + block_rows - 1) / block_rows * spans, [&](std::int64_t k) {
    const std::int64_t row = k / spans * block_rows, rows = std::min(block_rows, n - row);
    const std::int64_t begin = k % spans * kSpan, end = std::min(begin + kSpan, n);
    if (end <= row + 1) return;
    alignas(64) float scratch[kDotBlockRows * kHitColumns];
    std::fill_n(scratch, rows * kHitColumns, 0.0F);
    std::uint64_t bits[kDotBlockRows];
    for (std::int64_t column = begin; column < end; column += kHitColumns) {
      const std::int64_t columns = std::min(kHitColumns, end - column);
      if (column + columns <= row + 1 || settled(row, rows, column, columns)) continue;
      if (finder.find(row, rows, column, columns, scratch, bits)) {
        body(hit_block{row, rows, column, columns, bits});
      }
    }
  });
}

/// The pairs that pass a test, for either metric.
template <class Settled, class Body>
void for_each_hit_block(on_cpu exec, const point_rows& points, const math::pair_test& test,
                        const Settled& settled, const Body& body) {
  if (test.euclidean) {
    find_hits<true>(exec, points, test, settled, body);
  } else {
    find_hits<false>(exec, points, test, settled, body);
  }
}

}  // namespace kernels::inline KERNELS_ABI::cpu
