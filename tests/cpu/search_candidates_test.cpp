// The candidates of search: whatever is known of rows when, and shared between threads when, no row
// of the answer is lost. Scores are full of ties, beyond the clamp of cosine too.
#include <kernels/cpu/search_candidates.hpp>

#include <doctest/doctest.h>

#include <functional>
#include <random>

namespace {

using kernels::metric;
using kernels::cpu::search_candidate;
using kernels::cpu::search_candidates;

struct scene {
  metric what;
  std::vector<float> sums;  ///< of each row, before it is clamped

  [[nodiscard]] float score(std::int64_t row) const {
    return kernels::math::search_score(what, sums[static_cast<std::size_t>(row)]);
  }
  void settle(search_candidate& c) const {
    c.score = score(c.row);
    c.lower = c.upper = static_cast<double>(sums[static_cast<std::size_t>(c.row)]);
    c.scored = true;
  }
};

/// Few different sums, some ulps about a centre.
scene near(metric what, float centre, std::int64_t rows, std::mt19937& random) {
  scene s{what, {}};
  for (std::int64_t r = 0; r < rows; ++r) {
    float x = centre;
    for (auto steps = random() % 4; steps > 0; --steps) x = std::nextafter(x, -2.0F);
    s.sums.push_back(x);
  }
  return s;
}

/// The k best of all rows, offered in any order to some threads that tell each other what they know
/// now and then; a part of the rows is scored at once.
std::vector<std::int64_t> found(const scene& s, std::int64_t k, double floor,
                                std::mt19937& random) {
  const auto score = [&](search_candidate& c) { s.settle(c); };
  std::vector<search_candidates> threads(3);
  for (auto& t : threads) t.start(s.what, k, floor);
  std::vector<std::int64_t> order(s.sums.size());
  for (std::size_t r = 0; r < order.size(); ++r) order[r] = static_cast<std::int64_t>(r);
  std::shuffle(order.begin(), order.end(), random);
  for (const std::int64_t row : order) {
    search_candidate c;
    c.row = row;
    const auto sum = static_cast<double>(s.sums[static_cast<std::size_t>(row)]);
    c.lower = sum - 1e-7 * static_cast<double>(random() % 4);
    c.upper = sum + 1e-7 * static_cast<double>(random() % 4);
    if (random() % 8 == 0) s.settle(c);
    auto& one = threads[random() % 3];
    one.offer(c, score);
    if (random() % 16 == 0) one.raise(threads[random() % 3].key());
  }
  std::vector<search_candidate> all;
  for (auto& t : threads) all.insert(all.end(), t.all().begin(), t.all().end());
  kernels::cpu::keep_survivors(s.what, k, floor, all);
  for (search_candidate& c : all) score(c);
  std::sort(all.begin(), all.end(), [&](const auto& a, const auto& b) {
    return kernels::cpu::candidate_before(s.what, a, b);
  });
  std::vector<std::int64_t> rows;
  for (const search_candidate& c : all) {
    if (std::ssize(rows) < k) rows.push_back(c.row);
  }
  return rows;
}

std::vector<std::int64_t> sorted(const scene& s, std::int64_t k) {
  std::vector<std::int64_t> rows(s.sums.size());
  for (std::size_t r = 0; r < rows.size(); ++r) rows[r] = static_cast<std::int64_t>(r);
  std::stable_sort(rows.begin(), rows.end(),
                   [&](std::int64_t a, std::int64_t b) { return s.score(a) > s.score(b); });
  rows.resize(static_cast<std::size_t>(k));
  return rows;
}

}  // namespace

TEST_CASE("search candidates: no row of the answer is lost, also where clamped scores tie") {
  std::mt19937 random(1);
  for (const metric what : {metric::cosine, metric::inner_product}) {
    for (const float centre : {0.5F, 1.0F, 1.0000004F, -1.0F, -0.9999999F}) {
      CAPTURE(centre);
      for (const std::int64_t k : {1, 7, 300}) {
        CAPTURE(k);
        const scene s = near(what, centre, 5000, random);
        const double none = -std::numeric_limits<double>::infinity();
        CHECK(found(s, k, none, random) == sorted(s, k));
        const auto best = static_cast<double>(s.score(sorted(s, k).back()));
        CHECK(found(s, k, best, random) == sorted(s, k));
      }
    }
  }
}
