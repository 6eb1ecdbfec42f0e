// State of many tracks as a structure of arrays: how it is seen, and lists of slots.
#pragma once

#include <kernels/core/view.hpp>
#include <kernels/math/kalman.hpp>

namespace kernels::inline KERNELS_ABI {

/// The tracks of a kalman_state, on the host or on the device. Plane k of slot s is
/// data[k·stride + s]; the planes of the means come first, in the model's order of states, and may
/// be read and written. The other planes are the covariance in factors (math::kalman_planes).
template <class Model, class T, space Space = space::host>
struct kalman_view {
  T* data = nullptr;
  std::int64_t size = 0;            ///< slots
  std::int64_t stride = 0;          ///< from plane to plane
  std::uint8_t* coupled = nullptr;  ///< a slot: has a rotation coupled its coordinates?
  Model model{};

  /// State k of all slots, 0 <= k < Model::kStates.
  [[nodiscard]] view<T, 1, Space> mean(int k) const { return {data + k * stride, {size}, {1}}; }
};

/// All slots of a state.
struct kalman_all_slots {};
inline constexpr kalman_all_slots kalman_all{};

/// The slots that a call is about: kalman_all, or a list of indices, each at most once, in any
/// order. The k-th measurement, box or output of the call belongs to the k-th slot of the list. An
/// empty list is no slots. On the CPU an index outside the state is refused; on the GPU it is
/// skipped (its outputs are not written).
template <space Space = space::host>
struct kalman_slots {
  view<const std::int32_t, 1, Space> list;
  bool all = false;

  kalman_slots(kalman_all_slots) : all(true) {}                           // NOLINT
  kalman_slots(const view<const std::int32_t, 1, Space>& l) : list(l) {}  // NOLINT
  kalman_slots(const view<std::int32_t, 1, Space>& l) : list(l) {}        // NOLINT

  template <class State>
  [[nodiscard]] std::int64_t count(const State& state) const {
    return all ? state.size : list.extent[0];
  }
};

}  // namespace kernels::inline KERNELS_ABI
