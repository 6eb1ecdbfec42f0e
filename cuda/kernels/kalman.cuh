// kalman on the GPU: one thread a track. Plane after plane, neighbouring threads read neighbouring
// slots. Limit: memory. A float prediction of an uncoupled xyah track reads 81 and writes 64 bytes.
#pragma once

#include <kernels/kalman_gpu.hpp>
#include <kernels/portable.cuh>

#include <algorithm>

namespace kernels::inline KERNELS_ABI::gpu {

struct kalman_tuning {
  static constexpr int kThreads = 256;
  static constexpr std::int64_t kMostBlocks = 1 << 20;
};

/// The entries of a call: entry k is slot slots[k·stride], or k itself if there is no list; others
/// than 0 to size − 1 are skipped.
struct kalman_entries {
  const std::int32_t* slots;
  std::int64_t stride, count, size;
};

/// Rows of numbers, a row an entry or a measurement.
template <class T>
struct kalman_table {
  T* data;
  std::int64_t row, column;
  __device__ __forceinline__ T& at(std::int64_t k, int c) const {
    return data[k * row + c * column];
  }
};

/// A state as a kernel sees it.
template <class Model, class T>
struct kalman_planes_on_device {
  T* data;
  std::int64_t stride;
  std::uint8_t* coupled;
  __device__ __forceinline__ math::kalman_slot<T> at(std::int64_t slot) const {
    return {data + slot, stride};
  }
  __device__ __forceinline__ bool is_coupled(std::int64_t slot) const {
    if constexpr (Model::kCouples) return coupled[slot] != 0;
    return false;
  }
};

/// Calls body(entry, slot) for every entry. (One block a multiprocessor as the least to fit: left
/// to itself, ptxas spills to have more.) Block: kThreads in one dimension; grid: any.
template <class Body>
__global__ void __launch_bounds__(kalman_tuning::kThreads, 1)
    kalman_kernel(kalman_entries entries, Body body) {
  const std::int64_t step = static_cast<std::int64_t>(gridDim.x) * blockDim.x;
  for (std::int64_t k = static_cast<std::int64_t>(blockIdx.x) * blockDim.x + threadIdx.x;
       k < entries.count; k += step) {
    const std::int64_t slot = entries.slots == nullptr ? k : entries.slots[k * entries.stride];
    if (slot >= 0 && slot < entries.size) body(k, slot);
  }
}

template <class Model, class T>
struct kalman_initiate_body {
  kalman_planes_on_device<Model, T> state;
  math::kalman_noise<T> noise;
  kalman_table<const T> measured;
  __device__ __forceinline__ void operator()(std::int64_t k, std::int64_t slot) const {
    const T z[4] = {measured.at(k, 0), measured.at(k, 1), measured.at(k, 2), measured.at(k, 3)};
    if constexpr (Model::kCouples) state.coupled[slot] = 0;
    math::kalman_steps::kalman_initiate_plain<math::kalman_scalar<T>, Model>(noise, z,
                                                                             state.at(slot));
  }
};

template <class Model, class T>
struct kalman_predict_body {
  kalman_planes_on_device<Model, T> state;
  math::kalman_step<T> step;
  __device__ __forceinline__ void operator()(std::int64_t, std::int64_t slot) const {
    math::kalman_predict<Model>(step, state.at(slot), state.is_coupled(slot));
  }
};

template <class Model, class T>
struct kalman_zero_body {
  kalman_planes_on_device<Model, T> state;
  std::uint32_t coordinates;
  __device__ __forceinline__ void operator()(std::int64_t, std::int64_t slot) const {
    KERNELS_UNROLL
    for (int c = 0; c < Model::kMoving; ++c) {
      if ((coordinates >> c & 1U) != 0) {
        state.at(slot).store(math::kalman_planes<Model>::v(c), T(0));
      }
    }
  }
};

template <class Model, class T>
struct kalman_update_body {
  kalman_planes_on_device<Model, T> state;
  math::kalman_noise<T> noise;
  kalman_table<const T> measured;
  __device__ __forceinline__ void operator()(std::int64_t k, std::int64_t slot) const {
    const T z[4] = {measured.at(k, 0), measured.at(k, 1), measured.at(k, 2), measured.at(k, 3)};
    math::kalman_update<Model>(noise, z, state.at(slot), state.is_coupled(slot));
  }
};

template <class Model, class T>
struct kalman_project_body {
  kalman_planes_on_device<Model, T> state;
  math::kalman_noise<T> noise;
  kalman_table<T> mean;
  T* covariance;
  std::int64_t matrix, row, column;
  __device__ __forceinline__ void operator()(std::int64_t k, std::int64_t slot) const {
    const auto e = math::kalman_project<Model>(noise, state.at(slot), state.is_coupled(slot));
    KERNELS_UNROLL
    for (int i = 0; i < 4; ++i) {
      mean.at(k, i) = e.mean[i];
      KERNELS_UNROLL
      for (int j = 0; j < 4; ++j) {
        covariance[k * matrix + i * row + j * column] = i == j           ? e.variance[i]
                                                        : i / 2 == j / 2 ? e.covariance[i / 2]
                                                                         : T(0);
      }
    }
  }
};

template <class Model, class T>
struct kalman_warp_body {
  kalman_planes_on_device<Model, T> state;
  const kalman_motion<T>* motions;
  std::int64_t step;
  kalman_motion<T> motion;  ///< if motions is null
  __device__ __forceinline__ void operator()(std::int64_t k, std::int64_t slot) const {
    const kalman_motion<T> m = motions == nullptr ? motion : motions[k * step];
    if (!math::kalman_possible(m)) return;
    const bool before = state.is_coupled(slot);
    const bool after = math::kalman_warp<Model>(m, state.at(slot), before);
    if (after != before) state.coupled[slot] = 1;
  }
};

template <class Model, class T>
struct kalman_boxes_body {
  kalman_planes_on_device<Model, T> state;
  box<T>* boxes;
  std::int64_t step;
  __device__ __forceinline__ void operator()(std::int64_t k, std::int64_t slot) const {
    boxes[k * step] = math::kalman_box<Model, T>(state.at(slot));
  }
};

/// Thread by thread along the measurements of a track. Block and grid as kalman_kernel.
template <int Pairs, class Model, class T>
__global__ void __launch_bounds__(kalman_tuning::kThreads, 1)
    kalman_gating_kernel(kalman_entries entries, kalman_planes_on_device<Model, T> state,
                         math::kalman_noise<T> noise, kalman_table<const T> measured,
                         std::int64_t count, kalman_table<T> distances) {
  const std::int64_t step = static_cast<std::int64_t>(gridDim.x) * blockDim.x;
  for (std::int64_t i = static_cast<std::int64_t>(blockIdx.x) * blockDim.x + threadIdx.x;
       i < entries.count * count; i += step) {
    const std::int64_t k = i / count;
    const std::int64_t j = i - k * count;
    const std::int64_t slot = entries.slots == nullptr ? k : entries.slots[k * entries.stride];
    if (slot < 0 || slot >= entries.size) continue;
    const auto gate = math::kalman_steps::kalman_gate_of(
        math::kalman_project<Model>(noise, state.at(slot), state.is_coupled(slot)));
    T z[4] = {};
    KERNELS_UNROLL
    for (int c = 0; c < 2 * Pairs; ++c) z[c] = measured.at(j, c);
    distances.data[k * distances.row + j * distances.column] =
        math::kalman_steps::kalman_distance<Pairs, math::kalman_scalar<T>>(gate, z);
  }
}

inline launch_shape kalman_shape(std::int64_t threads) {
  const std::int64_t blocks = (threads + kalman_tuning::kThreads - 1) / kalman_tuning::kThreads;
  return {
      dim3(static_cast<unsigned>(std::clamp<std::int64_t>(blocks, 1, kalman_tuning::kMostBlocks)),
           1, 1),
      dim3(kalman_tuning::kThreads, 1, 1), 0};
}

/// Checks of a launcher; the entries of its call.
template <class Model, class T>
kalman_entries kalman_checked(std::string_view operation, const kalman_device<Model, T>& state,
                              const kalman_list& slots) {
  const std::int64_t count = kalman_checks::slots(operation, state, slots);
  if (count > 0) {
    if (state.size > 0) check_device_pointer(operation, "state", state.data);
    if (!slots.all) check_device_pointer(operation, "slots", slots.list.data);
  }
  return {slots.all ? nullptr : slots.list.data, slots.list.stride[0], count, state.size};
}
template <class Model, class T>
kalman_planes_on_device<Model, T> kalman_seen(const kalman_device<Model, T>& state) {
  return {state.data, state.stride, state.coupled};
}
template <class T, int Rank>
void kalman_check_array(std::string_view operation, std::string_view argument,
                        const device_view<T, Rank>& a,
                        const std::type_identity_t<std::array<std::int64_t, Rank>>& shape) {
  check_array(operation, argument, a, shape);
  if (a.size() > 0) check_device_pointer(operation, argument, a.data);
}
template <class Body>
void kalman_launch(CUstream_st* stream, const kalman_entries& entries, const Body& body) {
  if (entries.count == 0) return;
  launch(stream, kalman_shape(entries.count), &kalman_kernel<Body>, entries, body);
}

template <class Model, class T>
void kalman_initiate(CUstream_st* stream, const kalman_device<Model, T>& state,
                     const kalman_list& slots, device_view<const T, 2> z) {
  const auto entries = kalman_checked("kalman_initiate", state, slots);
  kalman_check_array("kalman_initiate", "measurements", z, {entries.count, 4});
  kalman_launch(stream, entries,
                kalman_initiate_body<Model, T>{kalman_seen(state),
                                               math::kalman_noise_of<T>(state.model),
                                               {z.data, z.stride[0], z.stride[1]}});
}

template <class Model, class T>
void kalman_predict(CUstream_st* stream, const kalman_device<Model, T>& state,
                    const kalman_list& slots, const kalman_predict_options& options) {
  const auto entries = kalman_checked("kalman_predict", state, slots);
  kalman_checks::step(options);
  kalman_launch(stream, entries,
                kalman_predict_body<Model, T>{kalman_seen(state),
                                              math::kalman_step_of<T>(state.model, options.dt)});
}

template <class Model, class T>
void kalman_zero_velocity(CUstream_st* stream, const kalman_device<Model, T>& state,
                          const kalman_list& slots, std::uint32_t coordinates) {
  const auto entries = kalman_checked("kalman_zero_velocity", state, slots);
  kalman_checks::coordinates<Model>(coordinates);
  kalman_launch(stream, entries, kalman_zero_body<Model, T>{kalman_seen(state), coordinates});
}

template <class Model, class T>
void kalman_update(CUstream_st* stream, const kalman_device<Model, T>& state,
                   const kalman_list& slots, device_view<const T, 2> z) {
  const auto entries = kalman_checked("kalman_update", state, slots);
  kalman_check_array("kalman_update", "measurements", z, {entries.count, 4});
  kalman_launch(stream, entries,
                kalman_update_body<Model, T>{kalman_seen(state),
                                             math::kalman_noise_of<T>(state.model),
                                             {z.data, z.stride[0], z.stride[1]}});
}

template <class Model, class T>
void kalman_project(CUstream_st* stream, const kalman_device<Model, T>& state,
                    const kalman_list& slots, device_view<T, 2> mean,
                    device_view<T, 3> covariance) {
  const auto entries = kalman_checked("kalman_project", state, slots);
  kalman_check_array("kalman_project", "mean", mean, {entries.count, 4});
  kalman_check_array("kalman_project", "covariance", covariance, {entries.count, 4, 4});
  kalman_launch(stream, entries,
                kalman_project_body<Model, T>{kalman_seen(state),
                                              math::kalman_noise_of<T>(state.model),
                                              {mean.data, mean.stride[0], mean.stride[1]},
                                              covariance.data,
                                              covariance.stride[0],
                                              covariance.stride[1],
                                              covariance.stride[2]});
}

template <class Model, class T>
void kalman_gating(CUstream_st* stream, const kalman_device<Model, T>& state,
                   const kalman_list& slots, device_view<const T, 2> z, device_view<T, 2> distances,
                   const kalman_gating_options& options) {
  const auto entries = kalman_checked("kalman_gating", state, slots);
  const std::int64_t count = z.extent[0];
  kalman_check_array("kalman_gating", "measurements", z, {count, 4});
  kalman_check_array("kalman_gating", "distances", distances, {entries.count, count});
  if (entries.count == 0 || count == 0) return;
  launch(stream, kalman_shape(entries.count * count),
         options.position_only ? &kalman_gating_kernel<1, Model, T>
                               : &kalman_gating_kernel<2, Model, T>,
         entries, kalman_seen(state), math::kalman_noise_of<T>(state.model),
         kalman_table<const T>{z.data, z.stride[0], z.stride[1]}, count,
         kalman_table<T>{distances.data, distances.stride[0], distances.stride[1]});
}

template <class Model, class T>
void kalman_warp(CUstream_st* stream, const kalman_device<Model, T>& state,
                 const kalman_list& slots, device_view<const kalman_motion<T>, 1> motions) {
  const auto entries = kalman_checked("kalman_warp", state, slots);
  kalman_checks::motions(motions, entries.count);
  if (motions.extent[0] > 0) check_device_pointer("kalman_warp", "motions", motions.data);
  const std::int64_t step = motions.extent[0] == 1 ? 0 : motions.stride[0];
  kalman_launch(stream, entries,
                kalman_warp_body<Model, T>{kalman_seen(state), motions.data, step, {}});
}
template <class Model, class T>
void kalman_warp(CUstream_st* stream, const kalman_device<Model, T>& state,
                 const kalman_list& slots, const kalman_motion<T>& motion) {
  const auto entries = kalman_checked("kalman_warp", state, slots);
  kalman_checks::motions(packed(&motion, {1}), entries.count);
  kalman_launch(stream, entries,
                kalman_warp_body<Model, T>{kalman_seen(state), nullptr, 0, motion});
}

template <class Model, class T>
void kalman_boxes(CUstream_st* stream, const kalman_device<Model, T>& state,
                  const kalman_list& slots, device_view<box<T>, 1> boxes) {
  const auto entries = kalman_checked("kalman_boxes", state, slots);
  kalman_check_array("kalman_boxes", "boxes", boxes, {entries.count});
  kalman_launch(stream, entries,
                kalman_boxes_body<Model, T>{kalman_seen(state), boxes.data, boxes.stride[0]});
}

}  // namespace kernels::inline KERNELS_ABI::gpu
