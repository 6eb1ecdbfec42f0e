// The first pass of search with AVX-512: bfloat16 and half as floats, and the dot products of
// bfloat16 (AVX512_BF16) and 8-bit integers (AVX512_VNNI) where the processor has them.
#pragma once

#include <kernels/cpu/isa.hpp>

KERNELS_TARGET_BEGIN("avx512f,avx512bw,avx512vl,avx512dq,avx512vbmi,avx2,fma")
namespace kernels::inline KERNELS_ABI::cpu::search_avx512 {

struct float_sums {
  struct sums {
    __m512 sixteen;
  };
  static sums zero() { return {_mm512_setzero_ps()}; }
  static void store(const sums& s, const std::byte* /*q*/, std::int64_t /*steps*/, float* out) {
    _mm512_storeu_ps(out, s.sixteen);
  }
};

struct bfloat16_step : float_sums {
  static constexpr int kBytes = 64, kElements = 2, kMostQueries = 4;
  static constexpr bool kPairs = true;
  static constexpr int groups(int /*queries*/) { return 4; }
  struct rows {
    __m512i pairs;
  };
  struct query {
    __m512 first, second;
  };
  static rows load(const std::byte* p) { return {_mm512_loadu_si512(p)}; }
  static query broadcast(const std::byte* q, std::int64_t s, std::int64_t /*steps*/) {
    std::int32_t pair;
    std::memcpy(&pair, q + 4 * s, sizeof pair);
    const __m512i both = _mm512_set1_epi32(pair);
    return {first_of(both), second_of(both)};
  }
  static void add(sums& s, const query& q, const rows& r) {
    s.sixteen = _mm512_fmadd_ps(q.first, first_of(r.pairs), s.sixteen);
    s.sixteen = _mm512_fmadd_ps(q.second, second_of(r.pairs), s.sixteen);
  }
  static __m512 first_of(__m512i pairs) {
    return _mm512_castsi512_ps(_mm512_slli_epi32(pairs, 16));
  }
  static __m512 second_of(__m512i pairs) {
    return _mm512_castsi512_ps(_mm512_and_si512(pairs, _mm512_set1_epi32(-65536)));
  }
};

struct float16_step : float_sums {
  static constexpr int kBytes = 32, kElements = 1, kMostQueries = 6;
  static constexpr bool kPairs = true;
  static constexpr int groups(int /*queries*/) { return 4; }
  struct rows {
    __m512 sixteen;
  };
  struct query {
    __m512 all;
  };
  static rows load(const std::byte* p) {
    return {_mm512_cvtph_ps(_mm256_loadu_si256(reinterpret_cast<const __m256i*>(p)))};
  }
  static query broadcast(const std::byte* q, std::int64_t s, std::int64_t /*steps*/) {
    float x;
    std::memcpy(&x, q + 4 * s, sizeof x);
    return {_mm512_set1_ps(x)};
  }
  static void add(sums& s, const query& q, const rows& r) {
    s.sixteen = _mm512_fmadd_ps(q.all, r.sixteen, s.sixteen);
  }
};

struct filter_lanes {
  static constexpr int kLanes = 16;
  __m512 sixteen;
  static filter_lanes load(const float* p) { return {_mm512_loadu_ps(p)}; }
  static filter_lanes all(float x) { return {_mm512_set1_ps(x)}; }
  static filter_lanes mul(filter_lanes a, filter_lanes b) {
    return {_mm512_mul_ps(a.sixteen, b.sixteen)};
  }
  static filter_lanes add(filter_lanes a, filter_lanes b) {
    return {_mm512_add_ps(a.sixteen, b.sixteen)};
  }
  static void store(filter_lanes a, float* p) { _mm512_storeu_ps(p, a.sixteen); }
  static std::uint64_t reaches(filter_lanes a, filter_lanes limit) {
    return _mm512_cmp_ps_mask(a.sixteen, limit.sixteen, _CMP_GE_OQ);
  }
};

#include <kernels/cpu/search_tile.inl>

}  // namespace kernels::inline KERNELS_ABI::cpu::search_avx512
KERNELS_TARGET_END

KERNELS_TARGET_BEGIN("avx512bf16,avx512f,avx512bw,avx512vl,avx512dq,avx512vbmi,avx2,fma")
namespace kernels::inline KERNELS_ABI::cpu::search_bf16 {

struct native_step {
  static constexpr int kBytes = 64, kElements = 2, kMostQueries = 6;
  static constexpr bool kPairs = true;
  static constexpr int groups(int /*queries*/) { return 4; }
  struct sums {
    __m512 sixteen;
  };
  struct rows {
    __m512i pairs;
  };
  using query = rows;
  static sums zero() { return {_mm512_setzero_ps()}; }
  static void store(const sums& s, const std::byte* /*q*/, std::int64_t /*steps*/, float* out) {
    _mm512_storeu_ps(out, s.sixteen);
  }
  static rows load(const std::byte* p) { return {_mm512_loadu_si512(p)}; }
  static query broadcast(const std::byte* q, std::int64_t s, std::int64_t /*steps*/) {
    std::int32_t pair;
    std::memcpy(&pair, q + 4 * s, sizeof pair);
    return {_mm512_set1_epi32(pair)};
  }
  static void add(sums& s, const query& q, const rows& r) {
    s.sixteen = _mm512_dpbf16_ps(s.sixteen, (__m512bh)q.pairs, (__m512bh)r.pairs);
  }
};

using filter_lanes = search_avx512::filter_lanes;
#include <kernels/cpu/search_tile.inl>

}  // namespace kernels::inline KERNELS_ABI::cpu::search_bf16
KERNELS_TARGET_END

KERNELS_TARGET_BEGIN("avx512vnni,avx512f,avx512bw,avx512vl,avx512dq,avx512vbmi,avx2,fma")
namespace kernels::inline KERNELS_ABI::cpu::search_vnni {

struct native_step {
  static constexpr int kBytes = 64, kElements = 4, kMostQueries = 2;
  static constexpr bool kPairs = true;
  static constexpr int groups(int /*queries*/) { return 4; }
  struct sums {
    __m512i first, second;
  };
  struct rows {
    __m512i four;
  };
  struct query {
    __m512i first, second;
  };
  static sums zero() { return {_mm512_setzero_si512(), _mm512_setzero_si512()}; }
  static rows load(const std::byte* p) { return {_mm512_loadu_si512(p)}; }
  static __m512i term(const std::byte* p) {
    std::int32_t four;
    std::memcpy(&four, p, sizeof four);
    return _mm512_set1_epi32(four);
  }
  static query broadcast(const std::byte* q, std::int64_t s, std::int64_t steps) {
    return {term(q + 4 * s), term(q + 4 * (s + steps))};
  }
  static void add(sums& s, const query& q, const rows& r) {
    s.first = _mm512_dpbusd_epi32(s.first, r.four, q.first);
    s.second = _mm512_dpbusd_epi32(s.second, r.four, q.second);
  }
  static void store(const sums& s, const std::byte* q, std::int64_t steps, float* out) {
    std::int32_t less[2];
    std::memcpy(less, q + 8 * steps, sizeof less);
    const __m512 first = _mm512_cvtepi32_ps(_mm512_sub_epi32(s.first, _mm512_set1_epi32(less[0])));
    const __m512 second =
        _mm512_cvtepi32_ps(_mm512_sub_epi32(s.second, _mm512_set1_epi32(less[1])));
    _mm512_storeu_ps(out, _mm512_fmadd_ps(first, _mm512_set1_ps(254.0F), second));
  }
};

using filter_lanes = search_avx512::filter_lanes;
#include <kernels/cpu/search_tile.inl>

}  // namespace kernels::inline KERNELS_ABI::cpu::search_vnni
KERNELS_TARGET_END
