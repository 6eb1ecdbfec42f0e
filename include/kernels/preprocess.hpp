// preprocess: what a network wants to see. Regions (whole frames, or boxes) out of 8-bit frames,
// resized, letterboxed, normalised and laid out as float32 or float16 CHW, in one pass.
//
//   const auto regions = kernels::whole_frames(16, {1920, 1080});
//   kernels::preprocess(kernels::on_cpu(), frames, regions, batch, {.swap_channels = true});
//
// Class: exact. Same bytes on CPU and GPU, with any number of threads and any instruction set.
#pragma once

#include <kernels/cpu/preprocess.hpp>
#include <kernels/letterbox.hpp>
#include <kernels/preprocess_gpu.hpp>

#include <vector>

namespace kernels::inline KERNELS_ABI {

#if defined(KERNELS_WITH_CUDA)
namespace gpu {
extern template void preprocess<float>(CUstream_st*, view<const std::uint8_t, 4, space::device>,
                                       view<const preprocess_region, 1, space::device>,
                                       view<float, 4, space::device>, const preprocess_options&);
extern template void preprocess<half>(CUstream_st*, view<const std::uint8_t, 4, space::device>,
                                      view<const preprocess_region, 1, space::device>,
                                      view<half, 4, space::device>, const preprocess_options&);
}  // namespace gpu
#endif

/// Output r, of (R, 3, H, W), shows region r of the frames (N, H, W, 3), 8-bit:
///
///   content    the region's aspect ratio fitted into W × H as make_letterbox() does it (a region
///              that is a whole frame gives the same letterbox), or all of W × H with stretch
///   pixel      bilinear between pixel centres: column i of the content is at left + (i + ½)·
///              width/content − ½ (box edges in 2^-16 pixel, weights in 2^-11); beyond the frame's
///              edge its outermost pixels go on. Nothing is averaged when a region shrinks.
///   value      fma(Σ, 1/(255·2^22·std), −mean/std) in float, Σ the exact integer pixel·2^22;
///              float16 by rounding to nearest, ties to even. Padding is normalised like a pixel.
///
/// A region without a positive size, with coordinates that are NaN or beyond ±2^20, or of a frame
/// that is not in the batch, gives an output of padding only.
/// Cost: about 6 reads and 3 writes a pixel of output.
/// Errors: frames that are not HWC with 3 channels, an output that is not (R, 3, H, W) with
/// adjacent pixels, sides over 2^20 − 1, a mean or std that is not finite, a std of 0.
template <class Out>
void preprocess(on_cpu exec, const view<const std::uint8_t, 4>& frames,
                const view<const preprocess_region, 1>& regions, const view<Out, 4>& output,
                const preprocess_options& options = {}) {
  check_preprocess(frames, regions, output, options);
  if (output.size() == 0) return;
  cpu::preprocess(exec, frames, regions, output, options, preprocess_scale_of(options));
}

/// The same with regions in a vector.
template <class Out>
void preprocess(on_cpu exec, const view<const std::uint8_t, 4>& frames,
                const std::vector<preprocess_region>& regions, const view<Out, 4>& output,
                const preprocess_options& options = {}) {
  preprocess(exec, frames, packed(regions.data(), {static_cast<std::int64_t>(regions.size())}),
             output, options);
}

/// Regions that are the whole of `count` frames.
inline std::vector<preprocess_region> whole_frames(std::int64_t count, pixel_size size) {
  std::vector<preprocess_region> regions;
  for (std::int64_t n = 0; n < count; ++n) {
    regions.push_back({static_cast<std::int32_t>(n),
                       {0, 0, static_cast<float>(size.width), static_cast<float>(size.height)}});
  }
  return regions;
}

}  // namespace kernels::inline KERNELS_ABI
