// search: galleries that are easy, narrow, full of ties or of odd values, a plain scan to compare
// with, and checks against sums in double.
#pragma once

#include <kernels/search.hpp>

#include <doctest/doctest.h>

#include <bit>
#include <cmath>
#include <cstring>
#include <functional>
#include <limits>
#include <optional>
#include <random>
#include <string>
#include <utility>
#include <vector>

namespace search_cases {

using kernels::metric;

inline constexpr metric kMetrics[] = {metric::cosine, metric::inner_product, metric::euclidean};
inline constexpr kernels::first_pass kPasses[] = {
    kernels::first_pass::float32, kernels::first_pass::float16, kernels::first_pass::bfloat16,
    kernels::first_pass::int8};

struct rows {
  std::int64_t dimension = 0;
  std::vector<float> values;

  [[nodiscard]] std::int64_t count() const {
    return static_cast<std::int64_t>(values.size()) / dimension;
  }
  [[nodiscard]] kernels::view<const float, 2> view() const {
    return kernels::packed(values.data(), {count(), dimension});
  }
  float* row(std::int64_t r) { return values.data() + r * dimension; }
  [[nodiscard]] const float* row(std::int64_t r) const { return values.data() + r * dimension; }
};

struct data_set {
  std::string name;
  rows gallery, queries;
};

inline rows normal_rows(std::int64_t count, std::int64_t dimension, unsigned seed,
                        float scale = 1.0F) {
  std::mt19937 random(seed);
  std::normal_distribution<float> normal(0.0F, scale);
  rows all{dimension, std::vector<float>(static_cast<std::size_t>(count * dimension))};
  for (float& v : all.values) v = normal(random);
  return all;
}

/// Every row = row of centres (r modulo their number) + noise.
inline rows around(const rows& centres, std::int64_t count, float noise, unsigned seed) {
  rows all = normal_rows(count, centres.dimension, seed, noise);
  for (std::int64_t r = 0; r < count; ++r) {
    for (std::int64_t k = 0; k < centres.dimension; ++k) {
      all.row(r)[k] += centres.row(r % centres.count())[k];
    }
  }
  return all;
}

/// Copies of one row, each with some elements moved by one ulp, the queries among them.
inline data_set one_ulp(std::int64_t count, std::int64_t dimension) {
  const rows centre = normal_rows(1, dimension, 31);
  data_set set{"rows that differ by one ulp", around(centre, count, 0, 1),
               around(centre, 5, 0.3F, 2)};
  std::mt19937 random(32);
  for (std::int64_t r = 0; r < count; ++r) {
    float& x = set.gallery.row(r)[random() % static_cast<unsigned>(dimension)];
    x = std::nextafter(x, (random() & 1U) != 0 ? 9.0F : -9.0F);
  }
  std::copy_n(set.gallery.row(3), dimension, set.queries.row(0));
  return set;
}

/// Multiples of the queries and their opposites: dots at, above and below ±1.
inline data_set clamped(std::int64_t count, std::int64_t dimension) {
  data_set set{"clamped ties", normal_rows(count, dimension, 41), normal_rows(3, dimension, 42)};
  std::mt19937 random(43);
  for (std::int64_t r = 0; r < count; ++r) {
    const float factor = static_cast<float>(random() % 1000 + 1) * (r % 3 == 0 ? -0.01F : 0.01F);
    for (std::int64_t k = 0; k < dimension; ++k) {
      set.gallery.row(r)[k] = set.queries.row(r % 2)[k] * factor;
    }
  }
  return set;
}

/// Rows with a NaN, infinities, zeros, denormals, huge and tiny values among others.
inline data_set odd_values(std::int64_t count, std::int64_t dimension) {
  data_set set{"odd values", normal_rows(count, dimension, 51), normal_rows(9, dimension, 52)};
  constexpr float kInfinite = std::numeric_limits<float>::infinity();
  const float odd[] = {NAN, kInfinite, -kInfinite, 0.0F, 1e-42F, 3e38F, 1e-30F, 1e19F, 1e9F, -0.0F};
  for (int kind = 0; kind < 10; ++kind) {
    for (std::int64_t r = kind * 3; r < count; r += 97 + kind) {
      if (kind < 3) {
        set.gallery.row(r)[r % dimension] = odd[kind];
      } else {
        for (std::int64_t k = 0; k < dimension; ++k) {
          const float v = set.gallery.row(r)[k];
          set.gallery.row(r)[k] = kind == 5 && v > 0 ? 3e38F : v * odd[kind];
        }
      }
    }
    if (kind < 9) {
      for (std::int64_t k = 0; k < (kind < 3 ? 1 : dimension); ++k) {
        float& v = set.queries.row(kind)[k];
        v = kind < 3 ? odd[kind] : v * (kind == 5 ? 1e20F : odd[kind]);
      }
    }
  }
  return set;
}

/// As odd_values, without those so large that a first pass gives up.
inline data_set modest_odd_values(std::int64_t count, std::int64_t dimension) {
  data_set set = odd_values(count, dimension);
  set.name = "odd values below 1e15";
  for (float& v : set.gallery.values) {
    if (std::isfinite(v) && std::abs(v) > 1e15F) v = std::copysign(1e12F, v);
  }
  return set;
}

inline std::vector<data_set> data_sets(std::int64_t count) {
  std::vector<data_set> all;
  all.push_back({"random", normal_rows(count, 45, 1), normal_rows(7, 45, 2)});
  const rows centre = normal_rows(1, 100, 3, 4.0F);
  all.push_back({"narrow cone", around(centre, count, 1, 4), around(centre, 8, 1, 5)});
  const rows centres = normal_rows(20, 33, 6);
  all.push_back(
      {"near duplicates", around(centres, count, 1e-4F, 7), around(centres, 7, 1e-3F, 8)});
  const rows same = normal_rows(1, 16, 9);
  all.push_back({"all equal", around(same, count, 0, 1), around(same, 3, 0.5F, 10)});
  all.push_back(one_ulp(count, 24));
  all.push_back(clamped(count, 17));
  all.push_back(odd_values(count, 20));
  all.push_back(modest_odd_values(count, 20));
  all.push_back({"tiny", normal_rows(count, 32, 12, 1e-25F), normal_rows(3, 32, 13, 1e-12F)});
  return all;
}

struct found {
  std::int64_t count = 0, k = 0;
  std::vector<std::int64_t> ids;
  std::vector<float> scores;
  kernels::search_statistics statistics;

  /// The same ids and bits?
  friend bool operator==(const found& a, const found& b) {
    return a.ids == b.ids && a.scores.size() == b.scores.size() &&
           (a.scores.empty() ||
            std::memcmp(a.scores.data(), b.scores.data(), 4 * a.scores.size()) == 0);
  }
  /// The first `kept` of each query.
  [[nodiscard]] found prefix(std::int64_t kept) const {
    found some{count, kept, {}, {}, {}};
    for (std::int64_t q = 0; q < count; ++q) {
      for (std::int64_t j = 0; j < kept; ++j) {
        some.ids.push_back(ids[static_cast<std::size_t>(q * k + j)]);
        some.scores.push_back(scores[static_cast<std::size_t>(q * k + j)]);
      }
    }
    return some;
  }
};

/// One search; params without k.
inline found run(kernels::on_cpu exec, const kernels::search_gallery& gallery,
                 const kernels::view<const float, 2>& queries, int k,
                 kernels::search_params params = {}) {
  found out{queries.extent[0], k, {}, {}, {}};
  out.ids.assign(static_cast<std::size_t>(out.count * k), -7);
  out.scores.assign(out.ids.size(), -7.0F);
  params.k = k;
  params.statistics = &out.statistics;
  kernels::search(exec, gallery, queries, kernels::packed(out.ids.data(), {out.count, k}),
                  kernels::packed(out.scores.data(), {out.count, k}), params);
  return out;
}

/// What may be found for a query; none: everything.
using admits = std::function<bool(std::int64_t query, std::int64_t row)>;

/// The definition: every score in float32, a full sort.
inline found plain_scan(metric what, const rows& gallery, const rows& queries, std::int64_t k,
                        std::optional<float> threshold = {}, const admits& admitted = {}) {
  const kernels::packed_rows g({1}, gallery.view(), what == metric::cosine);
  const kernels::packed_rows q({1}, queries.view(), what == metric::cosine);
  found out{queries.count(), k, {}, {}, {}};
  for (std::int64_t i = 0; i < q.count(); ++i) {
    std::vector<std::pair<float, std::int64_t>> all;
    for (std::int64_t r = 0; r < g.count(); ++r) {
      if (q.state(i) == kernels::row_state::not_finite) continue;
      if (g.state(r) == kernels::row_state::not_finite) continue;
      if (admitted && !admitted(i, r)) continue;
      float score = what == metric::euclidean
                        ? std::sqrt(kernels::math::squared_distance(q.row(i), g.row(r), g.stride()))
                        : kernels::math::dot(q.row(i), g.row(r), g.stride());
      if (std::isnan(score)) continue;
      if (what == metric::cosine) score = std::min(1.0F, std::max(-1.0F, score));
      if (threshold && (what == metric::euclidean ? score > *threshold : score < *threshold)) {
        continue;
      }
      all.emplace_back(what == metric::euclidean ? score : -score, r);
    }
    std::sort(all.begin(), all.end());
    for (std::int64_t j = 0; j < k; ++j) {
      const bool some = j < static_cast<std::int64_t>(all.size());
      const float none = std::numeric_limits<float>::infinity();
      const float key = some ? all[static_cast<std::size_t>(j)].first : none;
      out.ids.push_back(some ? all[static_cast<std::size_t>(j)].second : -1);
      out.scores.push_back(what == metric::euclidean ? key : -key);
    }
  }
  return out;
}

/// Places where the answer is not right beyond float32's roundings, by sums in double of the rows
/// as given (finite ones of moderate size).
inline int wrong_in_double(metric what, const rows& gallery, const rows& queries,
                           const found& answer) {
  const auto product = [](const float* a, const float* b, std::int64_t n) {
    double sum = 0;
    for (std::int64_t k = 0; k < n; ++k) sum += double{a[k]} * double{b[k]};
    return sum;
  };
  const std::int64_t d = gallery.dimension;
  int wrong = 0;
  for (std::int64_t q = 0; q < queries.count(); ++q) {
    const float* x = queries.row(q);
    std::vector<double> keys, tolerances;
    for (std::int64_t r = 0; r < gallery.count(); ++r) {
      const float* g = gallery.row(r);
      const double sizes = std::sqrt(product(x, x, d) * product(g, g, d));
      double key = product(x, g, d), tolerance = 2e-6 * sizes;
      if (what == metric::cosine) {
        key = sizes > 0 ? key / sizes : 0;
        tolerance = 2e-6;
      } else if (what == metric::euclidean) {
        double sum = 0;
        for (std::int64_t k = 0; k < d; ++k) sum += (double{x[k]} - g[k]) * (double{x[k]} - g[k]);
        key = -std::sqrt(sum);
        tolerance = 2e-6 * -key;
      }
      keys.push_back(key);
      tolerances.push_back(tolerance);
    }
    std::vector<bool> returned(keys.size());
    double last = std::numeric_limits<double>::infinity(), slack = 0;
    for (std::int64_t j = 0; j < answer.k; ++j) {
      const std::int64_t id = answer.ids[static_cast<std::size_t>(q * answer.k + j)];
      if (id < 0) continue;
      const auto r = static_cast<std::size_t>(id);
      const double score = answer.scores[static_cast<std::size_t>(q * answer.k + j)];
      const double key = what == metric::euclidean ? -score : score;
      wrong += std::abs(key - keys[r]) > tolerances[r] ? 1 : 0;
      wrong += key > last || returned[r] ? 1 : 0;
      last = key;
      slack = std::max(slack, tolerances[r]);
      returned[r] = true;
    }
    for (std::size_t r = 0; r < keys.size(); ++r) {
      wrong += !returned[r] && keys[r] > last + slack + tolerances[r] ? 1 : 0;
    }
  }
  return wrong;
}

}  // namespace search_cases
