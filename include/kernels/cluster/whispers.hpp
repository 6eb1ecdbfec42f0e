// Chinese whispers on a weighted graph: every point takes the label that weighs most among its
// neighbours, in a shuffled order, until nothing changes.
#pragma once

#include <kernels/core/exact.hpp>

#include <cstddef>
#include <numeric>
#include <utility>
#include <vector>

namespace kernels::inline KERNELS_ABI::cluster {

/// Both directions of every edge: neighbours of point p, ascending, at [first[p], first[p + 1]).
struct weighted_graph {
  std::vector<std::int64_t> first;
  std::vector<std::int32_t> other;
  std::vector<float> weight;

  [[nodiscard]] std::int32_t points() const { return static_cast<std::int32_t>(first.size()) - 1; }
};

/// SplitMix64 (G. Steele, D. Lea, C. Flood, 2014): the same numbers everywhere.
class split_mix {
 public:
  explicit split_mix(std::uint64_t seed) : state_(seed) {}
  std::uint64_t next() {
    std::uint64_t z = state_ += 0x9e3779b97f4a7c15U;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9U;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebU;
    return z ^ (z >> 31);
  }
  /// Of 0 … count − 1: the high half of a product, near enough to evenly for a shuffle.
  std::uint32_t below(std::uint32_t count) {
    return static_cast<std::uint32_t>(((next() >> 32) * count) >> 32);
  }

 private:
  std::uint64_t state_;
};

struct whispered {
  std::vector<std::int32_t> labels;  ///< each the number of a point
  std::int64_t rounds = 0;  ///< the last one changed nothing, unless it was the last allowed
  bool settled = true;
};

inline whispered whisper(const weighted_graph& graph, std::int64_t rounds, std::uint64_t seed) {
  const auto n = static_cast<std::size_t>(graph.points());
  whispered result;
  auto& label = result.labels;
  label.resize(n);
  std::iota(label.begin(), label.end(), 0);
  std::vector<std::int32_t> order(label), heard;
  std::vector<double> weight(n, 0.0);  // of a label around the point
  std::vector<char> known(n, 0);
  split_mix random(seed);
  result.settled = n == 0;
  while (!result.settled && result.rounds < rounds) {
    for (std::size_t k = n; k > 1; --k) {
      std::swap(order[k - 1], order[random.below(static_cast<std::uint32_t>(k))]);
    }
    result.settled = true;
    for (const std::int32_t p : order) {
      const auto point = static_cast<std::size_t>(p);
      heard.clear();
      for (std::int64_t e = graph.first[point]; e < graph.first[point + 1]; ++e) {
        const auto edge = static_cast<std::size_t>(e);
        const std::int32_t l = label[static_cast<std::size_t>(graph.other[edge])];
        const auto of = static_cast<std::size_t>(l);
        if (known[of] == 0) heard.push_back(l);
        known[of] = 1;
        weight[of] = exact::add(weight[of], static_cast<double>(graph.weight[edge]));
      }
      std::int32_t best = p;
      double most = -1;
      for (const std::int32_t l : heard) {
        const auto of = static_cast<std::size_t>(l);
        if (weight[of] > most || (weight[of] == most && l < best)) {
          most = weight[of];
          best = l;
        }
        weight[of] = 0;
        known[of] = 0;
      }
      if (heard.empty() || best == label[point]) continue;
      label[point] = best;
      result.settled = false;
    }
    ++result.rounds;
  }
  return result;
}

}  // namespace kernels::inline KERNELS_ABI::cluster
