// mask_logits' inner loops, for each instruction set.
#pragma once

#include <kernels/cpu/isa.hpp>
#include <kernels/math/mask_logits.hpp>

#include <utility>

namespace kernels::inline KERNELS_ABI::cpu {

struct mask_thresholds {
  float middle, upper, lower;
};
/// Pixels above the upper and above the lower threshold.
struct mask_levels {
  std::int64_t above = 0, below = 0;
};

struct mask_logits_loops {
  using threshold_loop = void (*)(const float* row, const std::int32_t* low, const float* weight,
                                  std::int64_t words, const mask_thresholds& thresholds,
                                  const std::uint64_t* inside, std::uint64_t* out,
                                  mask_levels* levels);
  void (*locate)(const math::logit_axis& axis, std::int64_t count, math::logit_tap* taps);
  void (*blend)(const float* top, const float* bottom, float weight, std::int64_t size, float* out);
  threshold_loop threshold, threshold_and_count;
};

/// A row of blended logits has this many copies of its last value behind it.
inline constexpr std::int64_t kLogitPadding = 32;

namespace portable {

struct logit_lanes {
  static constexpr std::int64_t kWidth = 1;
  static float set(float a) { return a; }
  static float load(const float* p) { return *p; }
  static void store(float* p, float a) { *p = a; }
  static float sub(float a, float b) { return a - b; }
  static float fma(float a, float b, float c) { return exact::fma(a, b, c); }
  static std::uint64_t above(float a, float b) { return std::uint64_t{a > b}; }
  static std::pair<float, float> neighbours(const float* row, const std::int32_t* low) {
    return {row[*low], row[*low + 1]};
  }
};

#include <kernels/cpu/mask_logits_rows.inl>

}  // namespace portable
}  // namespace kernels::inline KERNELS_ABI::cpu

#if KERNELS_X86
KERNELS_TARGET_BEGIN("avx2,fma")
namespace kernels::inline KERNELS_ABI::cpu::avx2 {

struct logit_lanes {
  static constexpr std::int64_t kWidth = 8;
  static __m256 set(float a) { return _mm256_set1_ps(a); }
  static __m256 load(const float* p) { return _mm256_loadu_ps(p); }
  static void store(float* p, __m256 a) { _mm256_storeu_ps(p, a); }
  static __m256 sub(__m256 a, __m256 b) { return _mm256_sub_ps(a, b); }
  static __m256 fma(__m256 a, __m256 b, __m256 c) { return _mm256_fmadd_ps(a, b, c); }
  static std::uint64_t above(__m256 a, __m256 b) {
    return static_cast<std::uint32_t>(_mm256_movemask_ps(_mm256_cmp_ps(a, b, _CMP_GT_OQ)));
  }
  struct two {
    __m256 a, b;
  };
  /// Samples low[i] and low[i] + 1: out of one load each where eight pixels lie that close.
  static two neighbours(const float* row, const std::int32_t* low) {
    const __m256i at = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(low));
    if (low[7] - low[0] < 8) {
      const __m256i in_load = _mm256_sub_epi32(at, _mm256_set1_epi32(low[0]));
      const float* p = row + low[0];
      return {_mm256_permutevar8x32_ps(_mm256_loadu_ps(p), in_load),
              _mm256_permutevar8x32_ps(_mm256_loadu_ps(p + 1), in_load)};
    }
    return {_mm256_i32gather_ps(row, at, 4), _mm256_i32gather_ps(row + 1, at, 4)};
  }
};

#include <kernels/cpu/mask_logits_rows.inl>

}  // namespace kernels::inline KERNELS_ABI::cpu::avx2
KERNELS_TARGET_END

KERNELS_TARGET_BEGIN("avx512f,avx512bw,avx512vl,avx512dq,avx512vbmi,avx2,fma")
namespace kernels::inline KERNELS_ABI::cpu::avx512 {

struct logit_lanes {
  static constexpr std::int64_t kWidth = 16;
  static __m512 set(float a) { return _mm512_set1_ps(a); }
  static __m512 load(const float* p) { return _mm512_loadu_ps(p); }
  static void store(float* p, __m512 a) { _mm512_storeu_ps(p, a); }
  static __m512 sub(__m512 a, __m512 b) { return _mm512_sub_ps(a, b); }
  static __m512 fma(__m512 a, __m512 b, __m512 c) { return _mm512_fmadd_ps(a, b, c); }
  static std::uint64_t above(__m512 a, __m512 b) { return _mm512_cmp_ps_mask(a, b, _CMP_GT_OQ); }
  struct two {
    __m512 a, b;
  };
  static two neighbours(const float* row, const std::int32_t* low) {
    const __m512i at = _mm512_loadu_si512(low);
    if (low[15] - low[0] < 16) {
      const __m512i in_load = _mm512_sub_epi32(at, _mm512_set1_epi32(low[0]));
      const float* p = row + low[0];
      return {_mm512_permutexvar_ps(in_load, _mm512_loadu_ps(p)),
              _mm512_permutexvar_ps(in_load, _mm512_loadu_ps(p + 1))};
    }
    return {_mm512_i32gather_ps(at, row, 4), _mm512_i32gather_ps(at, row + 1, 4)};
  }
};

#include <kernels/cpu/mask_logits_rows.inl>

}  // namespace kernels::inline KERNELS_ABI::cpu::avx512
KERNELS_TARGET_END
#endif

namespace kernels::inline KERNELS_ABI::cpu {

inline const mask_logits_loops& choose_mask_logits_loops(instruction_set wanted) {
  switch (choose(wanted)) {
#if KERNELS_X86
    case instruction_set::avx512:
      return avx512::kMaskLogitsLoops;
    case instruction_set::avx2:
      return avx2::kMaskLogitsLoops;
#endif
    default:
      return portable::kMaskLogitsLoops;
  }
}

}  // namespace kernels::inline KERNELS_ABI::cpu
