// label_boxes, one box: the part of it that lies on the map.
#pragma once

#include <kernels/math/box.hpp>

namespace kernels::inline KERNELS_ABI::math {

/// A box of whole pixels cut down to a map of this size; {0, 0, 0, 0} if nothing is left.
KERNELS_HD box<std::int32_t> clip_to_map(const box<std::int32_t>& b, std::int32_t height,
                                         std::int32_t width) {
  const box<std::int32_t> c{exact::max(b.left, 0), exact::max(b.top, 0), exact::min(b.right, width),
                            exact::min(b.bottom, height)};
  return c.left < c.right && c.top < c.bottom ? c : box<std::int32_t>{0, 0, 0, 0};
}

}  // namespace kernels::inline KERNELS_ABI::math
