// The first pass of search with AVX2: bfloat16 and half as floats, integers as 16-bit ones.
#pragma once

#include <kernels/cpu/isa.hpp>

KERNELS_TARGET_BEGIN("avx2,fma,f16c")
namespace kernels::inline KERNELS_ABI::cpu::search_avx2 {

struct floats16 {
  __m256 low, high;
};

struct float_sums {
  using sums = floats16;
  static sums zero() { return {_mm256_setzero_ps(), _mm256_setzero_ps()}; }
  static void store(const sums& s, const std::byte* /*q*/, std::int64_t /*steps*/, float* out) {
    _mm256_storeu_ps(out, s.low);
    _mm256_storeu_ps(out + 8, s.high);
  }
};

struct bfloat16_step : float_sums {
  static constexpr int kBytes = 64, kElements = 2, kMostQueries = 4;
  static constexpr bool kPairs = false;  // g++ spills them
  static constexpr int groups(int queries) { return 4 / queries; }
  struct rows {
    __m256i low, high;
  };
  struct query {
    __m256 first, second;
  };
  static rows load(const std::byte* p) {
    return {_mm256_loadu_si256(reinterpret_cast<const __m256i*>(p)),
            _mm256_loadu_si256(reinterpret_cast<const __m256i*>(p + 32))};
  }
  static query broadcast(const std::byte* q, std::int64_t s, std::int64_t /*steps*/) {
    std::int32_t pair;
    std::memcpy(&pair, q + 4 * s, sizeof pair);
    const __m256i both = _mm256_set1_epi32(pair);
    return {first_of(both), second_of(both)};
  }
  static void add(sums& s, const query& q, const rows& r) {
    s.low = _mm256_fmadd_ps(q.first, first_of(r.low), s.low);
    s.high = _mm256_fmadd_ps(q.first, first_of(r.high), s.high);
    s.low = _mm256_fmadd_ps(q.second, second_of(r.low), s.low);
    s.high = _mm256_fmadd_ps(q.second, second_of(r.high), s.high);
  }
  static __m256 first_of(__m256i pairs) {
    return _mm256_castsi256_ps(_mm256_slli_epi32(pairs, 16));
  }
  static __m256 second_of(__m256i pairs) {
    return _mm256_castsi256_ps(_mm256_and_si256(pairs, _mm256_set1_epi32(-65536)));
  }
};

struct float16_step : float_sums {
  static constexpr int kBytes = 32, kElements = 1, kMostQueries = 4;
  static constexpr bool kPairs = true;
  static constexpr int groups(int queries) { return 4 / queries; }
  using rows = floats16;
  using query = __m256;
  static rows load(const std::byte* p) {
    return {_mm256_cvtph_ps(_mm_loadu_si128(reinterpret_cast<const __m128i*>(p))),
            _mm256_cvtph_ps(_mm_loadu_si128(reinterpret_cast<const __m128i*>(p + 16)))};
  }
  static query broadcast(const std::byte* q, std::int64_t s, std::int64_t /*steps*/) {
    float x;
    std::memcpy(&x, q + 4 * s, sizeof x);
    return _mm256_set1_ps(x);
  }
  static void add(sums& s, query q, const rows& r) {
    s.low = _mm256_fmadd_ps(q, r.low, s.low);
    s.high = _mm256_fmadd_ps(q, r.high, s.high);
  }
};

struct int8_step {
  static constexpr int kBytes = 64, kElements = 4, kMostQueries = 1;
  static constexpr bool kPairs = false;
  static constexpr int groups(int /*queries*/) { return 1; }
  /// [term][four rows][row, row, …]: two sums a row.
  struct sums {
    __m256i term[2][4];
  };
  struct rows {
    __m256i four[4];
  };
  struct query {
    __m256i term[2];
  };
  static sums zero() {
    const __m256i z = _mm256_setzero_si256();
    return {{{z, z, z, z}, {z, z, z, z}}};
  }
  static __m256i widened(const std::byte* p) {
    return _mm256_cvtepu8_epi16(_mm_loadu_si128(reinterpret_cast<const __m128i*>(p)));
  }
  static rows load(const std::byte* p) {
    return {{widened(p), widened(p + 16), widened(p + 32), widened(p + 48)}};
  }
  static __m256i term(const std::byte* p) {
    std::int32_t four;
    std::memcpy(&four, p, sizeof four);
    return _mm256_broadcastq_epi64(_mm_cvtepi8_epi16(_mm_cvtsi32_si128(four)));
  }
  static query broadcast(const std::byte* q, std::int64_t s, std::int64_t steps) {
    return {{term(q + 4 * s), term(q + 4 * (s + steps))}};
  }
  static void add(sums& s, const query& q, const rows& r) {
    KERNELS_UNROLL_BY(4)
    for (int k = 0; k < 4; ++k) {
      s.term[0][k] = _mm256_add_epi32(s.term[0][k], _mm256_madd_epi16(q.term[0], r.four[k]));
      s.term[1][k] = _mm256_add_epi32(s.term[1][k], _mm256_madd_epi16(q.term[1], r.four[k]));
    }
  }
  /// Eight rows: pairs joined, in order, as floats.
  static __m256 joined(__m256i a, __m256i b, std::int32_t less) {
    const __m256i mixed = _mm256_hadd_epi32(a, b);
    const __m256i rows = _mm256_permute4x64_epi64(mixed, _MM_SHUFFLE(3, 1, 2, 0));
    return _mm256_cvtepi32_ps(_mm256_sub_epi32(rows, _mm256_set1_epi32(less)));
  }
  static void store(const sums& s, const std::byte* q, std::int64_t steps, float* out) {
    std::int32_t less[2];
    std::memcpy(less, q + 8 * steps, sizeof less);
    KERNELS_UNROLL_BY(2)
    for (int k = 0; k < 2; ++k) {
      const __m256 first = joined(s.term[0][2 * k], s.term[0][2 * k + 1], less[0]);
      const __m256 second = joined(s.term[1][2 * k], s.term[1][2 * k + 1], less[1]);
      _mm256_storeu_ps(out + 8 * k, _mm256_fmadd_ps(first, _mm256_set1_ps(254.0F), second));
    }
  }
};

struct filter_lanes {
  static constexpr int kLanes = 8;
  __m256 eight;
  static filter_lanes load(const float* p) { return {_mm256_loadu_ps(p)}; }
  static filter_lanes all(float x) { return {_mm256_set1_ps(x)}; }
  static filter_lanes mul(filter_lanes a, filter_lanes b) {
    return {_mm256_mul_ps(a.eight, b.eight)};
  }
  static filter_lanes add(filter_lanes a, filter_lanes b) {
    return {_mm256_add_ps(a.eight, b.eight)};
  }
  static void store(filter_lanes a, float* p) { _mm256_storeu_ps(p, a.eight); }
  static std::uint64_t reaches(filter_lanes a, filter_lanes limit) {
    return static_cast<std::uint64_t>(
        static_cast<unsigned>(_mm256_movemask_ps(_mm256_cmp_ps(a.eight, limit.eight, _CMP_GE_OQ))));
  }
};

#include <kernels/cpu/search_tile.inl>

}  // namespace kernels::inline KERNELS_ABI::cpu::search_avx2
KERNELS_TARGET_END
