// kalman_linear on the GPU, one thread a track. Asynchronous on exec's stream, no allocation; slots
// outside the state are skipped. What is computed, and the errors: kalman_linear.hpp.
#pragma once

#include <kernels/kalman.cuh>
#include <kernels/math/kalman_linear.hpp>

namespace kernels::inline KERNELS_ABI {
namespace gpu {

template <int N, int M, class T>
using kalman_linear_device = kalman_device<kalman_linear<N, M>, T>;

template <int N, int M, class T>
struct kalman_linear_initiate_body {
  math::kalman_slot<T> state;
  math::kalman_linear_numbers<T, N, M> model;
  kalman_table<const T> means;
  __device__ __forceinline__ void operator()(std::int64_t k, std::int64_t slot) const {
    T mean[N];
    KERNELS_UNROLL
    for (int i = 0; i < N; ++i) mean[i] = means.at(k, i);
    math::kalman_steps::kalman_initiate_linear<math::kalman_scalar<T>, N, M>(
        model, mean, math::kalman_slot<T>{state.data + slot, state.stride});
  }
};

template <int N, int M, class T>
struct kalman_linear_predict_body {
  math::kalman_slot<T> state;
  math::kalman_linear_numbers<T, N, M> model;
  __device__ __forceinline__ void operator()(std::int64_t, std::int64_t slot) const {
    math::kalman_steps::kalman_predict_linear<math::kalman_scalar<T>, N, M>(
        model, math::kalman_slot<T>{state.data + slot, state.stride});
  }
};

template <int N, int M, class T>
struct kalman_linear_update_body {
  math::kalman_slot<T> state;
  math::kalman_linear_numbers<T, N, M> model;
  kalman_table<const T> measured;
  __device__ __forceinline__ void operator()(std::int64_t k, std::int64_t slot) const {
    T z[M];
    KERNELS_UNROLL
    for (int i = 0; i < M; ++i) z[i] = measured.at(k, i);
    math::kalman_steps::kalman_update_linear<math::kalman_scalar<T>, N, M>(
        model, z, math::kalman_slot<T>{state.data + slot, state.stride});
  }
};

template <int N, int M, class T>
struct kalman_linear_project_body {
  math::kalman_slot<T> state;
  math::kalman_linear_numbers<T, N, M> model;
  kalman_table<T> mean;
  T* covariance;
  std::int64_t matrix, row, column;
  __device__ __forceinline__ void operator()(std::int64_t k, std::int64_t slot) const {
    const auto e = math::kalman_steps::kalman_project_linear<math::kalman_scalar<T>, N, M>(
        model, math::kalman_slot<T>{state.data + slot, state.stride});
    for (int i = 0; i < M; ++i) {
      mean.at(k, i) = e.mean[i];
      for (int j = 0; j < M; ++j) {
        covariance[k * matrix + i * row + j * column] = e.covariance(i, j);
      }
    }
  }
};

template <int N, int M, class T>
struct kalman_linear_gating_body {
  math::kalman_slot<T> state;
  math::kalman_linear_numbers<T, N, M> model;
  kalman_table<const T> measured;
  std::int64_t count;
  kalman_table<T> distances;
  __device__ __forceinline__ void operator()(std::int64_t k, std::int64_t slot) const {
    const auto e = math::kalman_steps::kalman_project_linear<math::kalman_scalar<T>, N, M>(
        model, math::kalman_slot<T>{state.data + slot, state.stride});
    for (std::int64_t j = 0; j < count; ++j) {
      T z[M];
      for (int i = 0; i < M; ++i) z[i] = measured.at(j, i);
      distances.data[k * distances.row + j * distances.column] = e.distance(z);
    }
  }
};

}  // namespace gpu

template <int N, int M, class T>
void kalman_initiate(on_gpu exec, const gpu::kalman_linear_device<N, M, T>& state,
                     const std::type_identity_t<gpu::kalman_list>& slots,
                     const std::type_identity_t<device_view<const T, 2>>& means) {
  const auto entries = gpu::kalman_checked("kalman_initiate", state, slots);
  gpu::kalman_check_array("kalman_initiate", "means", means, {entries.count, N});
  gpu::kalman_launch(
      exec.stream, entries,
      gpu::kalman_linear_initiate_body<N, M, T>{{state.data, state.stride},
                                                state.model.template numbers<T>(),
                                                {means.data, means.stride[0], means.stride[1]}});
}

template <int N, int M, class T>
void kalman_predict(on_gpu exec, const gpu::kalman_linear_device<N, M, T>& state,
                    const std::type_identity_t<gpu::kalman_list>& slots) {
  const auto entries = gpu::kalman_checked("kalman_predict", state, slots);
  gpu::kalman_launch(exec.stream, entries,
                     gpu::kalman_linear_predict_body<N, M, T>{{state.data, state.stride},
                                                              state.model.template numbers<T>()});
}

template <int N, int M, class T>
void kalman_update(on_gpu exec, const gpu::kalman_linear_device<N, M, T>& state,
                   const std::type_identity_t<gpu::kalman_list>& slots,
                   const std::type_identity_t<device_view<const T, 2>>& z) {
  const auto entries = gpu::kalman_checked("kalman_update", state, slots);
  gpu::kalman_check_array("kalman_update", "measurements", z, {entries.count, M});
  gpu::kalman_launch(exec.stream, entries,
                     gpu::kalman_linear_update_body<N, M, T>{{state.data, state.stride},
                                                             state.model.template numbers<T>(),
                                                             {z.data, z.stride[0], z.stride[1]}});
}

template <int N, int M, class T>
void kalman_project(on_gpu exec, const gpu::kalman_linear_device<N, M, T>& state,
                    const std::type_identity_t<gpu::kalman_list>& slots,
                    const device_view<T, 2>& mean, const device_view<T, 3>& covariance) {
  const auto entries = gpu::kalman_checked("kalman_project", state, slots);
  gpu::kalman_check_array("kalman_project", "mean", mean, {entries.count, M});
  gpu::kalman_check_array("kalman_project", "covariance", covariance, {entries.count, M, M});
  gpu::kalman_launch(
      exec.stream, entries,
      gpu::kalman_linear_project_body<N, M, T>{{state.data, state.stride},
                                               state.model.template numbers<T>(),
                                               {mean.data, mean.stride[0], mean.stride[1]},
                                               covariance.data,
                                               covariance.stride[0],
                                               covariance.stride[1],
                                               covariance.stride[2]});
}

template <int N, int M, class T>
void kalman_gating(on_gpu exec, const gpu::kalman_linear_device<N, M, T>& state,
                   const std::type_identity_t<gpu::kalman_list>& slots,
                   const std::type_identity_t<device_view<const T, 2>>& z,
                   const device_view<T, 2>& distances) {
  const auto entries = gpu::kalman_checked("kalman_gating", state, slots);
  gpu::kalman_check_array("kalman_gating", "measurements", z, {z.extent[0], M});
  gpu::kalman_check_array("kalman_gating", "distances", distances, {entries.count, z.extent[0]});
  gpu::kalman_launch(exec.stream, entries,
                     gpu::kalman_linear_gating_body<N, M, T>{
                         {state.data, state.stride},
                         state.model.template numbers<T>(),
                         {z.data, z.stride[0], z.stride[1]},
                         z.extent[0],
                         {distances.data, distances.stride[0], distances.stride[1]}});
}

}  // namespace kernels::inline KERNELS_ABI
