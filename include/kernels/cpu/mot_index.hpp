// Numbers from 0 for 64-bit keys, in the order in which they first come.
#pragma once

#include <kernels/core/version.hpp>

#include <cstdint>
#include <utility>
#include <vector>

namespace kernels::inline KERNELS_ABI::cpu {

/// A hash table; at most 2^30 keys.
class mot_index {
 public:
  /// The key's number, and whether it is new.
  std::pair<std::int32_t, bool> number(std::uint64_t key) {
    if (2 * static_cast<std::size_t>(count_ + 1) > numbers_.size()) grow();
    const std::size_t at = place(key);
    const bool fresh = numbers_[at] < 0;
    if (fresh) {
      keys_[at] = key;
      numbers_[at] = count_++;
    }
    return {numbers_[at], fresh};
  }
  [[nodiscard]] std::int32_t size() const { return count_; }

 private:
  /// Where the key is, or would be.
  [[nodiscard]] std::size_t place(std::uint64_t key) const {
    std::uint64_t hash = key * 0x9E3779B97F4A7C15ULL;
    hash ^= hash >> 32;
    const std::size_t mask = numbers_.size() - 1;
    std::size_t at = static_cast<std::size_t>(hash) & mask;
    while (numbers_[at] >= 0 && keys_[at] != key) at = (at + 1) & mask;
    return at;
  }

  void grow() {
    const std::vector<std::uint64_t> keys = std::move(keys_);
    const std::vector<std::int32_t> numbers = std::move(numbers_);
    const std::size_t size = numbers.empty() ? 64 : 2 * numbers.size();
    keys_.assign(size, 0);
    numbers_.assign(size, -1);
    for (std::size_t k = 0; k < numbers.size(); ++k) {
      if (numbers[k] < 0) continue;
      const std::size_t at = place(keys[k]);
      keys_[at] = keys[k];
      numbers_[at] = numbers[k];
    }
  }

  std::vector<std::uint64_t> keys_;
  std::vector<std::int32_t> numbers_;  // −1: free
  std::int32_t count_ = 0;
};

}  // namespace kernels::inline KERNELS_ABI::cpu
