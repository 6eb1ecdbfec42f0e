// mask_regions: runs of one word: host and device.
#pragma once

#include <kernels/math/mask.hpp>

namespace kernels::inline KERNELS_ABI {

/// Which neighbours of a pixel belong to its region.
enum class connectivity : std::uint8_t {
  four,  ///< left, right, above, below
  eight  ///< and the diagonal ones
};

/// Options of mask_regions().
struct mask_regions_options {
  std::int64_t holes_below = 0;                   ///< holes of fewer pixels are filled; first
  std::int64_t islands_below = 0;                 ///< then regions of fewer pixels are removed
  connectivity neighbours = connectivity::eight;  ///< of holes and of regions
  bool keep_largest = true;  ///< if all regions are small, the largest stays (the first of equals)
};

namespace math {

/// A run of ones in a word, [start, end).
struct bit_run {
  std::int32_t start, end;
};

/// The run that holds bit b, which is set.
KERNELS_HD bit_run run_around(std::uint64_t word, std::int32_t b) {
  const std::uint64_t zeros_below = ~word & low_bits(b);
  const std::uint64_t zeros_from = ~word & ~low_bits(b);
  return {zeros_below == 0 ? 0 : highest_bit(zeros_below) + 1,
          zeros_from == 0 ? 64 : lowest_bit(zeros_from)};
}

/// Bits [start, end).
KERNELS_HD std::uint64_t run_bits(const bit_run& r) { return low_bits(r.end) & ~low_bits(r.start); }

}  // namespace math
}  // namespace kernels::inline KERNELS_ABI
