// The rows that may still be among the k best of a query, while a gallery is scanned.
#pragma once

#include <kernels/math/search.hpp>

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

namespace kernels::inline KERNELS_ABI::cpu {

/// A row whose key lies between lower and upper; scored: score is the exact one, or NaN.
struct search_candidate {
  double upper = 0, lower = 0;
  std::int64_t row = 0;
  float score = 0;
  bool scored = false;
};

/// Is a before b in the result? Both are scored.
inline bool candidate_before(metric what, const search_candidate& a, const search_candidate& b) {
  return math::search_before(math::search_key(what, a.score), a.row,
                             math::search_key(what, b.score), b.row);
}

/// A row may be left out if its upper bound is below this, where k rows have a key of at least
/// `key`. Cosine is clamped to [−1, 1]: beyond it keys differ and scores tie.
inline double search_limit(metric what, double key) {
  if (what != metric::cosine) return key;
  return key > 1 ? 1 : key <= -1 ? -std::numeric_limits<double>::infinity() : key;
}

/// What one thread has found for one query. Never loses a row of the answer.
class search_candidates {
 public:
  /// The k best (0: all) among keys that are not certainly below `floor`.
  void start(metric what, std::int64_t k, double floor) {
    what_ = what;
    k_ = k;
    key_ = floor;
    limit_ = search_limit(what, key_);
  }

  [[nodiscard]] double key() const { return key_; }
  [[nodiscard]] double limit() const { return limit_; }
  /// Another thread knows that k rows have at least this key.
  void raise(double key) {
    if (key <= key_) return;
    key_ = key;
    limit_ = search_limit(what_, key_);
  }

  /// Takes a row in. When there are many, score(candidate) settles the doubtful ones.
  template <class Score>
  void offer(const search_candidate& row, const Score& score) {
    if (row.upper < limit_) return;
    all_.push_back(row);
    if (k_ == 0) return;
    add_lower(row.lower);
    if (static_cast<std::int64_t>(all_.size()) >= std::max<std::int64_t>(1024, 4 * k_)) {
      shrink(score);
    }
  }

  [[nodiscard]] std::vector<search_candidate>& all() { return all_; }

 private:
  void add_lower(double lower) {
    const auto worse = std::greater<>();  // the smallest in front
    if (static_cast<std::int64_t>(lowers_.size()) < k_) {
      lowers_.push_back(lower);
      std::push_heap(lowers_.begin(), lowers_.end(), worse);
    } else if (lower > lowers_.front()) {
      std::pop_heap(lowers_.begin(), lowers_.end(), worse);
      lowers_.back() = lower;
      std::push_heap(lowers_.begin(), lowers_.end(), worse);
    } else {
      return;
    }
    if (static_cast<std::int64_t>(lowers_.size()) == k_) raise(lowers_.front());
  }

  template <class Score>
  void shrink(const Score& score) {
    std::erase_if(all_, [&](const search_candidate& c) { return c.upper < limit_; });
    if (static_cast<std::int64_t>(all_.size()) < std::max<std::int64_t>(512, 2 * k_)) return;
    for (search_candidate& c : all_) {
      if (!c.scored) score(c);
    }
    std::erase_if(all_, [](const search_candidate& c) { return std::isnan(c.score); });
    std::sort(all_.begin(), all_.end(), [&](const search_candidate& a, const search_candidate& b) {
      return candidate_before(what_, a, b);
    });
    if (static_cast<std::int64_t>(all_.size()) > k_) all_.resize(static_cast<std::size_t>(k_));
    lowers_.clear();
    for (const search_candidate& c : all_) add_lower(c.lower);
  }

  metric what_ = metric::cosine;
  std::int64_t k_ = 0;
  double key_ = 0, limit_ = 0;
  std::vector<search_candidate> all_;
  std::vector<double> lowers_;  // the k best lower bounds, a heap
};

/// Leaves the survivors among what all threads found: rows that may be among the k best (0: all)
/// and not below `floor`.
inline void keep_survivors(metric what, std::int64_t k, double floor,
                           std::vector<search_candidate>& all) {
  double key = floor;
  if (k > 0 && static_cast<std::int64_t>(all.size()) >= k) {
    std::vector<double> lowers;
    lowers.reserve(all.size());
    for (const search_candidate& c : all) lowers.push_back(c.lower);
    const auto kth = lowers.begin() + (k - 1);
    std::nth_element(lowers.begin(), kth, lowers.end(), std::greater<>());
    key = std::max(key, *kth);
  }
  const double limit = search_limit(what, key);
  std::erase_if(all, [&](const search_candidate& c) { return c.upper < limit; });
}

}  // namespace kernels::inline KERNELS_ABI::cpu
