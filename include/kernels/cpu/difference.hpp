// difference on the CPU: bands of rows in parallel, joined in order.
#pragma once

#include <kernels/core/view.hpp>
#include <kernels/cpu/parallel.hpp>
#include <kernels/math/difference.hpp>

#include <cstring>
#include <vector>

namespace kernels::inline KERNELS_ABI::cpu {

/// Compares `count` neighbouring values; equal runs are skipped by memcmp.
inline void difference_run(image_difference& sum, const std::uint8_t* a, const std::uint8_t* b,
                           std::int64_t count, std::int64_t index) {
  constexpr std::int64_t kRun = 1024;
  for (std::int64_t k = 0; k < count; k += kRun) {
    const std::int64_t end = std::min(k + kRun, count);
    if (std::memcmp(a + k, b + k, static_cast<std::size_t>(end - k)) == 0) continue;
    for (std::int64_t i = k; i < end; ++i) math::difference_add(sum, a[i], b[i], index + i);
  }
}

inline image_difference difference(on_cpu exec, const view<const std::uint8_t, 4>& a,
                                   const view<const std::uint8_t, 4>& b) {
  constexpr std::int64_t kBand = 64;
  const std::int64_t rows = a.extent[0] * a.extent[1];
  const std::int64_t row_values = a.extent[2] * a.extent[3];
  std::vector<image_difference> bands(static_cast<std::size_t>((rows + kBand - 1) / kBand));
  parallel_for(exec, static_cast<std::int64_t>(bands.size()), [&](std::int64_t k) {
    image_difference sum;
    for (std::int64_t row = k * kBand; row < std::min(rows, (k + 1) * kBand); ++row) {
      const std::int64_t n = row / a.extent[1];
      const std::int64_t j = row % a.extent[1];
      difference_run(sum, a.data + n * a.stride[0] + j * a.stride[1],
                     b.data + n * b.stride[0] + j * b.stride[1], row_values, row * row_values);
    }
    bands[static_cast<std::size_t>(k)] = sum;
  });
  image_difference all;
  for (const auto& band : bands) all = math::difference_join(all, band);
  return all;
}

}  // namespace kernels::inline KERNELS_ABI::cpu
