// verification: by hand, beside plain counts, distances, NaN.
#include "../rank_metrics_cases.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <utility>

namespace {

using kernels::score_order;
using rank_cases::near;
using rank_cases::random_scene;

}  // namespace

TEST_CASE("verification: by hand") {
  const kernels::verification_pairs<float> pairs{{0.9F, 0.75F, 0.5F, 0.25F},
                                                 {0.75F, 0.5F, 0.125F, 0.0F, 0.0F}};
  const std::vector<double> thresholds = {0.5, 1, 0, -1}, rates = {0, 0.2, 0.39, 0.4, 1};
  const auto v =
      kernels::verification(pairs, {.thresholds = thresholds, .false_accept_rates = rates});
  CHECK(v.genuine == 4);
  CHECK(v.impostor == 5);
  // better pairs: 5 + 4.5 + 3.5 + 3 of 20
  CHECK(v.auc == 16.0 / 20);
  // at 0.9: 1 + 5 right, 0.75: 2 + 4, 0.5: 3 + 3, 0.25: 4 + 3, 0.125: 4 + 2
  CHECK(v.best_value == 7.0 / 9);
  CHECK(v.best.threshold == 0.25);
  CHECK(v.at_thresholds[0].true_accepts == 3);
  CHECK(v.at_thresholds[0].false_accepts == 2);
  CHECK(v.at_thresholds[1].true_accepts == 0);
  CHECK(v.at_thresholds[2].false_accepts == 5);
  CHECK(v.at_thresholds[3].threshold == -1);
  CHECK(v.at_false_accept_rates[0].true_accepts == 1);
  CHECK(v.at_false_accept_rates[1].true_accepts == 2);
  CHECK(v.at_false_accept_rates[2].true_accepts == 2);
  CHECK(v.at_false_accept_rates[3].true_accepts == 4);
  CHECK(v.at_false_accept_rates[3].threshold == 0.25);
  CHECK(v.at_false_accept_rates[4].false_accepts == 5);
  // false rejects 1/2 and accepts 1/5 at 0.75, 1/4 and 2/5 at 0.5: they meet a third before
  CHECK(v.equal_error_rate == doctest::Approx(1.0 / 5 + 2.0 / 3 / 5));
  // (0,0) (1,0) (2,1) (3,2) (4,2) (4,5): 0.75 and 0.5 are no corners of a horizontal or vertical
  // line
  std::vector<std::pair<std::int64_t, std::int64_t>> corners;
  for (const auto& p : v.roc) corners.emplace_back(p.true_accepts, p.false_accepts);
  CHECK(corners == std::vector<std::pair<std::int64_t, std::int64_t>>{
                       {0, 0}, {1, 0}, {2, 1}, {3, 2}, {4, 2}, {4, 5}});
  CHECK(v.roc[0].threshold == INFINITY);
  CHECK(v.roc[5].threshold == 0);

  // ties of the criterion: the strictest threshold
  const kernels::verification_pairs<double> tied{{0.9, 0.5}, {0.7}};
  CHECK(kernels::verification(tied).best.threshold == 0.9);
  CHECK(kernels::verification(tied).best_value == 2.0 / 3);
}

TEST_CASE("verification: distances, NaN, nothing") {
  const kernels::verification_pairs<float> close{{0.1F, 0.2F}, {0.3F, 0.9F}};
  const std::vector<double> thresholds = {0.2};
  const auto v =
      kernels::verification(close, {.order = score_order::distance, .thresholds = thresholds});
  CHECK(v.auc == 1);
  CHECK(v.equal_error_rate == 0);
  CHECK(v.best.threshold == doctest::Approx(0.2));
  CHECK(v.at_thresholds[0].threshold == 0.2);
  CHECK(v.at_thresholds[0].true_accepts == 1);  // float 0.2 is above double 0.2
  CHECK(v.roc[0].threshold == -INFINITY);

  const kernels::verification_pairs<float> lost{{NAN, 0.5F}, {NAN, 0.4F}};
  const auto n = kernels::verification(lost);
  CHECK(n.genuine == 2);
  CHECK(n.auc == (1 + 1 + 0.5) / 4);
  CHECK(n.best.true_accept_rate == 0.5);
  CHECK(n.equal_error_rate == 0.5);

  const auto none = kernels::verification(kernels::verification_pairs<float>{});
  CHECK(std::isnan(none.auc));
  CHECK(std::isnan(none.equal_error_rate));
  CHECK(none.roc.size() == 1);
  CHECK(std::isnan(kernels::verification(kernels::verification_pairs<float>{{1, 2}, {}}).auc));
}

TEST_CASE("verification: beside plain counts") {
  int wrong = 0;
  for (unsigned seed = 0; seed < 60; ++seed) {
    const auto s = random_scene(13, 17, seed, seed % 2 == 0);
    const bool distance = seed % 3 == 0, youden = seed % 5 == 0;
    const auto pairs = kernels::pairs_of(s.matrix(), s.query_labels, s.gallery_labels);
    const std::vector<double> thresholds = {-0.5, 0, 0.125, 0.3, 0.5, 2};
    const auto v = kernels::verification(
        pairs, {.order = distance ? score_order::distance : score_order::similarity,
                .criterion = youden ? kernels::threshold_criterion::youden
                                    : kernels::threshold_criterion::accuracy,
                .thresholds = thresholds});
    const auto accepts = [&](const std::vector<double>& scores, double t) {
      std::int64_t n = 0;
      for (const double x : scores) n += distance ? x <= t : x >= t;
      return n;
    };
    double better = 0;
    for (const double a : pairs.genuine) {
      for (const double b : pairs.impostor) {
        const double x = std::isnan(a) ? -1e300 : std::max(distance ? -a : a, -1e299);
        const double y = std::isnan(b) ? -1e300 : std::max(distance ? -b : b, -1e299);
        better += x > y ? 1 : x == y ? 0.5 : 0;
      }
    }
    const auto g = static_cast<double>(pairs.genuine.size());
    const auto i = static_cast<double>(pairs.impostor.size());
    wrong += !near(v.auc, better / g / i);
    for (std::size_t k = 0; k < thresholds.size(); ++k) {
      wrong += v.at_thresholds[k].true_accepts != accepts(pairs.genuine, thresholds[k]);
      wrong += v.at_thresholds[k].false_accepts != accepts(pairs.impostor, thresholds[k]);
    }
    double best = youden ? 0 : i / (g + i);
    for (const double t : s.scores) {
      const auto ta = static_cast<double>(accepts(pairs.genuine, t));
      const auto fa = static_cast<double>(accepts(pairs.impostor, t));
      best = std::max(best, youden ? ta / g - fa / i : (ta + i - fa) / (g + i));
    }
    wrong += !near(best, v.best_value);
    for (std::size_t k = 1; k < v.roc.size(); ++k) {
      wrong += v.roc[k].true_accepts < v.roc[k - 1].true_accepts;
      wrong += v.roc[k].true_accepts != accepts(pairs.genuine, v.roc[k].threshold);
      wrong += v.roc[k].false_accepts != accepts(pairs.impostor, v.roc[k].threshold);
    }
  }
  CHECK(wrong == 0);
}

TEST_CASE("verification: each pair of a set once") {
  const auto s = random_scene(12, 12, 1, false);
  const auto pairs =
      kernels::pairs_of(s.matrix(), s.query_labels, s.query_labels, {.same_set = true});
  std::size_t counted = 0;
  for (const auto label : s.query_labels) counted += label >= 0;
  CHECK(pairs.genuine.size() + pairs.impostor.size() == counted * (counted - 1) / 2);
}
