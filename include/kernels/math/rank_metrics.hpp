// Ranking and verification metrics: what they are, and their formulas.
#pragma once

#include <kernels/core/exact.hpp>

#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <vector>

namespace kernels::inline KERNELS_ABI {

/// Are larger or smaller scores better?
enum class score_order : std::uint8_t { similarity, distance };

/// Which of equal scores comes first.
enum class rank_ties : std::uint8_t {
  index,       ///< the lower row of the gallery, as a search returns them
  pessimistic  ///< all wrong answers
};

/// How well queries find their own.
struct rank_scores {
  double map = 0;           ///< mean of the average precisions of the queries that count
  std::vector<double> cmc;  ///< [k − 1]: share of these with a right answer in the first k
  std::int64_t queries = 0, skipped = 0;  ///< those that count; those without any right answer
  std::vector<double> average_precision;  ///< of each query; 0 for a skipped one
  std::vector<std::int64_t> first_match;  ///< rank of each query's first right answer, from 1; 0:
                                          ///< never found; −1: skipped
};

/// What accepting at a threshold does.
struct roc_point {
  double threshold = 0;
  std::int64_t true_accepts = 0, false_accepts = 0;
  double true_accept_rate = 0;   ///< of genuine pairs; 0 if there are none
  double false_accept_rate = 0;  ///< of impostor pairs; 0 if there are none
};

/// What the best threshold makes largest.
enum class threshold_criterion : std::uint8_t {
  accuracy,  ///< share of right decisions among all pairs
  youden     ///< true accept rate − false accept rate
};

/// Genuine pairs against impostors.
struct verification_scores {
  std::int64_t genuine = 0, impostor = 0;
  double auc = std::numeric_limits<double>::quiet_NaN();
  double equal_error_rate = std::numeric_limits<double>::quiet_NaN();
  roc_point best;                                ///< at the best threshold
  double best_value = 0;                         ///< the criterion there
  std::vector<roc_point> roc;                    ///< strictest first; corners only
  std::vector<roc_point> at_thresholds;          ///< for each threshold asked for
  std::vector<roc_point> at_false_accept_rates;  ///< for each rate asked for
};

namespace math {

inline double ratio(std::int64_t part, std::int64_t whole) {
  return whole == 0 ? 0.0 : exact::div(static_cast<double>(part), static_cast<double>(whole));
}

/// Mean over all `total` right answers of the precision at their ranks (ascending, from 1); one
/// that is not among the ranks gives 0.
inline double average_precision(std::span<const std::int64_t> ranks, std::int64_t total) {
  double sum = 0;
  for (std::size_t k = 0; k < ranks.size(); ++k) {
    sum = exact::add(sum, ratio(static_cast<std::int64_t>(k) + 1, ranks[k]));
  }
  return exact::div(sum, static_cast<double>(total));
}

/// mAP, CMC and counts from the figures of the queries.
inline void summarise(rank_scores& all, std::int64_t max_rank) {
  std::vector<std::int64_t> first(static_cast<std::size_t>(max_rank), 0);
  double sum = 0;
  for (std::size_t q = 0; q < all.first_match.size(); ++q) {
    const std::int64_t rank = all.first_match[q];
    if (rank < 0) {
      ++all.skipped;
      continue;
    }
    ++all.queries;
    sum = exact::add(sum, all.average_precision[q]);
    if (rank > 0 && rank <= max_rank) ++first[static_cast<std::size_t>(rank - 1)];
  }
  all.map = all.queries == 0 ? 0.0 : exact::div(sum, static_cast<double>(all.queries));
  std::int64_t found = 0;
  all.cmc.clear();
  for (const std::int64_t here : first) {
    found += here;
    all.cmc.push_back(ratio(found, all.queries));
  }
}

inline void set_rates(roc_point& p, std::int64_t genuine, std::int64_t impostor) {
  p.true_accept_rate = ratio(p.true_accepts, genuine);
  p.false_accept_rate = ratio(p.false_accepts, impostor);
}

/// Where false accepts and false rejects are equally frequent on the line between two points, of
/// which the stricter has more false rejects and the other has not.
inline double equal_error(const roc_point& strict, const roc_point& loose) {
  const auto surplus = [](const roc_point& p) {  // false rejects − false accepts
    return exact::add(exact::add(1.0, -p.true_accept_rate), -p.false_accept_rate);
  };
  const double a = surplus(strict), b = surplus(loose);
  const double part = a == b ? 0.0 : exact::div(a, exact::add(a, -b));
  return exact::fma(part, exact::add(loose.false_accept_rate, -strict.false_accept_rate),
                    strict.false_accept_rate);
}

}  // namespace math
}  // namespace kernels::inline KERNELS_ABI
