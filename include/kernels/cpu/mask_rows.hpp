// The inner loops of packed masks, for each instruction set.
#pragma once

#include <kernels/cpu/isa.hpp>
#include <kernels/math/mask.hpp>

#include <cstdint>
#include <cstring>

namespace kernels::inline KERNELS_ABI::cpu {

struct mask_loops {
  void (*pack)(const std::uint8_t* pixels, std::int64_t width, std::uint64_t* words);
  void (*unpack)(const std::uint64_t* words, std::int64_t width, std::uint8_t value,
                 std::uint8_t* pixels);
  std::int64_t (*count_shared)(const std::uint64_t* a, std::int64_t a_stride,
                               const std::uint64_t* b, std::int64_t b_stride, std::int64_t rows,
                               std::int64_t words);
  std::int64_t (*count_row)(const std::uint64_t* row, std::int64_t words, std::uint64_t* columns);
};

namespace portable {

struct bit_lanes {
  static constexpr std::int64_t kWidth = 1;
  static std::uint64_t zero() { return 0; }
  static std::uint64_t load(const std::uint64_t* p) { return *p; }
  static std::uint64_t load(const std::uint64_t* /*p*/, int /*n*/) { return 0; }
  static void store(std::uint64_t* p, std::uint64_t a) { *p = a; }
  static std::uint64_t both(std::uint64_t a, std::uint64_t b) { return a & b; }
  static std::uint64_t either(std::uint64_t a, std::uint64_t b) { return a | b; }
  static std::uint64_t add(std::uint64_t a, std::uint64_t b) { return a + b; }
  static std::uint64_t count(std::uint64_t a) {
    return static_cast<std::uint64_t>(math::count_bits(a));
  }
  static std::int64_t total(std::uint64_t a) { return static_cast<std::int64_t>(a); }
};

/// Up to 64 pixels as bits; on a little-endian machine eight at a time.
inline std::uint64_t pack_word(const std::uint8_t* pixels, std::int64_t n) {
  std::uint64_t word = 0;
  std::int64_t i = 0;
  if constexpr (std::endian::native == std::endian::little) {
    for (; i + 8 <= n; i += 8) {
      std::uint64_t x;
      std::memcpy(&x, pixels + i, sizeof x);
      constexpr std::uint64_t kLow = 0x7f7f7f7f7f7f7f7fU;
      const std::uint64_t ones = (((x & kLow) + kLow) | x) >> 7 & 0x0101010101010101U;
      word |= ones * 0x0102040810204080U >> 56 << i;
    }
  }
  for (; i < n; ++i) word |= std::uint64_t{pixels[i] != 0} << i;
  return word;
}

inline void pack_row(const std::uint8_t* pixels, std::int64_t width, std::uint64_t* words) {
  for (std::int64_t x = 0; x < width; x += kMaskBits) {
    words[x / kMaskBits] = pack_word(pixels + x, width - x < kMaskBits ? width - x : kMaskBits);
  }
}

inline void unpack_row(const std::uint64_t* words, std::int64_t width, std::uint8_t value,
                       std::uint8_t* pixels) {
  for (std::int64_t x = 0; x < width; ++x) {
    pixels[x] = static_cast<std::uint8_t>((words[x / kMaskBits] >> x % kMaskBits & 1) * value);
  }
}

#include <kernels/cpu/mask_rows.inl>

}  // namespace portable
}  // namespace kernels::inline KERNELS_ABI::cpu

#if KERNELS_X86
KERNELS_TARGET_BEGIN("avx2,fma")
namespace kernels::inline KERNELS_ABI::cpu::avx2 {

struct bit_lanes {
  static constexpr std::int64_t kWidth = 4;
  static __m256i zero() { return _mm256_setzero_si256(); }
  static __m256i load(const std::uint64_t* p) {
    return _mm256_loadu_si256(reinterpret_cast<const __m256i*>(p));
  }
  static __m256i load(const std::uint64_t* p, int n) {
    const __m256i lanes = _mm256_cmpgt_epi64(_mm256_set1_epi64x(n), _mm256_set_epi64x(3, 2, 1, 0));
    return _mm256_maskload_epi64(reinterpret_cast<const long long*>(p), lanes);
  }
  static void store(std::uint64_t* p, __m256i a) {
    _mm256_storeu_si256(reinterpret_cast<__m256i*>(p), a);
  }
  static __m256i both(__m256i a, __m256i b) { return _mm256_and_si256(a, b); }
  static __m256i either(__m256i a, __m256i b) { return _mm256_or_si256(a, b); }
  static __m256i add(__m256i a, __m256i b) { return _mm256_add_epi64(a, b); }
  /// Counts of nibbles by table, summed to the four words.
  static __m256i count(__m256i a) {
    const __m256i table =
        _mm256_broadcastsi128_si256(_mm_setr_epi8(0, 1, 1, 2, 1, 2, 2, 3, 1, 2, 2, 3, 2, 3, 3, 4));
    const __m256i low = _mm256_set1_epi8(15);
    const __m256i bytes =
        _mm256_add_epi8(_mm256_shuffle_epi8(table, _mm256_and_si256(a, low)),
                        _mm256_shuffle_epi8(table, _mm256_and_si256(_mm256_srli_epi16(a, 4), low)));
    return _mm256_sad_epu8(bytes, _mm256_setzero_si256());
  }
  static std::int64_t total(__m256i a) {
    return _mm256_extract_epi64(a, 0) + _mm256_extract_epi64(a, 1) + _mm256_extract_epi64(a, 2) +
           _mm256_extract_epi64(a, 3);
  }
};

inline void pack_row(const std::uint8_t* pixels, std::int64_t width, std::uint64_t* words) {
  const __m256i zero = _mm256_setzero_si256();
  std::int64_t x = 0;
  for (; x + kMaskBits <= width; x += kMaskBits) {
    const auto* p = reinterpret_cast<const __m256i*>(pixels + x);
    const auto zeros = [&](int k) {
      const __m256i none = _mm256_cmpeq_epi8(_mm256_loadu_si256(p + k), zero);
      return std::uint64_t{static_cast<std::uint32_t>(_mm256_movemask_epi8(none))};
    };
    words[x / kMaskBits] = ~(zeros(0) | zeros(1) << 32);
  }
  if (x < width) words[x / kMaskBits] = portable::pack_word(pixels + x, width - x);
}

inline void unpack_row(const std::uint64_t* words, std::int64_t width, std::uint8_t value,
                       std::uint8_t* pixels) {
  const __m256i spread =
      _mm256_setr_epi64x(0, 0x0101010101010101, 0x0202020202020202, 0x0303030303030303);
  const __m256i bit = _mm256_set1_epi64x(static_cast<long long>(0x8040201008040201U));
  const __m256i set = _mm256_set1_epi8(static_cast<char>(value));
  std::int64_t x = 0;
  for (; x + 32 <= width; x += 32) {
    const auto half = static_cast<std::uint32_t>(words[x / kMaskBits] >> x % kMaskBits);
    const __m256i bytes = _mm256_shuffle_epi8(_mm256_set1_epi32(static_cast<int>(half)), spread);
    const __m256i on = _mm256_cmpeq_epi8(_mm256_and_si256(bytes, bit), bit);
    _mm256_storeu_si256(reinterpret_cast<__m256i*>(pixels + x), _mm256_and_si256(on, set));
  }
  for (; x < width; ++x) {
    pixels[x] = static_cast<std::uint8_t>((words[x / kMaskBits] >> x % kMaskBits & 1) * value);
  }
}

#include <kernels/cpu/mask_rows.inl>

}  // namespace kernels::inline KERNELS_ABI::cpu::avx2
KERNELS_TARGET_END

KERNELS_TARGET_BEGIN("avx512f,avx512bw,avx512vl,avx512dq,avx512vbmi,avx512vpopcntdq,avx2,fma")
namespace kernels::inline KERNELS_ABI::cpu::avx512 {

struct bit_lanes {
  static constexpr std::int64_t kWidth = 8;
  static __m512i zero() { return _mm512_setzero_si512(); }
  static __m512i load(const std::uint64_t* p) { return _mm512_loadu_si512(p); }
  static __m512i load(const std::uint64_t* p, int n) {
    return _mm512_maskz_loadu_epi64(static_cast<__mmask8>((1U << n) - 1), p);
  }
  static void store(std::uint64_t* p, __m512i a) { _mm512_storeu_si512(p, a); }
  static __m512i both(__m512i a, __m512i b) { return _mm512_and_si512(a, b); }
  static __m512i either(__m512i a, __m512i b) { return _mm512_or_si512(a, b); }
  static __m512i add(__m512i a, __m512i b) { return _mm512_add_epi64(a, b); }
  static __m512i count(__m512i a) { return _mm512_popcnt_epi64(a); }
  static std::int64_t total(__m512i a) { return _mm512_reduce_add_epi64(a); }
};

inline __mmask64 pixel_lanes(std::int64_t n) { return n < 64 ? math::low_bits(n) : ~__mmask64{0}; }

inline void pack_row(const std::uint8_t* pixels, std::int64_t width, std::uint64_t* words) {
  for (std::int64_t x = 0; x < width; x += kMaskBits) {
    const __m512i p = _mm512_maskz_loadu_epi8(pixel_lanes(width - x), pixels + x);
    words[x / kMaskBits] = _mm512_test_epi8_mask(p, p);
  }
}

inline void unpack_row(const std::uint64_t* words, std::int64_t width, std::uint8_t value,
                       std::uint8_t* pixels) {
  const __m512i set = _mm512_set1_epi8(static_cast<char>(value));
  for (std::int64_t x = 0; x < width; x += kMaskBits) {
    _mm512_mask_storeu_epi8(pixels + x, pixel_lanes(width - x),
                            _mm512_maskz_mov_epi8(words[x / kMaskBits], set));
  }
}

#include <kernels/cpu/mask_rows.inl>

}  // namespace kernels::inline KERNELS_ABI::cpu::avx512
KERNELS_TARGET_END
#endif

namespace kernels::inline KERNELS_ABI::cpu {

/// The AVX-512 loops also want VPOPCNTDQ, which the first processors with AVX-512 do not have.
inline const mask_loops& choose_mask_loops(instruction_set wanted) {
  switch (choose(wanted)) {
#if KERNELS_X86
    case instruction_set::avx512: {
      static const bool counts = __builtin_cpu_supports("avx512vpopcntdq");
      return counts ? avx512::kMaskLoops : avx2::kMaskLoops;
    }
    case instruction_set::avx2:
      return avx2::kMaskLoops;
#endif
    default:
      return portable::kMaskLoops;
  }
}

}  // namespace kernels::inline KERNELS_ABI::cpu
