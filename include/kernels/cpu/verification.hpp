// Genuine and impostor scores at every threshold, in one pass from the strictest to the loosest.
#pragma once

#include <kernels/cpu/rank_metrics.hpp>

#include <functional>

namespace kernels::inline KERNELS_ABI::cpu {

/// Scores without NaN, best first; as keys of which larger ones are better.
template <class T>
std::vector<T> sorted_keys(std::span<const T> scores, bool distance) {
  std::vector<T> keys;
  keys.reserve(scores.size());
  for (const T s : scores) {
    if (!std::isnan(s)) keys.push_back(distance ? -s : s);
  }
  std::sort(keys.begin(), keys.end(), std::greater<>());
  return keys;
}

/// How many of the keys, best first, are at least `least`.
template <class T>
std::int64_t accepted(const std::vector<T>& keys, double least) {
  const auto end = std::partition_point(keys.begin(), keys.end(),
                                        [&](T k) { return static_cast<double>(k) >= least; });
  return end - keys.begin();
}

template <class T>
verification_scores verification(std::span<const T> genuine, std::span<const T> impostor,
                                 bool distance, threshold_criterion criterion,
                                 std::span<const double> thresholds,
                                 std::span<const double> rates) {
  const std::vector<T> good = sorted_keys(genuine, distance), bad = sorted_keys(impostor, distance);
  verification_scores all;
  all.genuine = static_cast<std::int64_t>(genuine.size());
  all.impostor = static_cast<std::int64_t>(impostor.size());
  const auto point = [&](double key, std::int64_t trues, std::int64_t falses) {
    roc_point p{distance ? -key : key, trues, falses};
    math::set_rates(p, all.genuine, all.impostor);
    return p;
  };
  // the criterion as an integer, but for a factor
  const auto value = [&](const roc_point& p) {
    if (criterion == threshold_criterion::accuracy) return p.true_accepts - p.false_accepts;
    return p.true_accepts * std::max<std::int64_t>(all.impostor, 1) -
           p.false_accepts * std::max<std::int64_t>(all.genuine, 1);
  };

  roc_point last = point(std::numeric_limits<double>::infinity(), 0, 0);
  all.roc.push_back(last);
  all.best = last;
  all.at_false_accept_rates.assign(rates.size(), last);
  bool crossed = false;
  std::int64_t twice_area = 0;
  std::size_t g = 0, i = 0;
  while (g < good.size() || i < bad.size()) {
    const T key = g == good.size() ? bad[i] : i == bad.size() ? good[g] : std::max(good[g], bad[i]);
    while (g < good.size() && good[g] == key) ++g;
    while (i < bad.size() && bad[i] == key) ++i;
    const roc_point here =
        point(static_cast<double>(key), static_cast<std::int64_t>(g), static_cast<std::int64_t>(i));
    const std::int64_t right = here.true_accepts - last.true_accepts;
    const std::int64_t wrong = here.false_accepts - last.false_accepts;
    twice_area += wrong * (here.true_accepts + last.true_accepts);
    if (value(here) > value(all.best)) all.best = here;
    if (!crossed && here.false_accept_rate >= 1.0 - here.true_accept_rate) {
      all.equal_error_rate = math::equal_error(last, here);
      crossed = true;
    }
    for (std::size_t k = 0; k < rates.size(); ++k) {
      if (here.false_accept_rate <= rates[k]) all.at_false_accept_rates[k] = here;
    }
    // a point between two others on a horizontal or vertical line says nothing
    if (all.roc.size() > 1) {
      const roc_point& before = all.roc[all.roc.size() - 2];
      if ((right == 0 && before.true_accepts == last.true_accepts) ||
          (wrong == 0 && before.false_accepts == last.false_accepts)) {
        all.roc.pop_back();
      }
    }
    all.roc.push_back(here);
    last = here;
  }
  if (all.genuine > 0 && all.impostor > 0) {
    const roc_point end =
        point(-std::numeric_limits<double>::infinity(), all.genuine, all.impostor);
    // what is never accepted is worse than all others, and ties with its like
    twice_area += (end.false_accepts - last.false_accepts) * (end.true_accepts + last.true_accepts);
    all.auc = exact::div(
        static_cast<double>(twice_area),
        exact::mul(2.0 * static_cast<double>(all.genuine), static_cast<double>(all.impostor)));
    if (!crossed) all.equal_error_rate = math::equal_error(last, end);
  } else {
    all.equal_error_rate = std::numeric_limits<double>::quiet_NaN();
  }
  all.best_value = criterion == threshold_criterion::accuracy
                       ? math::ratio(all.best.true_accepts + all.impostor - all.best.false_accepts,
                                     all.genuine + all.impostor)
                       : exact::add(all.best.true_accept_rate, -all.best.false_accept_rate);
  for (const double t : thresholds) {
    const double key = distance ? -t : t;
    all.at_thresholds.push_back(point(key, accepted(good, key), accepted(bad, key)));
  }
  return all;
}

}  // namespace kernels::inline KERNELS_ABI::cpu
