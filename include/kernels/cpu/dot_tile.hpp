// Tiles of dots and squared distances between packed float32 rows, bit for bit math::dot and
// math::squared_distance: what cosine, search and clustering spend their time in.
#pragma once

#include <kernels/cpu/isa.hpp>
#include <kernels/math/dot.hpp>

namespace kernels::inline KERNELS_ABI::cpu {

/// out[i][j] of rows a[i] and b[j]: `dimension` is a multiple of sixteen, and rows are padded to it
/// with zeros. Strides count floats. Rows aligned to 64 bytes are read fastest; no alignment is
/// needed. Best when the rows of a tile stay in the cache: some tens of rows a side.
using dot_tile_function = void (*)(const float* a, std::int64_t a_stride, std::int64_t a_rows,
                                   const float* b, std::int64_t b_stride, std::int64_t b_rows,
                                   std::int64_t dimension, float* out, std::int64_t out_stride);

namespace dot_portable {

struct dot_lanes {
  static constexpr int kTileRows = 1;
  static constexpr int kTileColumns = 1;
  float sums[math::kDotLanes];

  static dot_lanes zero() { return {}; }
  static dot_lanes load(const float* p) {
    dot_lanes v;
    for (int k = 0; k < math::kDotLanes; ++k) v.sums[k] = p[k];
    return v;
  }
  static dot_lanes sub(const dot_lanes& a, const dot_lanes& b) {
    dot_lanes v;
    for (int k = 0; k < math::kDotLanes; ++k) v.sums[k] = exact::add(a.sums[k], -b.sums[k]);
    return v;
  }
  static dot_lanes fma(const dot_lanes& a, const dot_lanes& b, const dot_lanes& c) {
    dot_lanes v;
    for (int k = 0; k < math::kDotLanes; ++k) {
      v.sums[k] = exact::fma(a.sums[k], b.sums[k], c.sums[k]);
    }
    return v;
  }
  float join() { return math::join_lanes(sums); }
};

#include <kernels/cpu/dot_tile.inl>

}  // namespace dot_portable
}  // namespace kernels::inline KERNELS_ABI::cpu

#if KERNELS_X86

KERNELS_TARGET_BEGIN("avx2,fma")
namespace kernels::inline KERNELS_ABI::cpu::dot_avx2 {

struct dot_lanes {
  static constexpr int kTileRows = 2;
  static constexpr int kTileColumns = 3;
  __m256 low, high;

  static dot_lanes zero() { return {_mm256_setzero_ps(), _mm256_setzero_ps()}; }
  static dot_lanes load(const float* p) { return {_mm256_loadu_ps(p), _mm256_loadu_ps(p + 8)}; }
  static dot_lanes sub(dot_lanes a, dot_lanes b) {
    return {_mm256_sub_ps(a.low, b.low), _mm256_sub_ps(a.high, b.high)};
  }
  static dot_lanes fma(dot_lanes a, dot_lanes b, dot_lanes c) {
    return {_mm256_fmadd_ps(a.low, b.low, c.low), _mm256_fmadd_ps(a.high, b.high, c.high)};
  }
  [[nodiscard]] float join() const {
    const __m256 eight = _mm256_add_ps(low, high);
    const __m128 four = _mm_add_ps(_mm256_castps256_ps128(eight), _mm256_extractf128_ps(eight, 1));
    const __m128 two = _mm_add_ps(four, _mm_movehl_ps(four, four));
    const __m128 one = _mm_add_ss(two, _mm_shuffle_ps(two, two, 1));
    return _mm_cvtss_f32(_mm_add_ss(one, _mm_setzero_ps()));
  }
};

#include <kernels/cpu/dot_tile.inl>

}  // namespace kernels::inline KERNELS_ABI::cpu::dot_avx2
KERNELS_TARGET_END

KERNELS_TARGET_BEGIN("avx512f,avx512bw,avx512vl,avx512dq,avx512vbmi,avx2,fma")
namespace kernels::inline KERNELS_ABI::cpu::dot_avx512 {

struct dot_lanes {
  static constexpr int kTileRows = 4;
  static constexpr int kTileColumns = 6;
  __m512 sixteen;

  static dot_lanes zero() { return {_mm512_setzero_ps()}; }
  static dot_lanes load(const float* p) { return {_mm512_loadu_ps(p)}; }
  static dot_lanes sub(dot_lanes a, dot_lanes b) { return {_mm512_sub_ps(a.sixteen, b.sixteen)}; }
  static dot_lanes fma(dot_lanes a, dot_lanes b, dot_lanes c) {
    return {_mm512_fmadd_ps(a.sixteen, b.sixteen, c.sixteen)};
  }
  [[nodiscard]] float join() const {
    const __m256 eight =
        _mm256_add_ps(_mm512_castps512_ps256(sixteen), _mm512_extractf32x8_ps(sixteen, 1));
    const __m128 four = _mm_add_ps(_mm256_castps256_ps128(eight), _mm256_extractf128_ps(eight, 1));
    const __m128 two = _mm_add_ps(four, _mm_movehl_ps(four, four));
    const __m128 one = _mm_add_ss(two, _mm_shuffle_ps(two, two, 1));
    return _mm_cvtss_f32(_mm_add_ss(one, _mm_setzero_ps()));
  }
};

#include <kernels/cpu/dot_tile.inl>

}  // namespace kernels::inline KERNELS_ABI::cpu::dot_avx512
KERNELS_TARGET_END

#endif

namespace kernels::inline KERNELS_ABI::cpu {

/// The tile loop of one instruction set (never best): dots, or squared distances.
template <bool Distance = false>
dot_tile_function dot_tile_for([[maybe_unused]] instruction_set isa) {
#if KERNELS_X86
  if (isa == instruction_set::avx512) return &dot_avx512::dot_tile<Distance>;
  if (isa == instruction_set::avx2) return &dot_avx2::dot_tile<Distance>;
#endif
  return &dot_portable::dot_tile<Distance>;
}

}  // namespace kernels::inline KERNELS_ABI::cpu
