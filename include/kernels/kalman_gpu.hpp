// kalman's front door to the GPU, the same in C++ (kalman.hpp, compiled kernels from kernels::cuda)
// and in CUDA code (kalman.cuh, which brings the kernels). What the functions compute, and their
// errors, are those of kalman.hpp. They are queued on exec's stream, do not allocate, and may be
// recorded in a CUDA graph. Lists, measurements and motions are device memory and cannot be looked
// at: a slot outside the state is skipped, a motion that kalman.hpp would refuse changes nothing.
#pragma once

#include <kernels/kalman_checks.hpp>

namespace kernels::inline KERNELS_ABI {

namespace gpu {
template <class Model, class T>
using kalman_device = kalman_view<Model, T, space::device>;
using kalman_list = kalman_slots<space::device>;

/// Defined in cuda/kernels/kalman.cuh.
template <class Model, class T>
void kalman_initiate(CUstream_st*, const kalman_device<Model, T>&, const kalman_list&,
                     device_view<const T, 2> measurements);
template <class Model, class T>
void kalman_predict(CUstream_st*, const kalman_device<Model, T>&, const kalman_list&,
                    const kalman_predict_options&);
template <class Model, class T>
void kalman_zero_velocity(CUstream_st*, const kalman_device<Model, T>&, const kalman_list&,
                          std::uint32_t coordinates);
template <class Model, class T>
void kalman_update(CUstream_st*, const kalman_device<Model, T>&, const kalman_list&,
                   device_view<const T, 2> measurements);
template <class Model, class T>
void kalman_project(CUstream_st*, const kalman_device<Model, T>&, const kalman_list&,
                    device_view<T, 2> mean, device_view<T, 3> covariance);
template <class Model, class T>
void kalman_gating(CUstream_st*, const kalman_device<Model, T>&, const kalman_list&,
                   device_view<const T, 2> measurements, device_view<T, 2> distances,
                   const kalman_gating_options&);
template <class Model, class T>
void kalman_warp(CUstream_st*, const kalman_device<Model, T>&, const kalman_list&,
                 device_view<const kalman_motion<T>, 1> motions);
template <class Model, class T>
void kalman_warp(CUstream_st*, const kalman_device<Model, T>&, const kalman_list&,
                 const kalman_motion<T>& motion);
template <class Model, class T>
void kalman_boxes(CUstream_st*, const kalman_device<Model, T>&, const kalman_list&,
                  device_view<box<T>, 1> boxes);
}  // namespace gpu

namespace kalman_checks {
template <class Model, class T>
constexpr void compiled() {
  static_assert(
      (std::is_same_v<T, float> || std::is_same_v<T, double>)&&(
          std::is_same_v<Model, kalman_sort7> || std::is_same_v<Model, kalman_xyah> ||
          std::is_same_v<Model, kalman_xywh>),
      "kalman on the GPU: sort7, xyah and xywh, float and double; other models: kalman_linear.cuh");
}
}  // namespace kalman_checks

/// See kalman.hpp.
template <class Model, class T>
void kalman_initiate(
    [[maybe_unused]] on_gpu exec, [[maybe_unused]] const gpu::kalman_device<Model, T>& state,
    [[maybe_unused]] const std::type_identity_t<gpu::kalman_list>& slots,
    [[maybe_unused]] const std::type_identity_t<device_view<const T, 2>>& measurements) {
  kalman_checks::compiled<Model, T>();
#if KERNELS_HAS_CUDA
  gpu::kalman_initiate<Model, T>(exec.stream, state, slots, measurements);
#else
  refuse_without_cuda("kalman_initiate");
#endif
}
template <class Model, class T>
void kalman_predict([[maybe_unused]] on_gpu exec,
                    [[maybe_unused]] const gpu::kalman_device<Model, T>& state,
                    [[maybe_unused]] const std::type_identity_t<gpu::kalman_list>& slots,
                    [[maybe_unused]] const kalman_predict_options& options = {}) {
  kalman_checks::compiled<Model, T>();
#if KERNELS_HAS_CUDA
  gpu::kalman_predict<Model, T>(exec.stream, state, slots, options);
#else
  refuse_without_cuda("kalman_predict");
#endif
}
template <class Model, class T>
void kalman_zero_velocity([[maybe_unused]] on_gpu exec,
                          [[maybe_unused]] const gpu::kalman_device<Model, T>& state,
                          [[maybe_unused]] const std::type_identity_t<gpu::kalman_list>& slots,
                          [[maybe_unused]] std::uint32_t coordinates) {
  kalman_checks::compiled<Model, T>();
#if KERNELS_HAS_CUDA
  gpu::kalman_zero_velocity<Model, T>(exec.stream, state, slots, coordinates);
#else
  refuse_without_cuda("kalman_zero_velocity");
#endif
}
template <class Model, class T>
void kalman_update(
    [[maybe_unused]] on_gpu exec, [[maybe_unused]] const gpu::kalman_device<Model, T>& state,
    [[maybe_unused]] const std::type_identity_t<gpu::kalman_list>& slots,
    [[maybe_unused]] const std::type_identity_t<device_view<const T, 2>>& measurements) {
  kalman_checks::compiled<Model, T>();
#if KERNELS_HAS_CUDA
  gpu::kalman_update<Model, T>(exec.stream, state, slots, measurements);
#else
  refuse_without_cuda("kalman_update");
#endif
}
template <class Model, class T>
void kalman_project([[maybe_unused]] on_gpu exec,
                    [[maybe_unused]] const gpu::kalman_device<Model, T>& state,
                    [[maybe_unused]] const std::type_identity_t<gpu::kalman_list>& slots,
                    [[maybe_unused]] const device_view<T, 2>& mean,
                    [[maybe_unused]] const device_view<T, 3>& covariance) {
  kalman_checks::compiled<Model, T>();
#if KERNELS_HAS_CUDA
  gpu::kalman_project<Model, T>(exec.stream, state, slots, mean, covariance);
#else
  refuse_without_cuda("kalman_project");
#endif
}
template <class Model, class T>
void kalman_gating(
    [[maybe_unused]] on_gpu exec, [[maybe_unused]] const gpu::kalman_device<Model, T>& state,
    [[maybe_unused]] const std::type_identity_t<gpu::kalman_list>& slots,
    [[maybe_unused]] const std::type_identity_t<device_view<const T, 2>>& measurements,
    [[maybe_unused]] const device_view<T, 2>& distances,
    [[maybe_unused]] const kalman_gating_options& options = {}) {
  kalman_checks::compiled<Model, T>();
#if KERNELS_HAS_CUDA
  gpu::kalman_gating<Model, T>(exec.stream, state, slots, measurements, distances, options);
#else
  refuse_without_cuda("kalman_gating");
#endif
}
template <class Model, class T>
void kalman_warp(
    [[maybe_unused]] on_gpu exec, [[maybe_unused]] const gpu::kalman_device<Model, T>& state,
    [[maybe_unused]] const std::type_identity_t<gpu::kalman_list>& slots,
    [[maybe_unused]] const std::type_identity_t<device_view<const kalman_motion<T>, 1>>& motions) {
  kalman_checks::compiled<Model, T>();
#if KERNELS_HAS_CUDA
  gpu::kalman_warp<Model, T>(exec.stream, state, slots, motions);
#else
  refuse_without_cuda("kalman_warp");
#endif
}
template <class Model, class T>
void kalman_warp([[maybe_unused]] on_gpu exec,
                 [[maybe_unused]] const gpu::kalman_device<Model, T>& state,
                 [[maybe_unused]] const std::type_identity_t<gpu::kalman_list>& slots,
                 [[maybe_unused]] const std::type_identity_t<kalman_motion<T>>& motion) {
  kalman_checks::compiled<Model, T>();
#if KERNELS_HAS_CUDA
  gpu::kalman_warp<Model, T>(exec.stream, state, slots, motion);
#else
  refuse_without_cuda("kalman_warp");
#endif
}
template <class Model, class T>
void kalman_boxes([[maybe_unused]] on_gpu exec,
                  [[maybe_unused]] const gpu::kalman_device<Model, T>& state,
                  [[maybe_unused]] const std::type_identity_t<gpu::kalman_list>& slots,
                  [[maybe_unused]] const device_view<box<T>, 1>& boxes) {
  kalman_checks::compiled<Model, T>();
#if KERNELS_HAS_CUDA
  gpu::kalman_boxes<Model, T>(exec.stream, state, slots, boxes);
#else
  refuse_without_cuda("kalman_boxes");
#endif
}

}  // namespace kernels::inline KERNELS_ABI
