// Stable order by a key of 32 or 64 bits: radix sort, 8 or 11 bits at a time.
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

namespace detail {

template <int kDigit, class Bits, class Counts>
void nms_radix_sort(std::vector<nms_entry<Bits>>& entries, std::vector<nms_entry<Bits>>& spare,
                    Counts& counts) {
  constexpr std::size_t kBuckets = std::size_t{1} << kDigit;
  for (auto& count : counts) count.fill(0);
  for (const auto& e : entries) {
    for (std::size_t p = 0; p < counts.size(); ++p) ++counts[p][(e.key >> (kDigit * p)) % kBuckets];
  }
  spare.resize(entries.size());
  for (std::size_t p = 0; p < counts.size(); ++p) {
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

}  // namespace detail

/// Sorts by key; equal keys stay in order. `spare` is scratch. Indices ascend with the place where
/// keys are equal.
template <class Bits>
void nms_sort(std::vector<nms_entry<Bits>>& entries, std::vector<nms_entry<Bits>>& spare) {
  constexpr std::size_t kBits = 8 * sizeof(Bits);
  if (entries.size() < 80) {
    std::sort(entries.begin(), entries.end(),
              [](const nms_entry<Bits>& a, const nms_entry<Bits>& b) {
                return a.key != b.key ? a.key < b.key : a.index < b.index;
              });
  } else if (entries.size() < 3000) {  // few counters to clear
    std::array<std::array<std::uint32_t, 256>, kBits / 8> counts;
    detail::nms_radix_sort<8>(entries, spare, counts);
  } else {
    std::vector<std::array<std::uint32_t, 2048>> counts((kBits + 10) / 11);
    detail::nms_radix_sort<11>(entries, spare, counts);
  }
}

}  // namespace kernels::inline KERNELS_ABI::cpu
