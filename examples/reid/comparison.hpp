// Two embeddings of the same things, pair by pair: what does the other model change?
#pragma once

#include <kernels/core/view.hpp>

#include <cstdint>
#include <functional>
#include <vector>

namespace kernels::examples {

/// How well rows find others of their name.
struct ranking {
  double rank_1 = 0, map = 0;
  std::vector<bool> right;  ///< of each row: is the nearest other row of its name?
};

struct comparison {
  std::int64_t pairs = 0;
  double largest = 0, mean = 0;        ///< change of a pair's score, without its sign
  std::int64_t row = -1, column = -1;  ///< the pair that moved most
  float before = 0, after = 0;         ///< its scores
  std::int64_t gained = 0, lost = 0;   ///< pairs at or above the threshold now and not before
  std::int64_t accepted = 0;           ///< pairs at or above the threshold before
  bool ranked = false;                 ///< labels were given
  std::int64_t queries = 0;            ///< rows with another of their name
  ranking a, b;
};

/// All pairs of rows (N, D) of a, and of b (N, another D). labels: empty, or one a row.
/// step: called after each block with the number of rows done.
comparison compare_rows(const view<const float, 2>& a, const view<const float, 2>& b,
                        float threshold, const std::vector<std::int32_t>& labels, int threads,
                        const std::function<void()>& step);

/// Rows in a block.
inline constexpr std::int64_t kComparisonBlock = 256;

}  // namespace kernels::examples
