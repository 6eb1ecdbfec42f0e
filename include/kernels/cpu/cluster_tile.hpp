// What passes over blocks of distances in clustering: loops for three instruction sets.
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

/// Points in a tile's side.
inline constexpr std::int64_t kTileSide = 128;

}  // namespace kernels::inline KERNELS_ABI::cpu
