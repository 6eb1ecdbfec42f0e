// mask_logits on the GPU: a block samples 64 columns × 32 rows of one mask; a warp makes a word by
// two votes. Limit: four cached loads a pixel; written is a bit.
#pragma once

#include <kernels/mask.cuh>
#include <kernels/mask_logits_gpu.hpp>

namespace kernels::inline KERNELS_ABI::gpu {

struct mask_logits_tuning {
  static constexpr int kWarps = 8;
  static constexpr int kRows = 32;
};

template <class T>
struct mask_logits_job {
  const T* logits;
  std::int64_t map_stride, row_stride, count;
  math::logit_axis rows, columns;
  std::int64_t height, width;
  float middle, upper, lower;
  std::uint64_t* masks;  ///< or null
  std::int64_t mask_stride, mask_row_stride;
  unsigned long long* levels;  ///< two a mask, zero before; or null
  float* scores;
  std::int64_t score_stride;
};

template <class T>
__global__ void __launch_bounds__(256) mask_levels_clear_kernel(mask_logits_job<T> job) {
  const std::int64_t threads = std::int64_t{gridDim.x} * blockDim.x;
  for (std::int64_t k = std::int64_t{blockIdx.x} * blockDim.x + threadIdx.x; k < 2 * job.count;
       k += threads) {
    job.levels[k] = 0;
  }
}

template <class T>
__global__ void __launch_bounds__(256) mask_scores_kernel(mask_logits_job<T> job) {
  const std::int64_t threads = std::int64_t{gridDim.x} * blockDim.x;
  for (std::int64_t n = std::int64_t{blockIdx.x} * blockDim.x + threadIdx.x; n < job.count;
       n += threads) {
    job.scores[n * job.score_stride] =
        math::mask_stability(static_cast<std::int64_t>(job.levels[2 * n]),
                             static_cast<std::int64_t>(job.levels[2 * n + 1]));
  }
}

/// Grid: words of a row × tiles of kRows rows × masks (in strides).
template <class T>
__global__ void __launch_bounds__(32 * mask_logits_tuning::kWarps)
    mask_logits_kernel(KERNELS_GRID_CONSTANT const mask_logits_job<T> job) {
  KERNELS_SHARED(math::logit_tap, row_taps, mask_logits_tuning::kRows);
  const std::int64_t first_row = std::int64_t{blockIdx.y} * mask_logits_tuning::kRows;
  if (threadIdx.x < mask_logits_tuning::kRows) {
    row_taps[threadIdx.x] =
        math::logit_position(job.rows, exact::min(first_row + threadIdx.x, job.height - 1));
  }
  const auto warp = static_cast<std::int32_t>(threadIdx.x / 32);
  const auto lane = static_cast<std::int32_t>(threadIdx.x % 32);
  const std::int64_t x = std::int64_t{blockIdx.x} * kMaskBits + lane;
  const bool inside[2] = {x < job.width, x + 32 < job.width};
  const math::logit_tap taps[2] = {
      math::logit_position(job.columns, exact::min(x, job.width - 1)),
      math::logit_position(job.columns, exact::min(x + 32, job.width - 1))};
  __syncthreads();
  for (std::int64_t n = blockIdx.z; n < job.count; n += gridDim.z) {
    const T* map = job.logits + n * job.map_stride;
    std::int64_t above = 0;
    std::int64_t below = 0;
    for (std::int32_t r = warp; r < mask_logits_tuning::kRows; r += mask_logits_tuning::kWarps) {
      const std::int64_t y = first_row + r;
      if (y >= job.height) break;  // the whole warp
      const math::logit_tap tap = row_taps[r];
      const T* top = map + tap.low * job.row_stride;
      const T* bottom = map + tap.high * job.row_stride;
      std::uint32_t half[2];
      KERNELS_UNROLL
      for (int h = 0; h < 2; ++h) {
        const float value =
            math::logit_value(top[taps[h].low], top[taps[h].high], bottom[taps[h].low],
                              bottom[taps[h].high], taps[h].weight, tap.weight);
        half[h] = __ballot_sync(0xffffffffU, inside[h] && value > job.middle);
        if (job.levels == nullptr) continue;
        above += math::count_bits(__ballot_sync(0xffffffffU, inside[h] && value > job.upper));
        below += math::count_bits(__ballot_sync(0xffffffffU, inside[h] && value > job.lower));
      }
      if (lane == 0 && job.masks != nullptr) {
        job.masks[n * job.mask_stride + y * job.mask_row_stride + blockIdx.x] =
            std::uint64_t{half[1]} << 32 | half[0];
      }
    }
    if (lane == 0 && job.levels != nullptr) {
      if (above != 0) atomicAdd(job.levels + 2 * n, static_cast<unsigned long long>(above));
      if (below != 0) atomicAdd(job.levels + 2 * n + 1, static_cast<unsigned long long>(below));
    }
  }
}

/// The launcher behind kernels::mask_logits(on_gpu(stream), …).
template <class T>
void mask_logits(CUstream_st* stream, view<const T, 3, space::device> logits, mask_image image,
                 view<std::uint64_t, 3, space::device> masks, view<float, 1, space::device> scores,
                 const mask_logits_options& options, view<std::byte, 1, space::device> workspace) {
  static_assert(std::is_same_v<T, float>, "mask_logits takes float logits");
  const bool want_masks = masks.data != nullptr;
  const bool want_scores = scores.data != nullptr;
  check_mask_logits(logits, image, masks, scores, options, want_masks, want_scores);
  const std::int64_t n = logits.extent[0];
  if (n == 0 || (!want_masks && !want_scores)) return;
  const auto& region = options.region;
  const bool any = image.height > 0 && image.width > 0;
  mask_logits_job<T> job{
      logits.data,
      logits.stride[0],
      logits.stride[1],
      n,
      math::make_logit_axis(region.top, region.bottom, any ? image.height : 1, logits.extent[1]),
      math::make_logit_axis(region.left, region.right, any ? image.width : 1, logits.extent[2]),
      image.height,
      image.width,
      options.threshold,
      exact::add(options.threshold, options.stability_offset),
      exact::add(options.threshold, -options.stability_offset),
      masks.data,
      masks.stride[0],
      masks.stride[1],
      nullptr,
      scores.data,
      scores.stride[0]};
  const dim3 list_blocks(mask_blocks((2 * n + 255) / 256), 1, 1);
  if (want_scores) {
    workspace_carver carver(workspace);
    job.levels = mask_logits_layout(carver, n);
    check_device_pointer("mask_logits", "workspace", workspace.data);
    check_device_pointer("mask_logits", "scores", scores.data);
    launch(stream, {list_blocks, dim3(256, 1, 1), 0}, &mask_levels_clear_kernel<T>, job);
  }
  if (any) {
    check_device_pointer("mask_logits", "logits", logits.data);
    if (want_masks) check_device_pointer("mask_logits", "masks", masks.data);
    constexpr std::int64_t kRows = mask_logits_tuning::kRows;
    const dim3 grid(static_cast<unsigned>(mask_words(image.width)),
                    static_cast<unsigned>((image.height + kRows - 1) / kRows),
                    static_cast<unsigned>(std::min<std::int64_t>(n, 65535)));
    launch(stream, {grid, dim3(32 * mask_logits_tuning::kWarps, 1, 1), 0}, &mask_logits_kernel<T>,
           job);
  }
  if (want_scores) {
    launch(stream, {list_blocks, dim3(256, 1, 1), 0}, &mask_scores_kernel<T>, job);
  }
}

}  // namespace kernels::inline KERNELS_ABI::gpu
