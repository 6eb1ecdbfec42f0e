// The blocks of pairs that clustering is made of: distances of up to 128 × 128 points, bit for bit
// those of math/dot.hpp, and the tests that pass over them.
#pragma once

#include <kernels/cpu/dot_tile.hpp>
#include <kernels/math/mutual_reachability.hpp>

#include <algorithm>
#include <limits>

namespace kernels::inline KERNELS_ABI::cpu {

/// Loops over a row of distances; lengths are in groups of sixteen.
struct tile_loops {
  void (*cosine_distances)(float* row, std::int64_t groups);
  void (*euclidean_distances)(float* row, std::int64_t groups);
  std::uint64_t (*within_one)(const float* row, float bound, std::int64_t groups);
  std::uint64_t (*within_each)(const float* row, const float* bounds, std::int64_t groups);
  void (*reachabilities)(const float* row, float core, const float* cores, float alpha,
                         float* weights, std::int64_t groups);
};
inline constexpr int kGroup = 16;

namespace cluster_portable {
#include <kernels/cpu/cluster_tile.inl>
}  // namespace cluster_portable
}  // namespace kernels::inline KERNELS_ABI::cpu

#if KERNELS_X86
KERNELS_TARGET_BEGIN("avx2,fma")
namespace kernels::inline KERNELS_ABI::cpu::cluster_avx2 {
#include <kernels/cpu/cluster_tile.inl>
}  // namespace kernels::inline KERNELS_ABI::cpu::cluster_avx2
KERNELS_TARGET_END
KERNELS_TARGET_BEGIN("avx512f,avx512bw,avx512vl,avx512dq,avx512vbmi,avx2,fma")
namespace kernels::inline KERNELS_ABI::cpu::cluster_avx512 {
#include <kernels/cpu/cluster_tile.inl>
}  // namespace kernels::inline KERNELS_ABI::cpu::cluster_avx512
KERNELS_TARGET_END
#endif

namespace kernels::inline KERNELS_ABI::cpu {

inline const tile_loops& tile_loops_for([[maybe_unused]] instruction_set isa) {
#if KERNELS_X86
  if (isa == instruction_set::avx512) return cluster_avx512::loops();
  if (isa == instruction_set::avx2) return cluster_avx2::loops();
#endif
  return cluster_portable::loops();
}

/// Points as rows of floats: unit rows for cosine, padded to a multiple of sixteen.
struct point_rows {
  const float* data = nullptr;
  std::int64_t count = 0, stride = 0;
  bool cosine = true;

  [[nodiscard]] const float* row(std::int64_t r) const { return data + r * stride; }
};

/// A block of distances, with the loops of one instruction set.
class distance_tile {
 public:
  static constexpr std::int64_t kSide = 128;

  explicit distance_tile(instruction_set isa) : isa_(isa), loops_(tile_loops_for(isa)) {}

  /// Distances of points [a, a + a_count) of `left` and [b, b + b_count) of `right`; columns after
  /// those, up to a whole group, are infinite.
  void fill(const point_rows& left, std::int64_t a, std::int64_t a_count, const point_rows& right,
            std::int64_t b, std::int64_t b_count) {
    const auto dots = left.cosine ? dot_tile_for<false>(isa_) : dot_tile_for<true>(isa_);
    dots(left.row(a), left.stride, a_count, right.row(b), right.stride, b_count, left.stride,
         values_, kSide);
    groups_ = (b_count + kGroup - 1) / kGroup;
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
  [[nodiscard]] const float* row(std::int64_t i) const { return values_ + i * kSide; }
  [[nodiscard]] std::int64_t groups() const { return groups_; }
  [[nodiscard]] const tile_loops& loops() const { return loops_; }

 private:
  instruction_set isa_;
  const tile_loops& loops_;
  std::int64_t groups_ = 0;
  alignas(64) float values_[kSide * kSide];
};

}  // namespace kernels::inline KERNELS_ABI::cpu
