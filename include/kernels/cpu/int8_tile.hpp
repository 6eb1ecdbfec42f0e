// Tiles of exact dots of rows of 8-bit integers, which stand as 16-bit integers: one instruction
// multiplies them in pairs and adds the pairs up in 32 bits.
#pragma once

#include <kernels/cpu/isa.hpp>

#include <algorithm>
#include <cstdint>

namespace kernels::inline KERNELS_ABI::cpu {

inline constexpr std::int64_t kInt8Step = 32;  ///< rows are padded with zeros to a multiple

/// out[i·columns + j] = Σ a[i]·b[j] for `rows` rows of a and `columns` rows of b, `stride` integers
/// apart.
using int8_tile_function = void (*)(const std::int16_t* a, std::int64_t rows, const std::int16_t* b,
                                    std::int64_t columns, std::int64_t stride, std::int32_t* out);

namespace int8_portable {
inline void int8_tile(const std::int16_t* a, std::int64_t rows, const std::int16_t* b,
                      std::int64_t columns, std::int64_t stride, std::int32_t* out) {
  for (std::int64_t i = 0; i < rows; ++i) {
    for (std::int64_t j = 0; j < columns; ++j) {
      std::int32_t sum = 0;
      for (std::int64_t k = 0; k < stride; ++k) {
        sum += std::int32_t{a[i * stride + k]} * std::int32_t{b[j * stride + k]};
      }
      out[i * columns + j] = sum;
    }
  }
}
}  // namespace int8_portable
}  // namespace kernels::inline KERNELS_ABI::cpu

#if KERNELS_X86
KERNELS_TARGET_BEGIN("avx2,fma")
namespace kernels::inline KERNELS_ABI::cpu::int8_avx2 {
struct int8_lanes {
  static constexpr int kCount = 16;
  __m256i v;

  static int8_lanes zero() { return {_mm256_setzero_si256()}; }
  static int8_lanes load(const std::int16_t* p) {
    return {_mm256_loadu_si256(reinterpret_cast<const __m256i*>(p))};
  }
  void add_products(int8_lanes a, int8_lanes b) {
    v = _mm256_add_epi32(v, _mm256_madd_epi16(a.v, b.v));
  }
  [[nodiscard]] std::int32_t sum() const {
    __m128i x = _mm_add_epi32(_mm256_castsi256_si128(v), _mm256_extracti128_si256(v, 1));
    x = _mm_add_epi32(x, _mm_shuffle_epi32(x, 0x4e));
    x = _mm_add_epi32(x, _mm_shuffle_epi32(x, 0xb1));
    return _mm_cvtsi128_si32(x);
  }
};
#include <kernels/cpu/int8_tile.inl>
}  // namespace kernels::inline KERNELS_ABI::cpu::int8_avx2
KERNELS_TARGET_END

KERNELS_TARGET_BEGIN("avx512f,avx512bw,avx512vl,avx512dq,avx512vbmi,avx2,fma")
namespace kernels::inline KERNELS_ABI::cpu::int8_avx512 {
struct int8_lanes {
  static constexpr int kCount = 32;
  __m512i v;

  static int8_lanes zero() { return {_mm512_setzero_si512()}; }
  static int8_lanes load(const std::int16_t* p) { return {_mm512_loadu_si512(p)}; }
  void add_products(int8_lanes a, int8_lanes b) {
    v = _mm512_add_epi32(v, _mm512_madd_epi16(a.v, b.v));
  }
  [[nodiscard]] std::int32_t sum() const {
    const __m256i y = _mm256_add_epi32(_mm512_castsi512_si256(v), _mm512_extracti64x4_epi64(v, 1));
    __m128i x = _mm_add_epi32(_mm256_castsi256_si128(y), _mm256_extracti128_si256(y, 1));
    x = _mm_add_epi32(x, _mm_shuffle_epi32(x, 0x4e));
    x = _mm_add_epi32(x, _mm_shuffle_epi32(x, 0xb1));
    return _mm_cvtsi128_si32(x);
  }
};
#include <kernels/cpu/int8_tile.inl>
}  // namespace kernels::inline KERNELS_ABI::cpu::int8_avx512
KERNELS_TARGET_END
#endif

namespace kernels::inline KERNELS_ABI::cpu {

/// The tile loop of one instruction set (never best).
inline int8_tile_function int8_tile_for([[maybe_unused]] instruction_set isa) {
#if KERNELS_X86
  if (isa == instruction_set::avx512) return &int8_avx512::int8_tile;
  if (isa == instruction_set::avx2) return &int8_avx2::int8_tile;
#endif
  return &int8_portable::int8_tile;
}

}  // namespace kernels::inline KERNELS_ABI::cpu
