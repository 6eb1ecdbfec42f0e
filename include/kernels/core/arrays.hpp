// What operations on arrays of numbers and on ragged batches check before they write: strides that
// address every element once, and offsets that cut an array into groups.
#pragma once

#include <kernels/core/view.hpp>

#include <type_traits>

namespace kernels::inline KERNELS_ABI {

/// May T be used on the GPU here? In a .cpp only the types that kernels::cuda was compiled for; a
/// .cuh brings templates for others. For a static_assert that names the .cuh.
template <class T, class... Compiled>
inline constexpr bool gpu_has_type =
#if defined(__CUDACC__) || defined(KERNELS_EMULATED)
    true;
#else
    (std::is_same_v<T, Compiled> || ...);
#endif

/// Refuses an array whose pointer is null though it has elements, whose extents are negative,
/// where a step between neighbours is below 1, where two elements share an address, or whose size
/// in bytes overflows. Dimensions may be stored in any order (a transposed matrix is fine).
template <class T, int Rank, space Space>
void check_array(std::string_view operation, std::string_view argument,
                 const view<T, Rank, Space>& array) {
  const auto& e = array.extent;
  const auto& s = array.stride;
  if (checked_size<T>(operation, argument, e) == 0) return;
  if (array.data == nullptr) {
    refuse(operation, argument, "a pointer to " + shape_text(e) + " elements", "null");
  }
  std::array<int, Rank> order;
  for (int d = 0; d < Rank; ++d) order[static_cast<std::size_t>(d)] = d;
  std::sort(order.begin(), order.end(), [&](int a, int b) { return s[a] < s[b]; });
  constexpr std::int64_t kMost = (std::int64_t{1} << 61) / static_cast<std::int64_t>(sizeof(T));
  std::int64_t inside = 1;  // from the smallest stride up, each step must clear all inside it
  for (const int d : order) {
    if (e[d] == 1) continue;
    if (s[d] < inside) {
      refuse(operation, argument, "strides at which nothing overlaps",
             "strides " + shape_text(s) + " of shape " + shape_text(e));
    }
    if (s[d] > (kMost - inside) / e[d]) {
      refuse(operation, argument, "fewer than 2^61 bytes", "strides " + shape_text(s));
    }
    inside += (e[d] - 1) * s[d];
  }
}

/// Refuses another number of elements than `wanted`.
template <class T, space Space>
void check_length(std::string_view operation, std::string_view argument,
                  const view<T, 1, Space>& array, std::int64_t wanted) {
  if (array.extent[0] != wanted) {
    refuse(operation, argument, std::to_string(wanted) + " elements",
           std::to_string(array.extent[0]));
  }
}

/// Refuses another shape than `wanted`, and what check_array() refuses.
template <class T, int Rank, space Space>
void check_array(std::string_view operation, std::string_view argument,
                 const view<T, Rank, Space>& array,
                 const std::type_identity_t<std::array<std::int64_t, Rank>>& wanted) {
  if constexpr (Rank == 1) {
    check_length(operation, argument, array, wanted[0]);
  } else if (array.extent != wanted) {
    refuse(operation, argument, "shape " + shape_text(wanted), shape_text(array.extent));
  }
  check_array(operation, argument, array);
}

/// Offsets of a ragged batch on the host: G + 1 entries, the first 0, none below the one before
/// it, the last at most `size`, the number of elements they cut. Returns G.
template <class Index>
std::int64_t check_offsets(std::string_view operation, std::string_view argument,
                           const view<const Index, 1>& offsets, std::int64_t size) {
  check_array(operation, argument, offsets);
  if (offsets.extent[0] < 1) refuse(operation, argument, "at least one entry, 0", "none");
  std::int64_t before = 0;
  for (std::int64_t g = 0; g < offsets.extent[0]; ++g) {
    const std::int64_t here = offsets.data[g * offsets.stride[0]];
    if (g == 0 ? here != 0 : here < before) {
      refuse(operation, argument, "entries that start with 0 and do not fall",
             std::to_string(here) + " as entry " + std::to_string(g));
    }
    before = here;
  }
  if (before > size) {
    refuse(operation, argument, "a last entry of at most " + std::to_string(size),
           std::to_string(before));
  }
  return offsets.extent[0] - 1;
}

}  // namespace kernels::inline KERNELS_ABI
