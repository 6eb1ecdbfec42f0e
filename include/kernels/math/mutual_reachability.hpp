// Distances that clusterings compare, and the order of edges: weight, raw distance, smaller index,
// larger index. The order is total, so the spanning tree is unique and does not depend on who
// finds it.
#pragma once

#include <kernels/math/dot.hpp>
#include <kernels/math/half.hpp>

#include <bit>

namespace kernels::inline KERNELS_ABI::math {

/// max(core_a, core_b, distance / alpha).
KERNELS_HD float mutual_reachability(float core_a, float core_b, float distance, float alpha) {
  return exact::max(exact::max(core_a, core_b), exact::div(distance, alpha));
}

/// The place of an edge in that order. Distances are never negative, so their bits are ordered as
/// they are.
struct edge_key {
  std::uint64_t weights;  ///< weight, raw distance
  std::uint64_t ends;     ///< smaller index, larger index

  KERNELS_HD friend bool operator<(const edge_key& x, const edge_key& y) {
    return x.weights < y.weights || (x.weights == y.weights && x.ends < y.ends);
  }
  KERNELS_HD friend bool operator==(const edge_key& x, const edge_key& y) {
    return x.weights == y.weights && x.ends == y.ends;
  }
  [[nodiscard]] float weight() const {
    return std::bit_cast<float>(static_cast<std::uint32_t>(weights >> 32));
  }
  [[nodiscard]] float distance() const {
    return std::bit_cast<float>(static_cast<std::uint32_t>(weights));
  }
  [[nodiscard]] std::int32_t smaller() const { return static_cast<std::int32_t>(ends >> 32); }
  [[nodiscard]] std::int32_t larger() const {
    return static_cast<std::int32_t>(static_cast<std::uint32_t>(ends));
  }
};

/// Two 32-bit numbers as one that is ordered by the first, then by the second.
KERNELS_HD std::uint64_t pair_bits(std::uint32_t first, std::uint32_t second) {
  return (std::uint64_t{first} << 32) | second;
}

/// A distance and an index as one number: nearer first, then the smaller index.
KERNELS_HD std::uint64_t neighbour_bits(float distance, std::int32_t index) {
  return pair_bits(float_bits(distance), static_cast<std::uint32_t>(index));
}

KERNELS_HD edge_key make_edge_key(float weight, float distance, std::int32_t a, std::int32_t b) {
  const auto low = static_cast<std::uint32_t>(a < b ? a : b);
  const auto high = static_cast<std::uint32_t>(a < b ? b : a);
  return {pair_bits(float_bits(weight), float_bits(distance)), pair_bits(low, high)};
}

/// After every edge; its weight is infinite.
inline constexpr edge_key kNoEdge{0x7f8000007f800000U, ~std::uint64_t{0}};

}  // namespace kernels::inline KERNELS_ABI::math
