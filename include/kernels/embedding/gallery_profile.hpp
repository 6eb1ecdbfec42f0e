// Running means of unit vectors: sums of fixed-point numbers, which have no rounding to pile up.
// What was added and taken away again leaves nothing, and the order of additions does not matter.
#pragma once

#include <kernels/cpu/isa.hpp>
#include <kernels/math/normalize.hpp>

#include <bit>
#include <cstdint>

namespace kernels::inline KERNELS_ABI::gallery_detail {

/// Vectors an identity may have: so many elements of size 1 fit into 64 bits.
inline constexpr std::int64_t kMostVectors = std::int64_t{1} << 22;

/// Adds (subtracts) the elements of a unit row in multiples of 2^-40, rounded to the nearest, ties
/// to even: adding 1.5 · 2^52 leaves the integer in the low bits of the sum. `padded` is a multiple
/// of sixteen; the loop over sixteen is one that compilers turn into vector code.
template <int Sign>
void change_sums(const float* unit, std::int64_t padded, std::int64_t* sums) {
  constexpr double kShift = 0x1.8p52;
  for (std::int64_t i = 0; i < padded; i += math::kDotLanes) {
    for (std::int64_t k = i; k < i + math::kDotLanes; ++k) {
      const float scaled = exact::mul(unit[k], 0x1p40F);  // exact
      const double shifted = exact::add(static_cast<double>(scaled), kShift);
      sums[k] +=
          Sign * (std::bit_cast<std::int64_t>(shifted) - std::bit_cast<std::int64_t>(kShift));
    }
  }
}

}  // namespace kernels::inline KERNELS_ABI::gallery_detail

namespace kernels::inline KERNELS_ABI::gallery_detail::profile_portable {
#include <kernels/embedding/gallery_profile.inl>
}  // namespace kernels::inline KERNELS_ABI::gallery_detail::profile_portable

#if KERNELS_X86
KERNELS_TARGET_BEGIN("avx2,fma")
namespace kernels::inline KERNELS_ABI::gallery_detail::profile_avx2 {
#include <kernels/embedding/gallery_profile.inl>
}  // namespace kernels::inline KERNELS_ABI::gallery_detail::profile_avx2
KERNELS_TARGET_END
#endif

namespace kernels::inline KERNELS_ABI::gallery_detail {

/// The direction of sums, or zeros where they are all 0. All instruction sets give the same.
inline void direction_of(const std::int64_t* sums, std::int64_t padded, float* out) {
#if KERNELS_X86
  if (cpu::supported(instruction_set::avx2)) return profile_avx2::direction_of(sums, padded, out);
#endif
  profile_portable::direction_of(sums, padded, out);
}

}  // namespace kernels::inline KERNELS_ABI::gallery_detail
