// difference on the GPU: every block compares some rows and leaves one partial answer in the
// workspace; one block joins those. Limit: memory, each byte of both batches is read once.
#pragma once

#include <kernels/block/reduce.cuh>
#include <kernels/core/workspace.hpp>
#include <kernels/difference_gpu.hpp>
#include <kernels/portable.cuh>

#include <algorithm>

namespace kernels::inline KERNELS_ABI::gpu {

struct difference_tuning {
  static constexpr int kWarps = 8;
  static constexpr std::int64_t kMostBlocks = 2048;
};

/// One batch of images as a kernel sees it.
struct difference_images {
  const std::uint8_t* data;
  std::int64_t image_stride, row_stride;
};

/// Rows of both batches: `count` in all, `height` an image, `values` bytes each.
struct difference_rows {
  std::int64_t count, height, values;
};

/// Joins the answers of a block's threads, in thread 0.
__device__ __forceinline__ image_difference block_join(const image_difference& d) {
  constexpr int kWarps = difference_tuning::kWarps;
  const auto add = [](std::int64_t x, std::int64_t y) { return x + y; };
  const auto first = [](std::int64_t x, std::int64_t y) { return math::difference_first(x, y); };
  const auto larger = [](std::int32_t x, std::int32_t y) { return exact::max(x, y); };
  image_difference joined;
  joined.different = block_reduce<kWarps>(d.different, std::int64_t{0}, add);
  joined.total = block_reduce<kWarps>(d.total, std::int64_t{0}, add);
  joined.first = block_reduce<kWarps>(d.first, std::int64_t{-1}, first);
  joined.largest = block_reduce<kWarps>(d.largest, std::int32_t{0}, larger);
  return joined;
}

/// Block: 32·kWarps threads in one dimension; grid: any; partials: one a block.
template <int = 0>
__global__ void __launch_bounds__(32 * difference_tuning::kWarps)
    difference_kernel(difference_images a, difference_images b, difference_rows rows,
                      image_difference* partials) {
  image_difference sum;
  for (std::int64_t row = blockIdx.x; row < rows.count; row += gridDim.x) {
    const std::int64_t n = row / rows.height;
    const std::int64_t j = row - n * rows.height;
    const std::uint8_t* pa = a.data + (n * a.image_stride + j * a.row_stride);
    const std::uint8_t* pb = b.data + (n * b.image_stride + j * b.row_stride);
    const std::int64_t index = row * rows.values;
    const bool aligned = (reinterpret_cast<std::uintptr_t>(pa) % 4 == 0) &&
                         (reinterpret_cast<std::uintptr_t>(pb) % 4 == 0);
    const std::int64_t in_words = aligned ? rows.values / 4 * 4 : 0;
    for (std::int64_t k = 4 * threadIdx.x; k < in_words; k += 4 * blockDim.x) {
      const std::uint32_t wa = load_word(pa + k);
      const std::uint32_t wb = load_word(pb + k);
      if (wa == wb) continue;
      KERNELS_UNROLL
      for (int c = 0; c < 4; ++c) {
        math::difference_add(sum, static_cast<std::uint8_t>(wa >> (8 * c)),
                             static_cast<std::uint8_t>(wb >> (8 * c)), index + k + c);
      }
    }
    for (std::int64_t k = in_words + threadIdx.x; k < rows.values; k += blockDim.x) {
      math::difference_add(sum, pa[k], pb[k], index + k);
    }
  }
  const image_difference joined = block_join(sum);
  if (threadIdx.x == 0) partials[blockIdx.x] = joined;
}

/// One block of 32·kWarps threads.
template <int = 0>
__global__ void __launch_bounds__(32 * difference_tuning::kWarps)
    difference_join_kernel(const image_difference* partials, std::int32_t count,
                           image_difference* result) {
  image_difference sum;
  for (auto k = static_cast<std::int32_t>(threadIdx.x); k < count;
       k += static_cast<std::int32_t>(blockDim.x)) {
    sum = math::difference_join(sum, partials[k]);
  }
  const image_difference joined = block_join(sum);
  if (threadIdx.x == 0) *result = joined;
}

/// Blocks for that many rows, and the workspace: one partial answer a block.
inline std::int64_t difference_blocks(std::int64_t rows) {
  return std::clamp<std::int64_t>(rows, 1, difference_tuning::kMostBlocks);
}
inline image_difference* difference_layout(workspace_carver& carver, std::int64_t rows) {
  return carver.take<image_difference>(difference_blocks(rows));
}

template <class T>
std::int64_t difference_workspace_bytes(const view<const T, 4, space::device>& a) {
  check_images("difference", "a", a);
  workspace_carver counter;
  static_cast<void>(difference_layout(counter, a.size() == 0 ? 0 : a.extent[0] * a.extent[1]));
  return counter.bytes();
}

/// The launcher behind kernels::difference(on_gpu(stream), …).
template <class T>
void difference(CUstream_st* stream, view<const T, 4, space::device> a,
                view<const T, 4, space::device> b, image_difference* result,
                view<std::byte, 1, space::device> workspace) {
  static_assert(std::is_same_v<T, std::uint8_t>, "difference compares 8-bit images");
  check_difference(a, b);
  const difference_rows rows{a.size() == 0 ? 0 : a.extent[0] * a.extent[1], a.extent[1],
                             a.extent[2] * a.extent[3]};
  workspace_carver carver(workspace);
  image_difference* partials = difference_layout(carver, rows.count);
  check_device_pointer("difference", "result", result);
  check_device_pointer("difference", "workspace", workspace.data);
  if (rows.count > 0) {
    check_device_pointer("difference", "a", a.data);
    check_device_pointer("difference", "b", b.data);
  }
  const auto blocks = static_cast<unsigned>(difference_blocks(rows.count));
  const dim3 block(32 * difference_tuning::kWarps, 1, 1);
  launch(stream, {dim3(blocks, 1, 1), block, 0}, &difference_kernel<0>,
         difference_images{a.data, a.stride[0], a.stride[1]},
         difference_images{b.data, b.stride[0], b.stride[1]}, rows, partials);
  launch(stream, {dim3(1, 1, 1), block, 0}, &difference_join_kernel<0>, partials,
         static_cast<std::int32_t>(blocks), result);
}

}  // namespace kernels::inline KERNELS_ABI::gpu
