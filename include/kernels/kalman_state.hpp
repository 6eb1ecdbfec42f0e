// Who owns the state of many tracks.
#pragma once

#include <kernels/core/buffer.hpp>
#include <kernels/math/kalman_view.hpp>

#include <cstring>

namespace kernels::inline KERNELS_ABI {

/// Owns the state of tracks, in host, pinned or device memory. Slots are numbered from 0; which
/// slot is which track is the caller's. Grows by reserve() or resize(), never shrinks its memory.
///
///   kernels::kalman_state<kernels::kalman_xyah, float> tracks;
///   tracks.resize(100);
///   kernels::kalman_initiate(kernels::on_cpu(), tracks.view(), slots, measurements);
template <class Model, class T, memory Memory = memory::host>
class kalman_state {
  using planes = math::kalman_planes<Model>;

 public:
  static constexpr space kSpace = buffer<T, Memory>::kSpace;

  explicit kalman_state(const Model& model = {}) : model_(model) {}

  /// Room for that many slots; those there are keep their state. With device memory the copies are
  /// queued on the stream, which must be the one the state is used on.
  /// Errors: out_of_memory; kernels::error for a negative capacity or one over 2^31 − 1.
  void reserve(std::int64_t capacity, on_gpu exec = {}) {
    if (capacity < 0 || capacity > std::numeric_limits<std::int32_t>::max()) {
      refuse("kalman_state", "capacity", "0 to 2147483647 slots", std::to_string(capacity));
    }
    if (capacity <= capacity_) return;
    // Every plane starts at a cache line of its own, and an odd multiple of 64 slots keeps planes
    // from meeting in the same sets of a cache.
    constexpr std::int64_t kLine = 64;
    const std::int64_t wanted = std::max(capacity, capacity_ + capacity_ / 2);
    const std::int64_t grown = (((wanted + kLine - 1) / kLine) | 1) * kLine;
    buffer<T, Memory> numbers(grown * planes::kAll);
    buffer<std::uint8_t, Memory> flags(grown);
    clear(numbers, exec);
    clear(flags, exec);
    if (size_ > 0) {
      for (int k = 0; k < planes::kAll; ++k) {
        copy(packed<kSpace>(numbers_.data() + k * capacity_, {size_}),
             packed<kSpace>(numbers.data() + k * grown, {size_}), exec);
      }
      copy(packed<kSpace>(flags_.data(), {size_}), packed<kSpace>(flags.data(), {size_}), exec);
    }
    numbers_ = std::move(numbers);
    flags_ = std::move(flags);
    capacity_ = grown;
  }

  /// That many slots. New ones hold zeros and are to be initiated.
  void resize(std::int64_t size, on_gpu exec = {}) {
    reserve(size, exec);
    size_ = size;
  }

  [[nodiscard]] std::int64_t size() const { return size_; }
  [[nodiscard]] std::int64_t capacity() const { return capacity_; }
  [[nodiscard]] std::int64_t bytes() const { return numbers_.bytes() + flags_.bytes(); }
  [[nodiscard]] const Model& model() const { return model_; }
  [[nodiscard]] kalman_view<Model, T, kSpace> view() {
    return {numbers_.data(), size_, capacity_, flags_.data(), model_};
  }

  /// One slot by itself (host memory only): mean and covariance, or to be set back later.
  [[nodiscard]] math::kalman_track<Model, T> get(std::int64_t slot) const
      requires(Memory != memory::device) {
    check(slot);
    math::kalman_track<Model, T> track;
    for (int k = 0; k < planes::kAll; ++k) track.planes[k] = numbers_.data()[k * capacity_ + slot];
    track.coupled = flags_.data()[slot] != 0;
    return track;
  }
  void set(std::int64_t slot,
           const math::kalman_track<Model, T>& track) requires(Memory != memory::device) {
    check(slot);
    for (int k = 0; k < planes::kAll; ++k) numbers_.data()[k * capacity_ + slot] = track.planes[k];
    flags_.data()[slot] = track.coupled ? 1 : 0;
  }

 private:
  void check(std::int64_t slot) const {
    if (slot < 0 || slot >= size_) {
      refuse("kalman_state", "slot", "0 to " + std::to_string(size_ - 1), std::to_string(slot));
    }
  }

  template <class U>
  static void clear(buffer<U, Memory>& memory_to_clear, [[maybe_unused]] on_gpu exec) {
    const auto bytes = static_cast<std::size_t>(memory_to_clear.bytes());
    if constexpr (Memory == memory::device) {
#if KERNELS_HAS_CUDA
      check_cuda(cudaMemsetAsync(memory_to_clear.data(), 0, bytes, exec.stream), "kalman_state");
#endif
    } else {
      std::memset(memory_to_clear.data(), 0, bytes);
    }
  }

  Model model_;
  buffer<T, Memory> numbers_;
  buffer<std::uint8_t, Memory> flags_;
  std::int64_t size_ = 0;
  std::int64_t capacity_ = 0;
};

}  // namespace kernels::inline KERNELS_ABI
