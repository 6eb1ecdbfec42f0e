// view: a pointer with extents and strides, and the memory space in its type, so that a device
// pointer cannot reach a CPU loop. Passed by value, owns nothing.
#pragma once

#include <kernels/core/error.hpp>

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

/// Refuses a batch of interleaved images (N, H, W, C) whose pointer is null though there are
/// elements, whose extents are negative, whose channels or pixels are not adjacent, whose rows or
/// images overlap, or whose size in bytes overflows.
template <class T, space Space>
void check_images(std::string_view operation, std::string_view argument,
                  const view<T, 4, Space>& images) {
  const auto& e = images.extent;
  const auto& s = images.stride;
  for (const auto n : e) {
    if (n < 0) refuse(operation, argument, "extents of 0 or more", shape_text(e));
  }
  // Bounds under which no product below overflows.
  constexpr std::int64_t kMost = std::int64_t{1} << 61;
  const auto fits = [](std::int64_t a, std::int64_t b) {
    return a == 0 || b <= kMost / static_cast<std::int64_t>(sizeof(T)) / a;
  };
  const bool sizes_fit =
      fits(e[2], e[3]) && fits(e[1], e[2] * e[3]) && fits(e[0], e[1] * e[2] * e[3]);
  if (!sizes_fit) refuse(operation, argument, "fewer than 2^61 bytes", shape_text(e));
  if (images.size() == 0) return;
  if (images.data == nullptr) {
    refuse(operation, argument, "a pointer to " + shape_text(e) + " elements", "null");
  }
  if (s[3] != 1 || s[2] != e[3]) {
    refuse(operation, argument, "adjacent pixels and channels (HWC)", "strides " + shape_text(s));
  }
  if (e[1] > 1 && s[1] < e[2] * e[3]) {
    refuse(operation, argument, "a row stride of at least " + std::to_string(e[2] * e[3]),
           std::to_string(s[1]));
  }
  if (e[1] > 1 && !fits(s[1], e[1])) {
    refuse(operation, argument, "fewer than 2^61 bytes", "row stride " + std::to_string(s[1]));
  }
  const std::int64_t one_image = (e[1] - 1) * (e[1] > 1 ? s[1] : 0) + e[2] * e[3];
  // Images may also be interleaved row by row, as tiles of one canvas are.
  if (e[0] > 1 && s[0] < one_image && !(s[0] >= e[2] * e[3] && e[0] * s[0] <= s[1])) {
    refuse(operation, argument,
           "images that do not overlap (a stride of at least " + std::to_string(one_image) + ")",
           std::to_string(s[0]));
  }
  if (e[0] > 1 && (!fits(s[0], e[0]) || e[0] * s[0] > kMost - one_image)) {
    refuse(operation, argument, "fewer than 2^61 bytes", "image stride " + std::to_string(s[0]));
  }
}

}  // namespace kernels::inline KERNELS_ABI
