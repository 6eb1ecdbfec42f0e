// conditioned_assignment on the GPU: count what is allowed, count the labels, adjust the costs,
// assign: five kernels and label_boxes' two, none of which waits for the host. Limit: reading the
// label map once for each box, from the cache.
#pragma once

#include <kernels/assignment.cuh>
#include <kernels/conditioned_assignment_gpu.hpp>
#include <kernels/label_boxes.cuh>

namespace kernels::inline KERNELS_ABI::gpu {

/// The allowed pairs of a row or of a column: how many, and the highest index of one.
struct conditioned_count {
  std::int32_t* number;
  std::int32_t* last;
};

/// A view as a kernel sees it.
template <class T>
struct conditioned_array {
  const T* data;
  std::int64_t row_stride, stride;
  __device__ __forceinline__ T at(std::int64_t i, std::int64_t j = 0) const {
    return data[i * row_stride + j * stride];
  }
};

template <class T>
struct conditioned_job {
  std::int64_t tracks, detection_count;
  conditioned_array<T> cost, detections;
  conditioned_array<std::int32_t> masks;
  conditioned_array<T> confidences;
  conditioned_assignment_parameters<T> parameters;
  T ceiling;
  std::int32_t map_height, map_width;
  conditioned_count rows, columns;
  box<std::int32_t>* boxes;
  std::int32_t* counts;  ///< detections × labels; null: there is no map
  std::int32_t* areas;
  double* adjusted;  ///< packed
};

/// Begins the counts, and cuts the detections' boxes to the map. Grid: any.
template <class T>
__global__ void __launch_bounds__(256) conditioned_begin_kernel(conditioned_job<T> job) {
  const std::int64_t threads = std::int64_t{gridDim.x} * blockDim.x;
  const std::int64_t first = std::int64_t{blockIdx.x} * blockDim.x + threadIdx.x;
  for (std::int64_t i = first; i < job.tracks; i += threads) {
    job.rows.number[i] = 0;
    job.rows.last[i] = 0;
  }
  for (std::int64_t j = first; j < job.detection_count; j += threads) {
    job.columns.number[j] = 0;
    job.columns.last[j] = 0;
    const auto at = [&](std::int64_t c) { return job.detections.at(j, c); };
    job.boxes[j] = math::mask_box(at(0), at(1), at(2), at(3), job.map_height, job.map_width);
  }
}

/// Grid: any.
template <class T>
__global__ void __launch_bounds__(256) conditioned_count_kernel(conditioned_job<T> job) {
  const std::int64_t columns = job.detection_count;
  const std::int64_t size = job.tracks * columns;
  const std::int64_t threads = std::int64_t{gridDim.x} * blockDim.x;
  for (std::int64_t k = std::int64_t{blockIdx.x} * blockDim.x + threadIdx.x; k < size;
       k += threads) {
    const std::int64_t i = k / columns;
    const std::int64_t j = k - i * columns;
    const T c = job.cost.at(i, j);
    if (!assignment_allowed(c, job.ceiling)) continue;
    atomicAdd(job.rows.number + i, 1);
    atomicAdd(job.columns.number + j, 1);
    atomicMax(job.rows.last + i, static_cast<std::int32_t>(j));
    atomicMax(job.columns.last + j, static_cast<std::int32_t>(i));
  }
}

/// Grid: any.
template <class T>
__global__ void __launch_bounds__(256) conditioned_adjust_kernel(conditioned_job<T> job) {
  const std::int64_t columns = job.detection_count;
  const std::int64_t size = job.tracks * columns;
  const std::int64_t threads = std::int64_t{gridDim.x} * blockDim.x;
  const auto locked = [&](std::int64_t row) {
    return job.rows.number[row] == 1 && job.columns.number[job.rows.last[row]] == 1;
  };
  for (std::int64_t k = std::int64_t{blockIdx.x} * blockDim.x + threadIdx.x; k < size;
       k += threads) {
    const std::int64_t i = k / columns;
    const std::int64_t j = k - i * columns;
    const T c = job.cost.at(i, j);
    const bool may = assignment_allowed(c, job.ceiling);
    const bool row_locked = locked(i);
    const bool column_locked = job.columns.number[j] == 1 && locked(job.columns.last[j]);
    const bool alone = may && row_locked && column_locked;
    const std::int32_t mask = job.masks.at(i);
    double discount = 0.0;
    if (may && !alone && job.counts != nullptr &&
        math::mask_counts(job.parameters, mask, job.confidences.at(i))) {
      discount = math::mask_discount(job.parameters, job.counts[j * job.parameters.labels + mask],
                                     job.areas[mask], job.boxes[j]);
    }
    job.adjusted[k] = math::conditioned_cost(job.parameters, static_cast<double>(c), may, alone,
                                             row_locked, column_locked, discount);
  }
}

struct conditioned_space {
  conditioned_count rows, columns;
  box<std::int32_t>* boxes;
  std::int32_t* counts;
  std::int32_t* areas;
  double* adjusted;
  std::byte* assignment;
  std::int64_t assignment_bytes;
};
inline conditioned_space conditioned_layout(workspace_carver& carver, std::int64_t tracks,
                                            std::int64_t detections, std::int32_t labels) {
  const std::int64_t bytes = assignment_launchers<double>::workspace_bytes(tracks, detections);
  return {{carver.take<std::int32_t>(tracks), carver.take<std::int32_t>(tracks)},
          {carver.take<std::int32_t>(detections), carver.take<std::int32_t>(detections)},
          carver.take<box<std::int32_t>>(detections),
          carver.take<std::int32_t>(detections * labels),
          carver.take<std::int32_t>(labels),
          carver.take<double>(tracks * detections),
          carver.take<std::byte>(bytes),
          bytes};
}

template <class T, class Label>
std::int64_t conditioned_launchers<T, Label>::workspace_bytes(std::int64_t tracks,
                                                              std::int64_t detections,
                                                              std::int32_t labels) {
  workspace_carver counter;
  static_cast<void>(conditioned_layout(counter, tracks, detections, labels));
  return counter.bytes();
}

template <class T, class Label>
void conditioned_launchers<T, Label>::run(
    CUstream_st* stream, const view<const T, 2, space::device>& cost,
    const view<const T, 2, space::device>& detections,
    const view<const Label, 2, space::device>& map,
    const view<const std::int32_t, 1, space::device>& masks,
    const view<const T, 1, space::device>& confidences,
    const view<std::int32_t, 1, space::device>& track_to_detection,
    const view<std::int32_t, 1, space::device>& detection_to_track,
    const conditioned_assignment_parameters<T>& parameters,
    const view<std::byte, 1, space::device>& workspace) {
  const std::int64_t tracks = cost.extent[0];
  const std::int64_t columns = cost.extent[1];
  workspace_carver carver(workspace);
  const conditioned_space scratch = conditioned_layout(carver, tracks, columns, parameters.labels);
  const bool has_map = map.size() > 0 && parameters.labels > 0;
  const conditioned_job<T> job{tracks,
                               columns,
                               {cost.data, cost.stride[0], cost.stride[1]},
                               {detections.data, detections.stride[0], detections.stride[1]},
                               {masks.data, masks.stride[0], 0},
                               {confidences.data, confidences.stride[0], 0},
                               parameters,
                               math::assignment_ceiling(parameters.limit),
                               static_cast<std::int32_t>(map.extent[0]),
                               static_cast<std::int32_t>(map.extent[1]),
                               scratch.rows,
                               scratch.columns,
                               scratch.boxes,
                               has_map ? scratch.counts : nullptr,
                               scratch.areas,
                               scratch.adjusted};
  if (tracks > 0 && columns > 0) {
    check_device_pointer("conditioned_assign", "cost", cost.data);
    check_device_pointer("conditioned_assign", "detections", detections.data);
    check_device_pointer("conditioned_assign", "masks", masks.data);
    check_device_pointer("conditioned_assign", "confidences", confidences.data);
    const auto start = [&](auto kernel, std::int64_t size) {
      const auto blocks =
          static_cast<unsigned>(std::clamp<std::int64_t>((size + 255) / 256, 1, 4096));
      launch(stream, {dim3(blocks, 1, 1), dim3(256, 1, 1), 0}, kernel, job);
    };
    start(&conditioned_begin_kernel<T>, std::max(tracks, columns));
    start(&conditioned_count_kernel<T>, tracks * columns);
    if (has_map) {
      const std::int64_t labels = parameters.labels;
      label_boxes<Label>(
          stream, map,
          packed<space::device>(static_cast<const box<std::int32_t>*>(scratch.boxes), {columns}),
          packed<space::device>(scratch.counts, {columns, labels}),
          packed<space::device>(scratch.areas, {labels}));
    }
    start(&conditioned_adjust_kernel<T>, tracks * columns);
  }
  assignment_costs<double> costs;
  costs.costs = scratch.adjusted;
  costs.row_stride = columns;
  costs.column_stride = 1;
  costs.rows = tracks;
  costs.columns = columns;
  assignment_launchers<double>::run(
      stream, costs, false, math::assignment_limit(parameters.limit), track_to_detection,
      detection_to_track, packed<space::device>(scratch.assignment, {scratch.assignment_bytes}));
}

}  // namespace kernels::inline KERNELS_ABI::gpu
