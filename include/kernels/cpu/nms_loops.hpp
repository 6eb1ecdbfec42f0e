// The greedy loop of nms, compiled for each instruction set.
#pragma once

#include <kernels/cpu/isa.hpp>
#include <kernels/cpu/nms_grid.hpp>

namespace kernels::inline KERNELS_ABI::cpu {

namespace portable {

/// exact::product, for float without calling libm's fma where the compiler may not use it.
inline float product(float a, float b) {
  return static_cast<float>(static_cast<double>(a) * static_cast<double>(b));
}
inline double product(double a, double b) { return exact::product(a, b); }

/// math::nms_suppresses of one box and a chunk; most pairs are apart, which needs no product.
template <class T>
bool any_suppresses(const nms_chunk<T>& chunk, const box<T>& b, T area, T threshold, T plus) {
  for (int k = 0; k < chunk.count; ++k) {
    const T width =
        exact::add(exact::min(b.right, chunk.right[k]) - exact::max(b.left, chunk.left[k]), plus);
    if (!(width > T(0))) continue;
    const T height =
        exact::add(exact::min(b.bottom, chunk.bottom[k]) - exact::max(b.top, chunk.top[k]), plus);
    if (!(height > T(0))) continue;
    if (math::nms_suppresses(product(width, height), chunk.area[k], area, threshold)) return true;
  }
  return false;
}

#include <kernels/cpu/nms_greedy.inl>

}  // namespace portable
}  // namespace kernels::inline KERNELS_ABI::cpu

#if KERNELS_X86

KERNELS_TARGET_BEGIN("avx2,fma")
namespace kernels::inline KERNELS_ABI::cpu::avx2 {

template <class T>
struct nms_lanes;
template <>
struct nms_lanes<float> {
  static constexpr int kWidth = 8;
  using values = __m256;
  static values load(const float* p) { return _mm256_loadu_ps(p); }
  static values set(float a) { return _mm256_set1_ps(a); }
  static values add(values a, values b) { return _mm256_add_ps(a, b); }
  static values sub(values a, values b) { return _mm256_sub_ps(a, b); }
  static values mul(values a, values b) { return _mm256_mul_ps(a, b); }
  static values fma(values a, values b, values c) { return _mm256_fmadd_ps(a, b, c); }
  static values min(values a, values b) { return _mm256_min_ps(a, b); }
  static values max(values a, values b) { return _mm256_max_ps(a, b); }
  static bool any_greater(values a, values b) {
    return _mm256_movemask_ps(_mm256_cmp_ps(a, b, _CMP_GT_OQ)) != 0;
  }
};
template <>
struct nms_lanes<double> {
  static constexpr int kWidth = 4;
  using values = __m256d;
  static values load(const double* p) { return _mm256_loadu_pd(p); }
  static values set(double a) { return _mm256_set1_pd(a); }
  static values add(values a, values b) { return _mm256_add_pd(a, b); }
  static values sub(values a, values b) { return _mm256_sub_pd(a, b); }
  static values mul(values a, values b) { return _mm256_mul_pd(a, b); }
  static values fma(values a, values b, values c) { return _mm256_fmadd_pd(a, b, c); }
  static values min(values a, values b) { return _mm256_min_pd(a, b); }
  static values max(values a, values b) { return _mm256_max_pd(a, b); }
  static bool any_greater(values a, values b) {
    return _mm256_movemask_pd(_mm256_cmp_pd(a, b, _CMP_GT_OQ)) != 0;
  }
};

#include <kernels/cpu/nms_chunk.inl>
#include <kernels/cpu/nms_greedy.inl>

}  // namespace kernels::inline KERNELS_ABI::cpu::avx2
KERNELS_TARGET_END

KERNELS_TARGET_BEGIN("avx512f,avx512bw,avx512vl,avx512dq,avx512vbmi,avx2,fma")
namespace kernels::inline KERNELS_ABI::cpu::avx512 {

template <class T>
struct nms_lanes;
template <>
struct nms_lanes<float> {
  static constexpr int kWidth = 16;
  using values = __m512;
  static values load(const float* p) { return _mm512_loadu_ps(p); }
  static values set(float a) { return _mm512_set1_ps(a); }
  static values add(values a, values b) { return _mm512_add_ps(a, b); }
  static values sub(values a, values b) { return _mm512_sub_ps(a, b); }
  static values mul(values a, values b) { return _mm512_mul_ps(a, b); }
  static values fma(values a, values b, values c) { return _mm512_fmadd_ps(a, b, c); }
  static values min(values a, values b) { return _mm512_min_ps(a, b); }
  static values max(values a, values b) { return _mm512_max_ps(a, b); }
  static bool any_greater(values a, values b) { return _mm512_cmp_ps_mask(a, b, _CMP_GT_OQ) != 0; }
};
template <>
struct nms_lanes<double> {
  static constexpr int kWidth = 8;
  using values = __m512d;
  static values load(const double* p) { return _mm512_loadu_pd(p); }
  static values set(double a) { return _mm512_set1_pd(a); }
  static values add(values a, values b) { return _mm512_add_pd(a, b); }
  static values sub(values a, values b) { return _mm512_sub_pd(a, b); }
  static values mul(values a, values b) { return _mm512_mul_pd(a, b); }
  static values fma(values a, values b, values c) { return _mm512_fmadd_pd(a, b, c); }
  static values min(values a, values b) { return _mm512_min_pd(a, b); }
  static values max(values a, values b) { return _mm512_max_pd(a, b); }
  static bool any_greater(values a, values b) { return _mm512_cmp_pd_mask(a, b, _CMP_GT_OQ) != 0; }
};

#include <kernels/cpu/nms_chunk.inl>
#include <kernels/cpu/nms_greedy.inl>

}  // namespace kernels::inline KERNELS_ABI::cpu::avx512
KERNELS_TARGET_END

#endif
