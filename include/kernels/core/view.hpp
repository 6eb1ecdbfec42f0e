// view: a pointer with extents and strides, and the memory space in its type, so that a device
// pointer cannot reach a CPU loop. Passed by value, owns nothing.
#pragma once

#include <kernels/core/error.hpp>

#include <algorithm>
#include <array>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <type_traits>

namespace kernels::inline KERNELS_ABI {

/// Where the elements of a view live. Pinned memory is host memory.
enum class space { host, device };

/// Rank-dimensional array of T, the last dimension varying fastest. Strides count elements (not
/// bytes) and may be larger than a packed array's: rows of a sub-image, padded decoder rows.
template <class T, int Rank, space Space = space::host>
struct view {
  static_assert(Rank >= 1);
  T* data = nullptr;
  std::array<std::int64_t, Rank> extent{};
  std::array<std::int64_t, Rank> stride{};

  [[nodiscard]] constexpr std::int64_t size() const {
    std::int64_t n = 1;
    for (const auto e : extent) n *= e;
    return n;
  }

  /// The sub-array at index i of the first dimension.
  [[nodiscard]] constexpr view<T, (Rank > 1 ? Rank - 1 : 1), Space> operator[](std::int64_t i) const
      requires(Rank > 1) {
    view<T, Rank - 1, Space> sub;
    sub.data = data + i * stride[0];
    for (int d = 1; d < Rank; ++d) {
      sub.extent[d - 1] = extent[d];
      sub.stride[d - 1] = stride[d];
    }
    return sub;
  }

  /// A view of T is a view of const T.
  template <class U>
  requires(!std::is_const_v<T> && std::is_same_v<U, const T>)
      // NOLINTNEXTLINE(google-explicit-constructor)
      constexpr
      operator view<U, Rank, Space>() const {
    return {data, extent, stride};
  }
};

template <class T, int Rank>
using device_view = view<T, Rank, space::device>;

/// View of a packed array (no gaps) of the given extents.
template <space Space = space::host, class T, std::size_t Rank>
[[nodiscard]] constexpr view<T, static_cast<int>(Rank), Space> packed(
    T* data, const std::int64_t (&extent)[Rank]) {
  view<T, static_cast<int>(Rank), Space> v;
  v.data = data;
  std::int64_t step = 1;
  for (int d = static_cast<int>(Rank) - 1; d >= 0; --d) {
    v.extent[d] = extent[d];
    v.stride[d] = step;
    step *= extent[d];
  }
  return v;
}

/// View (1, height, width, channels) of one interleaved image whose rows start row_stride elements
/// apart (0: packed).
template <space Space = space::host, class T>
[[nodiscard]] constexpr view<T, 4, Space> image(T* data, std::int64_t height, std::int64_t width,
                                                std::int64_t channels,
                                                std::int64_t row_stride = 0) {
  auto v = packed<Space>(data, {1, height, width, channels});
  if (row_stride != 0) {
    v.stride[1] = row_stride;
    v.stride[0] = row_stride * height;
  }
  return v;
}

/// "(2, 1024, 2048, 3)"
template <std::size_t Rank>
[[nodiscard]] inline std::string shape_text(const std::array<std::int64_t, Rank>& extent) {
  std::string text = "(";
  for (std::size_t d = 0; d < Rank; ++d) {
    if (d != 0) text += ", ";
    text += std::to_string(extent[d]);
  }
  return text + ")";
}

/// Number of elements of an array of these extents. Errors: a negative extent; 2^61 bytes or more.
template <class T, std::size_t Rank>
std::int64_t checked_size(std::string_view operation, std::string_view argument,
                          const std::array<std::int64_t, Rank>& extent) {
  std::int64_t size = 1;
  bool empty = false;
  for (const auto e : extent) {
    if (e < 0) refuse(operation, argument, "extents of 0 or more", shape_text(extent));
    empty = empty || e == 0;
  }
  if (empty) return 0;
  constexpr std::int64_t kMost = (std::int64_t{1} << 61) / static_cast<std::int64_t>(sizeof(T));
  for (const auto e : extent) {
    if (e > kMost / size) {
      refuse(operation, argument, "fewer than 2^61 bytes", shape_text(extent));
    }
    size *= e;
  }
  return size;
}

/// Refuses interleaved images (…, H, W, C) whose pointer is null though there are elements, whose
/// extents are negative, whose channels or pixels are not adjacent, whose rows or images overlap,
/// or whose size in bytes overflows. Rows and images may be stored in any order and nested in any
/// way: padded, views before frames, tiles of one canvas.
template <class T, int Rank, space Space>
void check_images(std::string_view operation, std::string_view argument,
                  const view<T, Rank, Space>& images) {
  static_assert(Rank >= 3);
  const auto& e = images.extent;
  const auto& s = images.stride;
  if (checked_size<T>(operation, argument, e) == 0) return;
  if (images.data == nullptr) {
    refuse(operation, argument, "a pointer to " + shape_text(e) + " elements", "null");
  }
  if (s[Rank - 1] != 1 || s[Rank - 2] != e[Rank - 1]) {
    refuse(operation, argument, "adjacent pixels and channels (HWC)", "strides " + shape_text(s));
  }
  // From the smallest stride up, each step must clear everything inside it.
  std::array<int, Rank - 2> order;
  for (int d = 0; d < Rank - 2; ++d) order[static_cast<std::size_t>(d)] = d;
  std::sort(order.begin(), order.end(), [&](int a, int b) { return s[a] < s[b]; });
  constexpr std::int64_t kMost = (std::int64_t{1} << 61) / static_cast<std::int64_t>(sizeof(T));
  std::int64_t inside = e[Rank - 2] * e[Rank - 1];
  for (const int d : order) {
    if (e[d] == 1) continue;
    if (s[d] < inside) {
      const std::string what = d == Rank - 3 ? "a row stride" : "an image stride";
      refuse(operation, argument,
             what + " of at least " + std::to_string(inside) + ", so that nothing overlaps",
             std::to_string(s[d]));
    }
    if (s[d] > (kMost - inside) / e[d]) {
      refuse(operation, argument, "fewer than 2^61 bytes", "strides " + shape_text(s));
    }
    inside += (e[d] - 1) * s[d];
  }
}

}  // namespace kernels::inline KERNELS_ABI
