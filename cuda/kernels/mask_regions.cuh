// mask_regions on the GPU: a thread a word, a label a run of ones inside a word. Neighbouring runs
// are joined by atomicMin, so that a region's root is its first run whatever the order; areas are
// sums at the roots; then each thread changes its own word.
#pragma once

#include <kernels/mask.cuh>
#include <kernels/mask_regions_gpu.hpp>

namespace kernels::inline KERNELS_ABI::gpu {

struct mask_regions_job {
  std::uint64_t* masks;  ///< the first of those handled at a time
  std::int64_t mask_stride, row_stride, count;
  std::int32_t height, words, width;
  bool holes, diagonal, keep_largest;
  std::int64_t limit;
  mask_regions_pieces pieces;
  std::int64_t* changed;  ///< or null
  std::int64_t changed_stride;

  __device__ __forceinline__ std::int64_t words_of_mask() const {
    return std::int64_t{height} * words;
  }
  __device__ __forceinline__ std::uint64_t* at(std::int64_t n, std::int32_t y,
                                               std::int32_t k) const {
    return masks + (n * mask_stride + y * row_stride + k);
  }
  /// The word whose ones are looked at.
  __device__ __forceinline__ std::uint64_t load(std::int64_t n, std::int32_t y,
                                                std::int32_t k) const {
    const std::uint64_t word = *at(n, y, k);
    return holes ? ~word & math::low_bits(exact::min(64, width - 64 * k)) : word;
  }
  /// Two runs of a word start at least two bits apart: start / 2 tells them apart, in order.
  __device__ __forceinline__ std::int32_t label(std::int32_t y, std::int32_t k,
                                                std::int32_t start) const {
    return (y * words + k) * 32 + start / 2;
  }
  __device__ __forceinline__ std::int32_t* parents(std::int64_t n) const {
    return pieces.parents + n * words_of_mask() * 32;
  }
  __device__ __forceinline__ std::int32_t* areas(std::int64_t n) const {
    return pieces.areas + n * words_of_mask() * 32;
  }
};

/// A place in the grid: a thread of x a word, a block of y a mask.
template <class Body>
__device__ __forceinline__ void for_region_word(const mask_regions_job& job, const Body& body) {
  const std::int64_t i = std::int64_t{blockIdx.x} * blockDim.x + threadIdx.x;
  if (i >= job.words_of_mask()) return;
  const auto y = static_cast<std::int32_t>(i / job.words);
  body(std::int64_t{blockIdx.y}, y, static_cast<std::int32_t>(i - std::int64_t{y} * job.words));
}
/// use(run) for all runs of a word that hold a bit of `wanted`.
template <class Use>
__device__ __forceinline__ void for_runs(std::uint64_t word, std::uint64_t wanted, const Use& use) {
  for (std::uint64_t rest = word & wanted; rest != 0;) {
    const math::bit_run run = math::run_around(word, math::lowest_bit(rest));
    use(run);
    rest &= ~math::low_bits(run.end);
  }
}

__device__ __forceinline__ std::int32_t find_root(const std::int32_t* parents, std::int32_t k) {
  for (std::int32_t up = parents[k]; up != k; up = parents[k]) k = up;
  return k;
}
__device__ __forceinline__ void join_roots(std::int32_t* parents, std::int32_t a, std::int32_t b) {
  for (;;) {
    a = find_root(parents, a);
    b = find_root(parents, b);
    if (a == b) return;
    const std::int32_t high = exact::max(a, b);
    const std::int32_t low = exact::min(a, b);
    const std::int32_t old = atomicMin(parents + high, low);
    if (old == high) return;
    a = old;  // somebody else joined `high` to `old`, which now must be joined to `low`
    b = low;
  }
}

template <int = 0>
__global__ void __launch_bounds__(256)
    mask_regions_begin_kernel(KERNELS_GRID_CONSTANT const mask_regions_job job) {
  for_region_word(job, [&](std::int64_t n, std::int32_t y, std::int32_t k) {
    if (y == 0 && k == 0) job.pieces.largest[n] = 0;
    const std::uint64_t word = job.load(n, y, k);
    for_runs(word, word, [&](const math::bit_run& run) {
      const std::int32_t own = job.label(y, k, run.start);
      job.parents(n)[own] = own;
      job.areas(n)[own] = 0;
    });
  });
}

/// Joins the runs of a word with those of one neighbour: grid z is the side, left, above, above
/// left, above right (the last two only for diagonal neighbours).
template <int = 0>
__global__ void __launch_bounds__(256)
    mask_regions_join_kernel(KERNELS_GRID_CONSTANT const mask_regions_job job) {
  for_region_word(job, [&](std::int64_t n, std::int32_t y, std::int32_t k) {
    const unsigned side = blockIdx.z;
    const std::int32_t y2 = side == 0 ? y : y - 1;
    const std::int32_t k2 = side == 1 ? k : side == 3 ? k + 1 : k - 1;
    if (y2 < 0 || k2 < 0 || k2 == job.words) return;
    const std::uint64_t word = job.load(n, y, k);
    const std::uint64_t other = job.load(n, y2, k2);
    std::int32_t* parents = job.parents(n);
    for_runs(word, word, [&](const math::bit_run& run) {
      std::uint64_t wanted = 0;
      if (side == 1) {
        wanted = math::run_bits(run);
        if (job.diagonal) wanted |= wanted << 1 | wanted >> 1;
      } else if (side == 3) {
        wanted = run.end == 64 ? 1 : 0;
      } else {
        wanted = run.start == 0 ? std::uint64_t{1} << 63 : 0;
      }
      for_runs(other, wanted, [&](const math::bit_run& run2) {
        join_roots(parents, job.label(y, k, run.start), job.label(y2, k2, run2.start));
      });
    });
  });
}

template <int = 0>
__global__ void __launch_bounds__(256)
    mask_regions_area_kernel(KERNELS_GRID_CONSTANT const mask_regions_job job) {
  for_region_word(job, [&](std::int64_t n, std::int32_t y, std::int32_t k) {
    const std::uint64_t word = job.load(n, y, k);
    for_runs(word, word, [&](const math::bit_run& run) {
      const std::int32_t own = job.label(y, k, run.start);
      const std::int32_t root = find_root(job.parents(n), own);
      job.parents(n)[own] = root;  // whoever comes by now has a shorter way to the same root
      atomicAdd(job.areas(n) + root, run.end - run.start);
    });
  });
}

/// The largest area, and of equal ones the first root.
template <int = 0>
__global__ void __launch_bounds__(256)
    mask_regions_largest_kernel(KERNELS_GRID_CONSTANT const mask_regions_job job) {
  for_region_word(job, [&](std::int64_t n, std::int32_t y, std::int32_t k) {
    const std::uint64_t word = job.load(n, y, k);
    for_runs(word, word, [&](const math::bit_run& run) {
      const std::int32_t own = job.label(y, k, run.start);
      if (job.parents(n)[own] != own) return;
      const auto area = static_cast<unsigned long long>(job.areas(n)[own]);
      atomicMax(job.pieces.largest + n, area << 32 | static_cast<std::uint32_t>(~own));
    });
  });
}

template <int = 0>
__global__ void __launch_bounds__(256)
    mask_regions_change_kernel(KERNELS_GRID_CONSTANT const mask_regions_job job) {
  for_region_word(job, [&](std::int64_t n, std::int32_t y, std::int32_t k) {
    const std::uint64_t word = job.load(n, y, k);
    const auto largest =
        static_cast<std::int32_t>(~static_cast<std::uint32_t>(job.pieces.largest[n]));
    std::uint64_t flipped = 0;
    for_runs(word, word, [&](const math::bit_run& run) {
      const std::int32_t root = find_root(job.parents(n), job.label(y, k, run.start));
      if (job.areas(n)[root] >= job.limit || (job.keep_largest && root == largest)) return;
      flipped |= math::run_bits(run);
    });
    if (flipped == 0) return;
    *job.at(n, y, k) ^= flipped;
    if (job.changed != nullptr) {
      atomicAdd(reinterpret_cast<unsigned long long*>(job.changed + n * job.changed_stride),
                static_cast<unsigned long long>(math::count_bits(flipped)));
    }
  });
}

template <int = 0>
__global__ void __launch_bounds__(256)
    mask_regions_clear_kernel(std::int64_t* changed, std::int64_t stride, std::int64_t count) {
  for (std::int64_t k = std::int64_t{blockIdx.x} * blockDim.x + threadIdx.x; k < count;
       k += std::int64_t{gridDim.x} * blockDim.x) {
    changed[k * stride] = 0;
  }
}

/// The launcher behind kernels::mask_regions(on_gpu(stream), …).
template <class Word>
void mask_regions(CUstream_st* stream, view<Word, 3, space::device> masks, std::int64_t width,
                  const mask_regions_options& options, view<std::int64_t, 1, space::device> changed,
                  view<std::byte, 1, space::device> workspace) {
  check_mask_regions(masks, width, options, changed);
  const std::int64_t n = masks.extent[0];
  if (n == 0) return;
  const dim3 block(256, 1, 1);
  const bool want_changed = changed.extent[0] > 0;
  if (want_changed) {
    check_device_pointer("mask_regions", "changed", changed.data);
    launch(stream, {dim3(mask_blocks((n + 255) / 256), 1, 1), block, 0},
           &mask_regions_clear_kernel<0>, changed.data, changed.stride[0], n);
  }
  if (masks.size() == 0) return;
  workspace_carver carver(workspace);
  const auto pieces = mask_regions_layout(carver, n, masks.extent[1], masks.extent[2]);
  check_device_pointer("mask_regions", "masks", masks.data);
  check_device_pointer("mask_regions", "workspace", workspace.data);
  for (std::int64_t first = 0; first < n; first += pieces.masks) {
    const std::int64_t count = std::min(pieces.masks, n - first);
    const auto blocks = static_cast<unsigned>((masks.extent[1] * masks.extent[2] + 255) / 256);
    const dim3 grid(blocks, static_cast<unsigned>(count), 1);
    const dim3 sides(grid.x, grid.y, options.neighbours == connectivity::eight ? 4 : 2);
    for (const bool holes : {true, false}) {
      const std::int64_t limit = holes ? options.holes_below : options.islands_below;
      if (limit == 0) continue;
      const mask_regions_job job{masks.data + first * masks.stride[0],
                                 masks.stride[0],
                                 masks.stride[1],
                                 count,
                                 static_cast<std::int32_t>(masks.extent[1]),
                                 static_cast<std::int32_t>(masks.extent[2]),
                                 static_cast<std::int32_t>(width),
                                 holes,
                                 options.neighbours == connectivity::eight,
                                 !holes && options.keep_largest,
                                 limit,
                                 pieces,
                                 want_changed ? changed.data + first * changed.stride[0] : nullptr,
                                 changed.stride[0]};
      launch(stream, {grid, block, 0}, &mask_regions_begin_kernel<0>, job);
      launch(stream, {sides, block, 0}, &mask_regions_join_kernel<0>, job);
      launch(stream, {grid, block, 0}, &mask_regions_area_kernel<0>, job);
      if (job.keep_largest) {
        launch(stream, {grid, block, 0}, &mask_regions_largest_kernel<0>, job);
      }
      launch(stream, {grid, block, 0}, &mask_regions_change_kernel<0>, job);
    }
  }
}

}  // namespace kernels::inline KERNELS_ABI::gpu
