// label_boxes' loop over one row, for each instruction set.
#pragma once

#include <kernels/cpu/isa.hpp>

#include <algorithm>
#include <bit>
#include <cstdint>
#include <cstring>

namespace kernels::inline KERNELS_ABI::cpu {

template <class Label>
using label_row_loop = void (*)(const Label* row, std::int64_t width, const std::uint64_t* cuts,
                                std::int64_t segments, const std::int32_t* slots,
                                std::uint32_t known, std::int32_t* histogram, std::uint8_t* seen);

namespace portable {

template <class Label>
std::uint64_t label_changes(const Label* p, int n, bool /*room*/) {
  if (std::memcmp(p, p - 1, static_cast<std::size_t>(n) * sizeof(Label)) == 0) return 0;
  std::uint64_t changes = 0;
  for (int i = 0; i < n; ++i) changes |= std::uint64_t{p[i] != p[i - 1]} << i;
  return changes;
}

#include <kernels/cpu/label_boxes_rows.inl>

}  // namespace portable
}  // namespace kernels::inline KERNELS_ABI::cpu

#if KERNELS_X86
KERNELS_TARGET_BEGIN("avx2,fma")
namespace kernels::inline KERNELS_ABI::cpu::avx2 {

/// 64 columns from p on. The row has 64 columns before p + n if `room`.
template <class Label>
std::uint64_t label_changes(const Label* p, int n, bool room) {
  if (n < 64 && !room) return portable::label_changes(p, n, false);
  const Label* q = p - (64 - n);
  const auto same = [&](int byte) {
    const auto* bytes = reinterpret_cast<const char*>(q) + byte;
    const auto* before = reinterpret_cast<const char*>(q - 1) + byte;
    const __m256i a = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(bytes));
    const __m256i b = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(before));
    if constexpr (sizeof(Label) == 1) return _mm256_cmpeq_epi8(a, b);
    if constexpr (sizeof(Label) == 2) return _mm256_cmpeq_epi16(a, b);
    return _mm256_cmpeq_epi32(a, b);
  };
  std::uint64_t equal = 0;
  if constexpr (sizeof(Label) == 1) {
    for (int k = 0; k < 2; ++k) {
      const __m256i s = same(32 * k);
      equal |= std::uint64_t{static_cast<std::uint32_t>(_mm256_movemask_epi8(s))} << (32 * k);
    }
  } else if constexpr (sizeof(Label) == 2) {
    for (int k = 0; k < 2; ++k) {
      const __m256i s =
          _mm256_permute4x64_epi64(_mm256_packs_epi16(same(64 * k), same(64 * k + 32)), 0xd8);
      equal |= std::uint64_t{static_cast<std::uint32_t>(_mm256_movemask_epi8(s))} << (32 * k);
    }
  } else {
    for (int k = 0; k < 8; ++k) {
      const __m256 s = _mm256_castsi256_ps(same(32 * k));
      equal |= std::uint64_t{static_cast<std::uint32_t>(_mm256_movemask_ps(s))} << (8 * k);
    }
  }
  return ~equal >> (64 - n);
}

#include <kernels/cpu/label_boxes_rows.inl>

}  // namespace kernels::inline KERNELS_ABI::cpu::avx2
KERNELS_TARGET_END

KERNELS_TARGET_BEGIN("avx512f,avx512bw,avx512vl,avx512dq,avx512vbmi,avx2,fma")
namespace kernels::inline KERNELS_ABI::cpu::avx512 {

template <class Label>
std::uint64_t label_changes(const Label* p, int n, bool /*room*/) {
  const std::uint64_t lanes = ~std::uint64_t{0} >> (64 - n);
  if constexpr (sizeof(Label) == 1) {
    return _mm512_cmpneq_epi8_mask(_mm512_maskz_loadu_epi8(lanes, p),
                                   _mm512_maskz_loadu_epi8(lanes, p - 1));
  } else if constexpr (sizeof(Label) == 2) {
    std::uint64_t changes = 0;
    for (int k = 0; k < 2; ++k) {
      const auto part = static_cast<__mmask32>(lanes >> (32 * k));
      if (part == 0) break;
      changes |=
          std::uint64_t{_mm512_cmpneq_epi16_mask(_mm512_maskz_loadu_epi16(part, p + 32 * k),
                                                 _mm512_maskz_loadu_epi16(part, p + 32 * k - 1))}
          << (32 * k);
    }
    return changes;
  } else {
    std::uint64_t changes = 0;
    for (int k = 0; k < 4; ++k) {
      const auto part = static_cast<__mmask16>(lanes >> (16 * k));
      if (part == 0) break;
      changes |=
          std::uint64_t{_mm512_cmpneq_epi32_mask(_mm512_maskz_loadu_epi32(part, p + 16 * k),
                                                 _mm512_maskz_loadu_epi32(part, p + 16 * k - 1))}
          << (16 * k);
    }
    return changes;
  }
}

#include <kernels/cpu/label_boxes_rows.inl>

}  // namespace kernels::inline KERNELS_ABI::cpu::avx512
KERNELS_TARGET_END
#endif

namespace kernels::inline KERNELS_ABI::cpu {

template <class Label>
label_row_loop<Label> choose_label_row([[maybe_unused]] instruction_set wanted) {
  switch (choose(wanted)) {
#if KERNELS_X86
    case instruction_set::avx512:
      return &avx512::label_row<Label>;
    case instruction_set::avx2:
      return &avx2::label_row<Label>;
#endif
    default:
      return &portable::label_row<Label>;
  }
}

}  // namespace kernels::inline KERNELS_ABI::cpu
