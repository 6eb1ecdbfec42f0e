// kalman for any linear model: N states, M measurements, any F, H, Q, R.
//
//   const kernels::kalman_linear<2, 1> model(F, H, Q, R, P);   // rows; P: what a track starts with
//   kernels::kalman_state<kernels::kalman_linear<2, 1>, float> tracks(model);
//   tracks.resize(n);
//   kernels::kalman_initiate(kernels::on_cpu(), tracks.view(), kernels::kalman_all, means);
//
// Class: exact, as kalman.hpp, whose notes on states, slots and errors hold here too. Covariances
// are kept as L·diag(d)·Lᵀ, predicted by weighted Gram-Schmidt (Thornton) and updated number by
// number (Bierman): no step can make them indefinite. On the GPU: kalman_linear.cuh, in CUDA code.
// Cost a track: of the order of N³ to predict, M·N² to update. Meant for N up to 16 or so.
#pragma once

#include <kernels/cpu/kalman_linear.hpp>
#include <kernels/kalman_checks.hpp>

namespace kernels::inline KERNELS_ABI {

/// Starts tracks at means (K, N) with the model's P.
template <int N, int M, class T>
void kalman_initiate(on_cpu exec, const kalman_view<kalman_linear<N, M>, T>& state,
                     const std::type_identity_t<kalman_slots<>>& slots,
                     const std::type_identity_t<view<const T, 2>>& means) {
  const auto& loops = cpu::kalman_linear_loops_for<N, M, T>(exec.isa);
  const std::int64_t count = kalman_checks::slots("kalman_initiate", state, slots);
  check_array("kalman_initiate", "means", means, {count, N});
  const auto model = state.model.template numbers<T>();
  cpu::kalman_pieces(exec, slots, count, [&](const cpu::kalman_range& range) {
    loops.initiate(state, range, model, {means.data, means.stride[0], means.stride[1]});
  });
}

/// One step of the model: x = F·x, P = F·P·Fᵀ + Q.
template <int N, int M, class T>
void kalman_predict(on_cpu exec, const kalman_view<kalman_linear<N, M>, T>& state,
                    const std::type_identity_t<kalman_slots<>>& slots) {
  const auto& loops = cpu::kalman_linear_loops_for<N, M, T>(exec.isa);
  const std::int64_t count = kalman_checks::slots("kalman_predict", state, slots);
  const auto model = state.model.template numbers<T>();
  cpu::kalman_pieces(exec, slots, count,
                     [&](const cpu::kalman_range& range) { loops.predict(state, range, model); });
}

/// Takes measurements (K, M) in. A row with a number that is not finite changes nothing.
template <int N, int M, class T>
void kalman_update(on_cpu exec, const kalman_view<kalman_linear<N, M>, T>& state,
                   const std::type_identity_t<kalman_slots<>>& slots,
                   const std::type_identity_t<view<const T, 2>>& measurements) {
  const auto& loops = cpu::kalman_linear_loops_for<N, M, T>(exec.isa);
  const std::int64_t count = kalman_checks::slots("kalman_update", state, slots);
  check_array("kalman_update", "measurements", measurements, {count, M});
  const auto model = state.model.template numbers<T>();
  cpu::kalman_pieces(exec, slots, count, [&](const cpu::kalman_range& range) {
    loops.update(state, range, model,
                 {measurements.data, measurements.stride[0], measurements.stride[1]});
  });
}

/// What tracks expect to measure: mean (K, M) and covariance H·P·Hᵀ + R (K, M, M).
template <int N, int M, class T>
void kalman_project(on_cpu exec, const kalman_view<kalman_linear<N, M>, T>& state,
                    const std::type_identity_t<kalman_slots<>>& slots, const view<T, 2>& mean,
                    const view<T, 3>& covariance) {
  const auto& loops = cpu::kalman_linear_loops_for<N, M, T>(exec.isa);
  const std::int64_t count = kalman_checks::slots("kalman_project", state, slots);
  check_array("kalman_project", "mean", mean, {count, M});
  check_array("kalman_project", "covariance", covariance, {count, M, M});
  const auto model = state.model.template numbers<T>();
  cpu::kalman_pieces(exec, slots, count, [&](const cpu::kalman_range& range) {
    loops.project(state, range, model, {mean.data, mean.stride[0], mean.stride[1]}, covariance);
  });
}

/// Squared Mahalanobis distances (K, J) of measurements (J, M) to what K tracks expect; infinite
/// where the distance would not be a number.
template <int N, int M, class T>
void kalman_gating(on_cpu exec, const kalman_view<kalman_linear<N, M>, T>& state,
                   const std::type_identity_t<kalman_slots<>>& slots,
                   const std::type_identity_t<view<const T, 2>>& measurements,
                   const view<T, 2>& distances) {
  const auto& loops = cpu::kalman_linear_loops_for<N, M, T>(exec.isa);
  const std::int64_t count = kalman_checks::slots("kalman_gating", state, slots);
  const std::int64_t measured = measurements.extent[0];
  check_array("kalman_gating", "measurements", measurements, {measured, M});
  check_array("kalman_gating", "distances", distances, {count, measured});
  const auto model = state.model.template numbers<T>();
  cpu::kalman_pieces(exec, slots, count, [&](const cpu::kalman_range& range) {
    loops.gating(state, range, model,
                 {measurements.data, measurements.stride[0], measurements.stride[1]}, measured,
                 {distances.data, distances.stride[0], distances.stride[1]});
  });
}

}  // namespace kernels::inline KERNELS_ABI
