// Stable order by a key of 32 or 64 bits: radix sort, 11 bits at a time.
#pragma once

#include <kernels/core/exact.hpp>

#include <algorithm>
#include <array>
#include <bit>
#include <type_traits>
#include <vector>

namespace kernels::inline KERNELS_ABI::cpu {

template <class Bits>
struct nms_entry {
  Bits key;
  std::int32_t index;
};

/// Unsigned numbers whose ascending order is the descending order of the scores (−0 equals 0; no
/// NaN).
template <class T>
auto nms_descending_key(T score) {
  using bits = std::conditional_t<sizeof(T) == 4, std::uint32_t, std::uint64_t>;
  constexpr bits kSign = bits{1} << (8 * sizeof(T) - 1);
  const auto b = std::bit_cast<bits>(exact::add(score, T(0)));  // −0 becomes 0
  return static_cast<bits>((b & kSign) != 0 ? b : ~b & ~kSign);
}

/// Sorts by key; equal keys stay in order. `spare` is scratch.
template <class Bits>
void nms_sort(std::vector<nms_entry<Bits>>& entries, std::vector<nms_entry<Bits>>& spare) {
  constexpr int kDigit = 11;
  constexpr int kPasses = (static_cast<int>(8 * sizeof(Bits)) + kDigit - 1) / kDigit;
  constexpr std::size_t kBuckets = std::size_t{1} << kDigit;
  if (entries.size() < 400) {  // clearing the counters would cost more
    std::sort(entries.begin(), entries.end(),
              [](const nms_entry<Bits>& a, const nms_entry<Bits>& b) {
                return a.key != b.key ? a.key < b.key : a.index < b.index;
              });
    return;
  }
  std::vector<std::array<std::uint32_t, kBuckets>> counts(kPasses);
  for (const auto& e : entries) {
    for (std::size_t p = 0; p < kPasses; ++p) {
      ++counts[p][(e.key >> (kDigit * p)) % kBuckets];
    }
  }
  spare.resize(entries.size());
  for (std::size_t p = 0; p < kPasses; ++p) {
    auto& count = counts[p];
    if (count[(entries.front().key >> (kDigit * p)) % kBuckets] == entries.size()) continue;
    std::uint32_t start = 0;
    for (auto& c : count) {
      const std::uint32_t here = c;
      c = start;
      start += here;
    }
    for (const auto& e : entries) spare[count[(e.key >> (kDigit * p)) % kBuckets]++] = e;
    entries.swap(spare);
  }
}

}  // namespace kernels::inline KERNELS_ABI::cpu
