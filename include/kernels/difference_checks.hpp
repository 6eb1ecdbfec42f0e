// The checks of a difference() call, shared by the front door (difference.hpp) and CUDA code.
#pragma once

#include <kernels/core/view.hpp>

namespace kernels::inline KERNELS_ABI {

/// Refuses image batches that check_images() refuses or whose shapes differ.
template <class T, space Space>
void check_difference(const view<const T, 4, Space>& a, const view<const T, 4, Space>& b) {
  check_images("difference", "a", a);
  check_images("difference", "b", b);
  if (a.extent != b.extent) {
    refuse("difference", "b", "the shape of a, " + shape_text(a.extent), shape_text(b.extent));
  }
}

}  // namespace kernels::inline KERNELS_ABI
