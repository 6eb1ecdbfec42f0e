// The nearest other points of every point, as the spanning tree takes them from a backend.
#pragma once

#include <kernels/core/buffer.hpp>
#include <kernels/math/mutual_reachability.hpp>

#include <algorithm>
#include <bit>

namespace kernels::inline KERNELS_ABI::cluster {

/// A list of k neighbours, nearest first, for each point: math::neighbour_bits.
class neighbour_lists {
 public:
  neighbour_lists(std::int64_t points, std::int64_t k) : k_(k), keys_(points * k) {}
  [[nodiscard]] std::int64_t k() const { return k_; }
  [[nodiscard]] const std::uint64_t* of(std::int64_t point) const {
    return keys_.data() + point * k_;
  }
  [[nodiscard]] std::uint64_t* of(std::int64_t point) { return keys_.data() + point * k_; }
  static float distance(std::uint64_t key) {
    return std::bit_cast<float>(static_cast<std::uint32_t>(key >> 32));
  }
  static std::int32_t index(std::uint64_t key) {
    return static_cast<std::int32_t>(static_cast<std::uint32_t>(key));
  }
  /// Puts the keys of a list in their order.
  void sort(std::int64_t point) { std::sort(of(point), of(point) + k_); }

 private:
  std::int64_t k_;
  buffer<std::uint64_t> keys_;
};

}  // namespace kernels::inline KERNELS_ABI::cluster
