// Which of many boxes overlap one: the loop that trackers spend most time in.
#pragma once

#include <kernels/cpu/isa.hpp>
#include <kernels/math/box.hpp>

namespace kernels::inline KERNELS_ABI::cpu {

/// A column's box as (left, top, −right, −bottom), so that all four conditions are differences from
/// the row's (right, bottom, −left, −top) that stay below `one` (1 or 0, the pixel convention).
struct overlap_corners {
  double n[4];
};
inline overlap_corners overlap_column(const box<double>& b) {
  return {{b.left, b.top, -b.right, -b.bottom}};
}

namespace portable {

/// Indices of columns that overlap the row, ascending, and their number.
inline std::int64_t overlap_hits(const box<double>& row, const overlap_corners* columns,
                                 std::int64_t count, double one, std::int32_t* hits) {
  std::int64_t found = 0;
  for (std::int64_t j = 0; j < count; ++j) {
    const double* c = columns[j].n;
    const bool hit = c[0] - row.right < one && c[1] - row.bottom < one && c[2] + row.left < one &&
                     c[3] + row.top < one;
    hits[found] = static_cast<std::int32_t>(j);
    found += hit ? 1 : 0;
  }
  return found;
}

}  // namespace portable

#if KERNELS_X86
KERNELS_TARGET_BEGIN("avx2,fma")
namespace avx2 {

inline std::int64_t overlap_hits(const box<double>& row, const overlap_corners* columns,
                                 std::int64_t count, double one, std::int32_t* hits) {
  const __m256d corners = _mm256_setr_pd(row.right, row.bottom, -row.left, -row.top);
  const __m256d ones = _mm256_set1_pd(one);
  std::int64_t found = 0;
  for (std::int64_t j = 0; j < count; ++j) {
    const __m256d apart = _mm256_sub_pd(_mm256_loadu_pd(columns[j].n), corners);
    hits[found] = static_cast<std::int32_t>(j);
    found += _mm256_movemask_pd(_mm256_cmp_pd(apart, ones, _CMP_LT_OQ)) == 15 ? 1 : 0;
  }
  return found;
}

}  // namespace avx2
KERNELS_TARGET_END
#endif

using overlap_loop = std::int64_t (*)(const box<double>&, const overlap_corners*, std::int64_t,
                                      double, std::int32_t*);
inline overlap_loop overlap_loop_for([[maybe_unused]] instruction_set isa) {
#if KERNELS_X86
  if (choose(isa) != instruction_set::portable) return avx2::overlap_hits;
#endif
  return portable::overlap_hits;
}

}  // namespace kernels::inline KERNELS_ABI::cpu
