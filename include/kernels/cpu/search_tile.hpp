// The first pass of search over one panel: 64 rows of a compact copy times a few queries. What the
// instruction sets give differs in its rounding, within the bounds of compact_rows.hpp.
#pragma once

#include <kernels/cpu/isa.hpp>
#include <kernels/embedding/compact_rows.hpp>

#include <cstring>

namespace kernels::inline KERNELS_ABI::cpu {

/// out[q][r] of up to kTileQueries queries and the 64 rows of a panel: the products, for integers
/// without their scales. `dimension` is a multiple of sixteen.
using compact_tile_function = void (*)(const std::byte* panel, const std::byte* queries,
                                       std::int64_t query_bytes, std::int64_t count,
                                       std::int64_t dimension, float* out);
using compact_filter_function = bool (*)(float* out, int count, const float* scale,
                                         const float* query_scales, const float* bias,
                                         const float* limits, std::uint64_t* masks);
inline constexpr int kTileQueries = 6;

/// Two terms of an integer query: the products less what storing c + 128 added.
inline float join_terms(std::int32_t first, std::int32_t second, const std::int32_t* sums) {
  return exact::fma(static_cast<float>(first - sums[0]), 254.0F,
                    static_cast<float>(second - sums[1]));
}
inline void terms_of(const std::byte* query, std::int64_t steps, std::int32_t (&sums)[2]) {
  std::memcpy(sums, query + 8 * steps, sizeof sums);
}

namespace search_portable {

struct floats16 {
  float lane[16];
};

struct bfloat16_step {
  static constexpr int kBytes = 64, kElements = 2, kMostQueries = 1;
  static constexpr bool kPairs = false;
  static constexpr int groups(int /*queries*/) { return 1; }
  using sums = floats16;
  struct rows {
    bfloat16 pair[16][2];
  };
  struct query {
    float pair[2];
  };
  static sums zero() { return {}; }
  static rows load(const std::byte* p) {
    rows r;
    std::memcpy(&r, p, sizeof r);
    return r;
  }
  static query broadcast(const std::byte* q, std::int64_t s, std::int64_t /*steps*/) {
    bfloat16 pair[2];
    std::memcpy(pair, q + 4 * s, sizeof pair);
    return {{math::from_bfloat16(pair[0]), math::from_bfloat16(pair[1])}};
  }
  static void add(sums& s, const query& q, const rows& r) {
    for (int k = 0; k < 16; ++k) {
      s.lane[k] += q.pair[0] * math::from_bfloat16(r.pair[k][0]);
      s.lane[k] += q.pair[1] * math::from_bfloat16(r.pair[k][1]);
    }
  }
  static void store(const sums& s, const std::byte* /*q*/, std::int64_t /*steps*/, float* out) {
    std::memcpy(out, s.lane, sizeof s.lane);
  }
};

struct float16_step {
  static constexpr int kBytes = 32, kElements = 1, kMostQueries = 4;
  static constexpr bool kPairs = true;
  static constexpr int groups(int /*queries*/) { return 1; }
  using sums = floats16;
  using rows = floats16;
  using query = float;
  static sums zero() { return {}; }
  static rows load(const std::byte* p) {
    half h[16];
    std::memcpy(h, p, sizeof h);
    rows r;
    for (int k = 0; k < 16; ++k) r.lane[k] = math::from_half(h[k]);
    return r;
  }
  static query broadcast(const std::byte* q, std::int64_t s, std::int64_t /*steps*/) {
    float x;
    std::memcpy(&x, q + 4 * s, sizeof x);
    return x;
  }
  static void add(sums& s, query q, const rows& r) {
    for (int k = 0; k < 16; ++k) s.lane[k] += q * r.lane[k];
  }
  static void store(const sums& s, const std::byte* /*q*/, std::int64_t /*steps*/, float* out) {
    std::memcpy(out, s.lane, sizeof s.lane);
  }
};

struct int8_step {
  static constexpr int kBytes = 64, kElements = 4, kMostQueries = 1;
  static constexpr bool kPairs = false;
  static constexpr int groups(int /*queries*/) { return 1; }
  struct sums {
    std::int32_t term[2][16];
  };
  struct rows {
    std::uint8_t four[16][4];
  };
  struct query {
    std::int8_t term[2][4];
  };
  static sums zero() { return {}; }
  static rows load(const std::byte* p) {
    rows r;
    std::memcpy(&r, p, sizeof r);
    return r;
  }
  static query broadcast(const std::byte* q, std::int64_t s, std::int64_t steps) {
    query all;
    std::memcpy(all.term[0], q + 4 * s, 4);
    std::memcpy(all.term[1], q + 4 * (s + steps), 4);
    return all;
  }
  static void add(sums& s, const query& q, const rows& r) {
    for (int t = 0; t < 2; ++t) {
      for (int k = 0; k < 16; ++k) {
        std::int32_t sum = 0;
        for (int e = 0; e < 4; ++e) sum += q.term[t][e] * r.four[k][e];
        s.term[t][k] += sum;
      }
    }
  }
  static void store(const sums& s, const std::byte* q, std::int64_t steps, float* out) {
    std::int32_t less[2];
    terms_of(q, steps, less);
    for (int k = 0; k < 16; ++k) out[k] = join_terms(s.term[0][k], s.term[1][k], less);
  }
};

struct filter_lanes {
  static constexpr int kLanes = 1;
  float one;
  static filter_lanes load(const float* p) { return {*p}; }
  static filter_lanes all(float x) { return {x}; }
  static filter_lanes mul(filter_lanes a, filter_lanes b) { return {exact::mul(a.one, b.one)}; }
  static filter_lanes add(filter_lanes a, filter_lanes b) { return {exact::add(a.one, b.one)}; }
  static void store(filter_lanes a, float* p) { *p = a.one; }
  static std::uint64_t reaches(filter_lanes a, filter_lanes limit) {
    return a.one >= limit.one ? 1 : 0;
  }
};

#include <kernels/cpu/search_tile.inl>

}  // namespace search_portable
}  // namespace kernels::inline KERNELS_ABI::cpu

#if KERNELS_X86
#include <kernels/cpu/search_tile_avx2.hpp>
#include <kernels/cpu/search_tile_avx512.hpp>
#endif

namespace kernels::inline KERNELS_ABI::cpu {

/// The tile loop of an instruction set (never best). native: with the dot products of bfloat16 and
/// 8-bit integers where this processor has them.
inline compact_tile_function compact_tile_for(first_pass type, [[maybe_unused]] instruction_set isa,
                                              [[maybe_unused]] bool native = true) {
#if KERNELS_X86
  const bool wide = isa == instruction_set::avx512;
  const bool avx2 = wide || isa == instruction_set::avx2;
  switch (type) {
    case first_pass::bfloat16:
      if (wide && native && has_bf16()) return &search_bf16::compact_tile<search_bf16::native_step>;
      if (wide) return &search_avx512::compact_tile<search_avx512::bfloat16_step>;
      if (avx2) return &search_avx2::compact_tile<search_avx2::bfloat16_step>;
      break;
    case first_pass::float16:
      if (wide) return &search_avx512::compact_tile<search_avx512::float16_step>;
      if (avx2 && has_f16c()) return &search_avx2::compact_tile<search_avx2::float16_step>;
      break;
    default:
      if (wide && native && has_vnni()) return &search_vnni::compact_tile<search_vnni::native_step>;
      if (avx2) return &search_avx2::compact_tile<search_avx2::int8_step>;
  }
#endif
  if (type == first_pass::bfloat16) {
    return &search_portable::compact_tile<search_portable::bfloat16_step>;
  }
  if (type == first_pass::float16) {
    return &search_portable::compact_tile<search_portable::float16_step>;
  }
  return &search_portable::compact_tile<search_portable::int8_step>;
}

inline compact_filter_function compact_filter_for([[maybe_unused]] instruction_set isa) {
#if KERNELS_X86
  if (isa == instruction_set::avx512) return &search_avx512::compact_filter;
  if (isa == instruction_set::avx2) return &search_avx2::compact_filter;
#endif
  return &search_portable::compact_filter;
}

}  // namespace kernels::inline KERNELS_ABI::cpu
