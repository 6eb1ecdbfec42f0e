// difference, one pair of values: how a comparison grows, and how two comparisons join.
#pragma once

#include <kernels/core/exact.hpp>

namespace kernels::inline KERNELS_ABI {

/// How two arrays of bytes differ.
struct image_difference {
  std::int64_t different = 0;  ///< number of values that differ
  std::int64_t total = 0;      ///< sum of |a − b|
  std::int64_t first = -1;     ///< index of the first that differs, in the order of a packed array
  std::int32_t largest = 0;    ///< largest |a − b|
};

namespace math {

/// Takes in the pair at an index; indices must come in ascending order.
KERNELS_HD void difference_add(image_difference& sum, std::uint8_t a, std::uint8_t b,
                               std::int64_t index) {
  const std::int32_t d = a < b ? b - a : a - b;
  if (d == 0) return;
  sum.different += 1;
  sum.total += d;
  sum.largest = exact::max(sum.largest, d);
  if (sum.first < 0) sum.first = index;
}

/// The smaller index, where −1 is none.
KERNELS_HD std::int64_t difference_first(std::int64_t a, std::int64_t b) {
  if (a < 0) return b;
  if (b < 0) return a;
  return exact::min(a, b);
}

/// Joins two comparisons, in any order.
KERNELS_HD image_difference difference_join(const image_difference& a, const image_difference& b) {
  return {a.different + b.different, a.total + b.total, difference_first(a.first, b.first),
          exact::max(a.largest, b.largest)};
}

}  // namespace math
}  // namespace kernels::inline KERNELS_ABI
