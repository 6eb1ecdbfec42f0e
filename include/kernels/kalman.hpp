// kalman: the constant-velocity filters of SORT, ByteTrack and BoT-SORT for many tracks at once.
//
//   kernels::kalman_state<kernels::kalman_xyah, float> tracks;   // or kalman_xywh, kalman_sort7
//   tracks.resize(n);
//   kernels::kalman_initiate(kernels::on_cpu(), tracks.view(), new_slots, measurements);
//   kernels::kalman_predict(kernels::on_cpu(), tracks.view(), kernels::kalman_all);
//   kernels::kalman_update(kernels::on_cpu(), tracks.view(), matched_slots, measurements);
//
// Class: exact. float and double; the same bytes on CPU and GPU, in any batch, with any number of
// threads. Covariances are kept in factors, and so symmetric and positive definite, however long a
// track lives. Measurements are (cx, cy, s, r), (cx, cy, a, h) or (cx, cy, w, h): see
// math::kalman_measurement. Constants and steps are those of the published programs (SORT,
// ByteTrack, BoT-SORT); sizes from which noise is computed are kept between 2^-10 and 2^27 pixels,
// so a height of 0, a negative or a non-finite one has a noise too.
//
// All functions: `state` is a kalman_state's view(), `slots` kalman_all or a list (kalman_slots).
// Errors: kernels::error for memory that is missing, shapes that do not fit, and slots outside the
// state, before anything is written. No allocation. Cost: linear in the number of slots.
#pragma once

#include <kernels/cpu/kalman.hpp>
#include <kernels/kalman_compiled.hpp>
#include <kernels/kalman_gpu.hpp>

namespace kernels::inline KERNELS_ABI {

/// Starts tracks at measurements (K, 4), velocities 0. Numbers that are not finite are taken as
/// they are, and make their slot's mean so.
template <class Model, class T>
void kalman_initiate(on_cpu exec, const kalman_view<Model, T>& state,
                     const std::type_identity_t<kalman_slots<>>& slots,
                     const std::type_identity_t<view<const T, 2>>& measurements) {
  const auto& loops = cpu::kalman_loops_for<Model, T>(exec.isa);
  const std::int64_t count = kalman_checks::slots("kalman_initiate", state, slots);
  check_array("kalman_initiate", "measurements", measurements, {count, 4});
  const cpu::kalman_rows<const T> rows{measurements.data, measurements.stride[0],
                                       measurements.stride[1]};
  const auto noise = math::kalman_noise_of<T>(state.model);
  cpu::kalman_pieces(exec, slots, count, [&](const cpu::kalman_range& range) {
    loops.initiate(state, range, noise, rows);
  });
}

/// Moves tracks on by dt frames: x += dt·v, and the process noise of dt frames. With dt = 1 exactly
/// the published step; dt = n is n of them whose noise is sized by the track as it is now, and dt
/// in between follows the same formula (docs/kalman.md). sort7: first vs = 0 where s + dt·vs <= 0.
template <class Model, class T>
void kalman_predict(on_cpu exec, const kalman_view<Model, T>& state,
                    const std::type_identity_t<kalman_slots<>>& slots,
                    const kalman_predict_options& options = {}) {
  const auto& loops = cpu::kalman_loops_for<Model, T>(exec.isa);
  const std::int64_t count = kalman_checks::slots("kalman_predict", state, slots);
  kalman_checks::step(options);
  const auto step = math::kalman_step_of<T>(state.model, options.dt);
  cpu::kalman_pieces(exec, slots, count,
                     [&](const cpu::kalman_range& range) { loops.predict(state, range, step); });
}

/// Sets velocities of the given coordinates to 0 (a sum of kalman_coordinates); the covariance
/// stays. Before predicting tracks that are lost, ByteTrack zeroes that of h (kalman_fourth),
/// BoT-SORT those of w and h (kalman_third + kalman_fourth).
template <class Model, class T>
void kalman_zero_velocity([[maybe_unused]] on_cpu exec, const kalman_view<Model, T>& state,
                          const std::type_identity_t<kalman_slots<>>& slots,
                          std::uint32_t coordinates) {
  const std::int64_t count = kalman_checks::slots("kalman_zero_velocity", state, slots);
  kalman_checks::coordinates<Model>(coordinates);
  for (int c = 0; c < Model::kMoving; ++c) {
    if ((coordinates >> c & 1U) == 0) continue;
    T* velocity = state.mean(math::kalman_planes<Model>::v(c)).data;
    for (std::int64_t k = 0; k < count; ++k) {
      velocity[slots.all ? k : slots.list.data[k * slots.list.stride[0]]] = T(0);
    }
  }
}

/// Takes measurements (K, 4) in. A row with a number that is not finite changes nothing: its slot
/// keeps its state, to the bit.
template <class Model, class T>
void kalman_update(on_cpu exec, const kalman_view<Model, T>& state,
                   const std::type_identity_t<kalman_slots<>>& slots,
                   const std::type_identity_t<view<const T, 2>>& measurements) {
  const auto& loops = cpu::kalman_loops_for<Model, T>(exec.isa);
  const std::int64_t count = kalman_checks::slots("kalman_update", state, slots);
  check_array("kalman_update", "measurements", measurements, {count, 4});
  const cpu::kalman_rows<const T> rows{measurements.data, measurements.stride[0],
                                       measurements.stride[1]};
  const auto noise = math::kalman_noise_of<T>(state.model);
  cpu::kalman_pieces(exec, slots, count, [&](const cpu::kalman_range& range) {
    loops.update(state, range, noise, rows);
  });
}

/// What tracks expect to measure: mean (K, 4) and covariance H·P·Hᵀ + R (K, 4, 4).
template <class Model, class T>
void kalman_project(on_cpu exec, const kalman_view<Model, T>& state,
                    const std::type_identity_t<kalman_slots<>>& slots, const view<T, 2>& mean,
                    const view<T, 3>& covariance) {
  const auto& loops = cpu::kalman_loops_for<Model, T>(exec.isa);
  const std::int64_t count = kalman_checks::slots("kalman_project", state, slots);
  check_array("kalman_project", "mean", mean, {count, 4});
  check_array("kalman_project", "covariance", covariance, {count, 4, 4});
  const cpu::kalman_rows<T> rows{mean.data, mean.stride[0], mean.stride[1]};
  const auto noise = math::kalman_noise_of<T>(state.model);
  cpu::kalman_pieces(exec, slots, count, [&](const cpu::kalman_range& range) {
    loops.project(state, range, noise, rows, covariance);
  });
}

/// Squared Mahalanobis distances (K, J) of measurements (J, 4) to what K tracks expect, with all
/// four numbers or the position alone; compare with kKalmanGate4 or kKalmanGate2. Infinite where
/// the distance would not be a number.
template <class Model, class T>
void kalman_gating(on_cpu exec, const kalman_view<Model, T>& state,
                   const std::type_identity_t<kalman_slots<>>& slots,
                   const std::type_identity_t<view<const T, 2>>& measurements,
                   const view<T, 2>& distances, const kalman_gating_options& options = {}) {
  const auto& loops = cpu::kalman_loops_for<Model, T>(exec.isa);
  const std::int64_t count = kalman_checks::slots("kalman_gating", state, slots);
  const std::int64_t measured = measurements.extent[0];
  check_array("kalman_gating", "measurements", measurements, {measured, 4});
  check_array("kalman_gating", "distances", distances, {count, measured});
  const cpu::kalman_rows<const T> rows{measurements.data, measurements.stride[0],
                                       measurements.stride[1]};
  const cpu::kalman_rows<T> out{distances.data, distances.stride[0], distances.stride[1]};
  const auto noise = math::kalman_noise_of<T>(state.model);
  cpu::kalman_pieces(exec, slots, count, [&](const cpu::kalman_range& range) {
    loops.gating(state, range, noise, rows, measured, out, options.position_only);
  });
}

/// The camera has moved, by one motion for all slots or by one a slot (K): with R = [a, b; c, d]
/// and t = (tx, ty), mean = (I₄⊗R)·mean, (x, y) += t, P = (I₄⊗R)·P·(I₄⊗R)ᵀ. A rotation couples the
/// coordinates of a slot from then on. Right for kalman_xywh; with kalman_xyah, which ratio and
/// height it mixes, it is what some programs do and a known mistake. Not for kalman_sort7.
/// Errors: also a motion that is not finite or whose |determinant| is not from 10⁻⁶ to 10⁶.
template <class Model, class T>
void kalman_warp(on_cpu exec, const kalman_view<Model, T>& state,
                 const std::type_identity_t<kalman_slots<>>& slots,
                 const std::type_identity_t<view<const kalman_motion<T>, 1>>& motions) {
  static_assert(Model::kCouples, "kalman_warp: for kalman_xywh (and kalman_xyah)");
  const auto& loops = cpu::kalman_loops_for<Model, T>(exec.isa);
  const std::int64_t count = kalman_checks::slots("kalman_warp", state, slots);
  kalman_checks::motions(motions, count);
  const std::int64_t step = motions.extent[0] == 1 ? 0 : motions.stride[0];
  cpu::kalman_pieces(exec, slots, count, [&](const cpu::kalman_range& range) {
    loops.warp(state, range, motions.data, step);
  });
}
template <class Model, class T>
void kalman_warp(on_cpu exec, const kalman_view<Model, T>& state,
                 const std::type_identity_t<kalman_slots<>>& slots,
                 const std::type_identity_t<kalman_motion<T>>& motion) {
  kalman_warp(exec, state, slots, packed(&motion, {1}));
}

/// Boxes (K) of the means. sort7: not a number where area or ratio is negative.
template <class Model, class T>
void kalman_boxes(on_cpu exec, const kalman_view<Model, T>& state,
                  const std::type_identity_t<kalman_slots<>>& slots, const view<box<T>, 1>& boxes) {
  const auto& loops = cpu::kalman_loops_for<Model, T>(exec.isa);
  const std::int64_t count = kalman_checks::slots("kalman_boxes", state, slots);
  check_array("kalman_boxes", "boxes", boxes, {count});
  cpu::kalman_pieces(exec, slots, count, [&](const cpu::kalman_range& range) {
    loops.boxes(state, range, boxes.data, boxes.stride[0]);
  });
}

}  // namespace kernels::inline KERNELS_ABI
