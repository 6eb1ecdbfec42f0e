// decode_yolo on the GPU: one kernel finds the best class of each anchor and counts detections by
// block, a second one gives each its place: those of earlier blocks come first. Limit: memory, the
// head is read once.
#pragma once

#include <kernels/core/workspace.hpp>
#include <kernels/decode_yolo_gpu.hpp>
#include <kernels/portable.cuh>

#include <algorithm>

namespace kernels::inline KERNELS_ABI::gpu {

struct decode_yolo_tuning {
  static constexpr int kThreads = 256;  ///< anchors of a block
};

/// The head, and the thresholded best classes of all anchors (in the workspace).
struct yolo_head {
  const float* data;
  std::int64_t picture_stride, row_stride, anchor_stride;
  std::int32_t classes, anchors, blocks;  ///< blocks of a picture
  float threshold;
};
struct yolo_found {
  float* scores;         ///< pictures × anchors; not above the threshold: no detection
  std::int32_t* labels;  ///< pictures × anchors
  std::int32_t* counts;  ///< pictures × blocks
};

/// What is written; strides of pictures and of places.
struct yolo_output {
  box<float>* boxes;
  float* scores;
  std::int32_t *classes, *counts, *anchors;  ///< anchors or null
  const letterbox* letterboxes;              ///< or null
  std::int64_t box_stride[2], score_stride[2], class_stride[2], anchor_stride[2];
  std::int64_t count_stride, letterbox_stride, capacity;
  bool clip;
};

/// Block: kThreads; grid: pictures · blocks.
template <int kThreads>
__global__ void __launch_bounds__(kThreads)
    decode_yolo_count_kernel(yolo_head head, yolo_found found) {
  const auto blocks = static_cast<unsigned>(head.blocks);
  const std::int64_t picture = blockIdx.x / blocks;
  const std::int64_t anchor =
      std::int64_t{blockIdx.x % blocks} * kThreads + static_cast<std::int64_t>(threadIdx.x);
  math::yolo_best<float> best{math::kYoloNoScore, 0};
  if (anchor < head.anchors) {
    const float* score = head.data + picture * head.picture_stride + 4 * head.row_stride +
                         anchor * head.anchor_stride;
    for (std::int32_t c = 0; c < head.classes; ++c) {
      math::yolo_take(best, score[c * head.row_stride], c);
    }
    found.scores[picture * head.anchors + anchor] = best.score;
    found.labels[picture * head.anchors + anchor] = best.label;
  }
  const int count = __syncthreads_count(anchor < head.anchors && best.score > head.threshold);
  if (threadIdx.x == 0) found.counts[blockIdx.x] = count;
}

/// Sum of counts[0 … n), in every thread of the block. Each thread of the block must call it.
template <int kThreads>
__device__ __forceinline__ std::int64_t yolo_sum(const std::int32_t* counts, std::int32_t n) {
  KERNELS_SHARED(std::int64_t, partial, kThreads / 32);
  std::int64_t sum = 0;
  for (auto k = static_cast<std::int32_t>(threadIdx.x); k < n; k += kThreads) sum += counts[k];
  KERNELS_UNROLL
  for (unsigned step = 16; step > 0; step /= 2) {
    sum += __shfl_down_sync(0xffffffffU, sum, step);
  }
  if (threadIdx.x % 32 == 0) partial[threadIdx.x / 32] = sum;
  __syncthreads();
  sum = 0;
  KERNELS_UNROLL
  for (int w = 0; w < kThreads / 32; ++w) sum += partial[w];
  return sum;
}

/// Block: kThreads; grid: as decode_yolo_count_kernel.
template <int kThreads>
__global__ void __launch_bounds__(kThreads)
    decode_yolo_fill_kernel(yolo_head head, yolo_found found, yolo_output out) {
  KERNELS_SHARED(std::int32_t, warps, kThreads / 32);
  const auto blocks = static_cast<unsigned>(head.blocks);
  const std::int64_t picture = blockIdx.x / blocks;
  const auto block = static_cast<std::int32_t>(blockIdx.x % blocks);
  const auto lane = threadIdx.x % 32;
  const auto warp = threadIdx.x / 32;
  const std::int64_t anchor =
      std::int64_t{block} * kThreads + static_cast<std::int64_t>(threadIdx.x);
  const std::int32_t* counts = found.counts + picture * head.blocks;
  std::int64_t place = yolo_sum<kThreads>(counts, block);
  if (block == head.blocks - 1 && threadIdx.x == 0) {
    out.counts[picture * out.count_stride] = static_cast<std::int32_t>(place + counts[block]);
  }
  float score = 0;
  bool detection = false;
  if (anchor < head.anchors) {
    score = found.scores[picture * head.anchors + anchor];
    detection = score > head.threshold;
  }
  const unsigned mine = __ballot_sync(0xffffffffU, detection);
  if (lane == 0) warps[warp] = __popc(mine);
  __syncthreads();
  if (!detection) return;
  for (unsigned w = 0; w < warp; ++w) place += warps[w];
  place += __popc(mine & ((1U << lane) - 1));
  if (place >= out.capacity) return;
  const float* row = head.data + picture * head.picture_stride + anchor * head.anchor_stride;
  const letterbox* l =
      out.letterboxes == nullptr ? nullptr : out.letterboxes + picture * out.letterbox_stride;
  out.boxes[picture * out.box_stride[0] + place * out.box_stride[1]] =
      math::yolo_box(row[0], row[head.row_stride], row[2 * head.row_stride],
                     row[3 * head.row_stride], l, out.clip);
  out.scores[picture * out.score_stride[0] + place * out.score_stride[1]] = score;
  out.classes[picture * out.class_stride[0] + place * out.class_stride[1]] =
      found.labels[picture * head.anchors + anchor];
  if (out.anchors != nullptr) {
    out.anchors[picture * out.anchor_stride[0] + place * out.anchor_stride[1]] =
        static_cast<std::int32_t>(anchor);
  }
}

/// Blocks a picture. Errors: more blocks than a launch has.
inline std::int64_t decode_yolo_blocks(std::int64_t pictures, std::int64_t anchors) {
  constexpr std::int64_t kThreads = decode_yolo_tuning::kThreads;
  const std::int64_t blocks = std::max<std::int64_t>(1, (anchors + kThreads - 1) / kThreads);
  constexpr std::int64_t kMost = std::numeric_limits<std::int32_t>::max();
  if (pictures > kMost / blocks) {
    refuse("decode_yolo", "head", "at most " + std::to_string(kMost / blocks) + " pictures",
           std::to_string(pictures));
  }
  return blocks;
}
inline yolo_found decode_yolo_layout(workspace_carver& carver, std::int64_t pictures,
                                     std::int64_t anchors) {
  return {carver.take<float>(pictures * anchors), carver.take<std::int32_t>(pictures * anchors),
          carver.take<std::int32_t>(pictures * decode_yolo_blocks(pictures, anchors))};
}

template <class T>
std::int64_t decode_yolo_workspace_bytes(const decode_yolo_arguments<T, space::device>& a) {
  check_decode_yolo(a, {});
  workspace_carver counter;
  static_cast<void>(decode_yolo_layout(counter, a.head.extent[0], a.head.extent[2]));
  return counter.bytes();
}

/// The launcher behind kernels::decode_yolo(on_gpu(stream), …).
template <class T>
void decode_yolo(CUstream_st* stream, const decode_yolo_arguments<T, space::device>& a,
                 const decode_yolo_options& options, view<std::byte, 1, space::device> workspace) {
  check_decode_yolo(a, options);
  workspace_carver carver(workspace);
  const std::int64_t pictures = a.head.extent[0];
  const std::int64_t anchors = a.head.extent[2];
  const yolo_found found = decode_yolo_layout(carver, pictures, anchors);
  if (pictures == 0) return;
  check_device_pointer("decode_yolo", "counts", a.counts.data);
  check_device_pointer("decode_yolo", "workspace", workspace.data);
  if (anchors > 0) check_device_pointer("decode_yolo", "head", a.head.data);
  if (a.boxes.size() > 0) {
    check_device_pointer("decode_yolo", "boxes", a.boxes.data);
    check_device_pointer("decode_yolo", "scores", a.scores.data);
    check_device_pointer("decode_yolo", "classes", a.classes.data);
    if (a.anchors.data != nullptr) {
      check_device_pointer("decode_yolo", "anchors", a.anchors.data);
    }
  }
  const std::int64_t boxes = a.letterboxes.extent[0];
  if (boxes > 0) check_device_pointer("decode_yolo", "letterboxes", a.letterboxes.data);
  const std::int64_t blocks = decode_yolo_blocks(pictures, anchors);
  const yolo_head head{a.head.data,
                       a.head.stride[0],
                       a.head.stride[1],
                       a.head.stride[2],
                       static_cast<std::int32_t>(a.head.extent[1] - 4),
                       static_cast<std::int32_t>(anchors),
                       static_cast<std::int32_t>(blocks),
                       static_cast<float>(options.score_threshold)};
  const yolo_output out{a.boxes.data,
                        a.scores.data,
                        a.classes.data,
                        a.counts.data,
                        a.anchors.data,
                        boxes > 0 ? a.letterboxes.data : nullptr,
                        {a.boxes.stride[0], a.boxes.stride[1]},
                        {a.scores.stride[0], a.scores.stride[1]},
                        {a.classes.stride[0], a.classes.stride[1]},
                        {a.anchors.stride[0], a.anchors.stride[1]},
                        a.counts.stride[0],
                        boxes > 1 ? a.letterboxes.stride[0] : 0,
                        a.boxes.extent[1],
                        options.clip};
  constexpr int kThreads = decode_yolo_tuning::kThreads;
  const launch_shape shape{dim3(static_cast<unsigned>(pictures * blocks), 1, 1),
                           dim3(kThreads, 1, 1), 0};
  launch(stream, shape, &decode_yolo_count_kernel<kThreads>, head, found);
  launch(stream, shape, &decode_yolo_fill_kernel<kThreads>, head, found, out);
}

}  // namespace kernels::inline KERNELS_ABI::gpu
