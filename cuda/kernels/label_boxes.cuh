// label_boxes on the GPU: a block counts some rows of one box into a histogram in shared memory and
// adds that to the box's counts; the whole map, for the areas, is one more box. Limit: memory; each
// pixel is read once for each box that covers it, but for the first time, from the cache.
#pragma once

#include <kernels/label_boxes_gpu.hpp>
#include <kernels/portable.cuh>

#include <algorithm>

namespace kernels::inline KERNELS_ABI::gpu {

struct label_boxes_tuning {
  static constexpr int kWarps = 8;
  static constexpr std::int64_t kStripRows = 32;       ///< rows of one block
  static constexpr std::int64_t kMostShared = 8192;    ///< labels of a histogram in shared memory
  static constexpr std::int64_t kMostGridRows = 1024;  ///< boxes beside each other in a grid
};

/// A strided list or matrix of counts.
struct label_counts {
  std::int32_t* data;
  std::int64_t row_stride, stride;
};

template <class Label>
struct label_boxes_job {
  const Label* map;
  std::int64_t row_stride;
  std::int32_t height, width, labels;
  const box<std::int32_t>* boxes;
  std::int64_t box_stride, box_count;
  label_counts counts, areas;  ///< areas.data: null if not wanted
};

/// Zeroes counts and areas. Grid: any.
template <class Label>
__global__ void __launch_bounds__(256) label_boxes_clear_kernel(label_boxes_job<Label> job) {
  const std::int64_t threads = std::int64_t{gridDim.x} * blockDim.x;
  const std::int64_t first = std::int64_t{blockIdx.x} * blockDim.x + threadIdx.x;
  const std::int64_t size = job.box_count * job.labels;
  for (std::int64_t k = first; k < size; k += threads) {
    const std::int64_t row = k / job.labels;
    job.counts.data[row * job.counts.row_stride + (k - row * job.labels)] = 0;
  }
  if (job.areas.data == nullptr) return;
  for (std::int64_t k = first; k < job.labels; k += threads) {
    job.areas.data[k * job.areas.stride] = 0;
  }
}

/// Grid: strips of kStripRows rows × boxes (the last one: the whole map), both in strides. A lane
/// keeps the count of the label it saw last, so that a run of one label costs one addition.
template <class Label, bool InShared>
__global__ void __launch_bounds__(32 * label_boxes_tuning::kWarps)
    label_boxes_kernel(label_boxes_job<Label> job) {
  KERNELS_DYNAMIC_SHARED(std::int32_t, histogram);
  const auto labels = static_cast<std::uint32_t>(job.labels);
  const std::int64_t lists = job.box_count + (job.areas.data != nullptr ? 1 : 0);
  const std::int32_t warp = static_cast<std::int32_t>(threadIdx.x / 32);
  const std::int32_t lane = static_cast<std::int32_t>(threadIdx.x % 32);
  for (std::int64_t k = blockIdx.y; k < lists; k += gridDim.y) {
    const bool whole = k == job.box_count;
    const box<std::int32_t> b =
        whole ? box<std::int32_t>{0, 0, job.width, job.height}
              : math::clip_to_map(job.boxes[k * job.box_stride], job.height, job.width);
    std::int32_t* out = whole ? job.areas.data : job.counts.data + k * job.counts.row_stride;
    const std::int64_t step = whole ? job.areas.stride : 1;
    const std::int64_t top = b.top + std::int64_t{blockIdx.x} * label_boxes_tuning::kStripRows;
    if (top >= b.bottom) continue;  // the whole block
    const std::int64_t bottom =
        exact::min(top + label_boxes_tuning::kStripRows, std::int64_t{b.bottom});
    if constexpr (InShared) {
      for (std::uint32_t l = threadIdx.x; l < labels; l += blockDim.x) histogram[l] = 0;
      __syncthreads();
    }
    std::uint32_t last = labels;
    std::int32_t run = 0;
    const auto flush = [&] {
      if (run == 0 || last >= labels) return;
      atomicAdd(InShared ? histogram + last : out + last * step, run);
    };
    for (std::int64_t row = top + warp; row < bottom; row += label_boxes_tuning::kWarps) {
      const Label* pixels = job.map + row * job.row_stride;
      for (std::int32_t x = b.left + lane; x < b.right; x += 32) {
        const auto label = static_cast<std::uint32_t>(pixels[x]);
        if (label != last) {
          flush();
          last = label;
          run = 0;
        }
        run += 1;
      }
    }
    flush();
    if constexpr (InShared) {
      __syncthreads();
      // each thread empties what it will clear for the next box
      for (std::uint32_t l = threadIdx.x; l < labels; l += blockDim.x) {
        if (histogram[l] != 0) atomicAdd(out + l * step, histogram[l]);
      }
    }
  }
}

/// The launcher behind kernels::label_boxes(on_gpu(stream), …).
template <class Label>
void label_boxes(CUstream_st* stream, view<const Label, 2, space::device> labels,
                 view<const box<std::int32_t>, 1, space::device> boxes,
                 view<std::int32_t, 2, space::device> counts,
                 view<std::int32_t, 1, space::device> areas) {
  check_label_boxes(labels, boxes, counts, areas);
  const bool want_areas = areas.extent[0] > 0;
  if (counts.extent[1] == 0 || (boxes.extent[0] == 0 && !want_areas)) return;
  if (boxes.extent[0] > 0) {
    check_device_pointer("label_boxes", "boxes", boxes.data);
    check_device_pointer("label_boxes", "counts", counts.data);
  }
  if (want_areas) check_device_pointer("label_boxes", "areas", areas.data);
  const label_boxes_job<Label> job{labels.data,
                                   labels.stride[0],
                                   static_cast<std::int32_t>(labels.extent[0]),
                                   static_cast<std::int32_t>(labels.extent[1]),
                                   static_cast<std::int32_t>(counts.extent[1]),
                                   boxes.data,
                                   boxes.stride[0],
                                   boxes.extent[0],
                                   {counts.data, counts.stride[0], 1},
                                   {want_areas ? areas.data : nullptr, 0, areas.stride[0]}};
  using tuning = label_boxes_tuning;
  const std::int64_t outputs = std::max(counts.size(), areas.extent[0]);
  launch(
      stream,
      {dim3(static_cast<unsigned>(std::clamp<std::int64_t>((outputs + 255) / 256, 1, 4096)), 1, 1),
       dim3(256, 1, 1), 0},
      &label_boxes_clear_kernel<Label>, job);
  if (labels.size() == 0) return;
  check_device_pointer("label_boxes", "labels", labels.data);
  const auto strips =
      static_cast<unsigned>((labels.extent[0] + tuning::kStripRows - 1) / tuning::kStripRows);
  const auto lists = static_cast<unsigned>(
      std::min(boxes.extent[0] + (want_areas ? 1 : 0), tuning::kMostGridRows));
  const dim3 grid(strips, lists, 1);
  const dim3 block(32 * tuning::kWarps, 1, 1);
  if (counts.extent[1] <= tuning::kMostShared) {
    const auto bytes = static_cast<std::size_t>(counts.extent[1]) * sizeof(std::int32_t);
    launch(stream, {grid, block, bytes}, &label_boxes_kernel<Label, true>, job);
  } else {
    launch(stream, {grid, block, 0}, &label_boxes_kernel<Label, false>, job);
  }
}

}  // namespace kernels::inline KERNELS_ABI::gpu
