// The cases of difference, written once for every backend. A runner is a callable
//   image_difference operator()(const byte_images& a, const byte_images& b)
#pragma once

#include <kernels/core/view.hpp>
#include <kernels/math/difference.hpp>

#include <doctest/doctest.h>

#include <random>
#include <vector>

namespace difference_cases {

/// A batch with padded rows and images; the storage ends with the last pixel.
struct byte_images {
  std::array<std::int64_t, 4> extent, stride;
  std::vector<std::uint8_t> bytes;

  byte_images(std::array<std::int64_t, 4> shape, std::int64_t row_padding = 0,
              std::int64_t image_padding = 0)
      : extent(shape) {
    const std::int64_t row = shape[2] * shape[3] + row_padding;
    stride = {row * shape[1] + image_padding, row, shape[3], 1};
    if (shape[0] * shape[1] * shape[2] * shape[3] == 0) return;
    bytes.resize(static_cast<std::size_t>((shape[0] - 1) * stride[0] + (shape[1] - 1) * row +
                                          shape[2] * shape[3]));
  }
  /// The value at an index of the packed array.
  std::uint8_t& at(std::int64_t index) {
    const std::int64_t row = index / (extent[2] * extent[3]);
    return bytes[static_cast<std::size_t>(row / extent[1] * stride[0] +
                                          row % extent[1] * stride[1] +
                                          index % (extent[2] * extent[3]))];
  }
  [[nodiscard]] std::int64_t size() const { return extent[0] * extent[1] * extent[2] * extent[3]; }
};

/// A random batch with some random changes, against a plain count; padding is ignored.
template <class Run>
void equals_plain_count(Run run, const std::array<std::int64_t, 4>& shape, std::int64_t padding,
                        int changes) {
  std::mt19937 random(static_cast<unsigned>(11 + changes));
  byte_images a(shape, padding, padding);
  byte_images b(shape, 2 * padding, 3);
  for (auto& x : a.bytes) x = static_cast<std::uint8_t>(random());
  for (auto& x : b.bytes) x = static_cast<std::uint8_t>(random());
  for (std::int64_t k = 0; k < a.size(); ++k) b.at(k) = a.at(k);
  for (int c = 0; c < changes && a.size() > 0; ++c) {
    b.at(random() % a.size()) = static_cast<std::uint8_t>(random());
  }
  std::int64_t different = 0;
  std::int64_t total = 0;
  std::int64_t first = -1;
  int largest = 0;
  for (std::int64_t k = a.size() - 1; k >= 0; --k) {
    const int d = std::abs(int{a.at(k)} - int{b.at(k)});
    different += d != 0;
    total += d;
    largest = std::max(largest, d);
    if (d != 0) first = k;
  }
  const auto given = run(a, b);
  CAPTURE(kernels::shape_text(shape));
  CHECK(given.different == different);
  CHECK(given.total == total);
  CHECK(given.first == first);
  CHECK(given.largest == largest);
}

template <class Run>
void equals_plain_count(Run run) {
  for (const auto& shape : {std::array<std::int64_t, 4>{1, 1, 1, 1},
                            {1, 1, 31, 1},
                            {2, 3, 11, 3},
                            {1, 67, 5, 4},
                            {3, 8, 85, 3},
                            {1, 1, 1025, 1},
                            {2, 0, 5, 3},
                            {0, 4, 4, 1}}) {
    for (const std::int64_t padding : {0, 1, 4}) {
      for (const int changes : {0, 1, 50}) equals_plain_count(run, shape, padding, changes);
    }
  }
}

/// More rows than a grid has blocks.
template <class Run>
void many_rows(Run run) {
  equals_plain_count(run, {2, 1100, 2, 1}, 0, 20);
}

}  // namespace difference_cases
