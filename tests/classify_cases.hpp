// The cases of classify, written once for every backend. A runner is an object with
//   template <class T> void operator()(view<const T, 2> rows, view<const T, 2> classes,
//                                      classify_outputs<> out, classify_params)
#pragma once

#include <kernels/classify_gpu.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <random>
#include <string>
#include <vector>

namespace classify_cases {

using kernels::classify_params;
using kernels::packed;
constexpr float kInfinite = std::numeric_limits<float>::infinity();

/// Rows with duplicates (ties), zeros and some that are not finite, from the fifth on.
template <class T>
std::vector<T> rows_of(std::int64_t n, std::int64_t d, unsigned seed) {
  std::mt19937 random(seed);
  std::normal_distribution<float> normal;
  std::vector<T> all;
  for (std::int64_t i = 0; i < n; ++i) {
    for (std::int64_t k = 0; k < d; ++k) {
      float x = normal(random);
      if (i % 11 == 5) x = 0.0F;
      if (i % 11 == 7 && k == d / 2) x = kInfinite;
      if (i % 11 == 8 && k == 0) x = std::nanf("");
      const bool copy = i % 11 == 6 || i % 11 == 9;
      all.push_back(copy ? all[static_cast<std::size_t>(k)] : kernels::math::from_float32<T>(x));
    }
  }
  return all;
}

struct results {
  std::vector<std::int32_t> classes;
  std::vector<float> similarities, probabilities;
  friend bool operator==(const results&, const results&) = default;
};

template <class T, class Run>
results run_on(const Run& run, const std::vector<T>& rows, const std::vector<T>& classes,
               std::int64_t d, std::int64_t top, const classify_params& params) {
  const auto n = static_cast<std::int64_t>(rows.size()) / d;
  const auto c = static_cast<std::int64_t>(classes.size()) / d;
  const auto size = static_cast<std::size_t>(n * top);
  results r{std::vector<std::int32_t>(size, -9), std::vector<float>(size, -9.0F),
            std::vector<float>(size, -9.0F)};
  run.template operator()<T>(
      packed(rows.data(), {n, d}), packed(classes.data(), {c, d}),
      {packed(r.classes.data(), {n, top}), packed(r.similarities.data(), {n, top}),
       packed(r.probabilities.data(), {n, top})},
      params);
  return r;
}

/// Against long double: similarities and probabilities near the truth, the order that of the given
/// similarities with ties to the lowest class, nothing left out, what matches nothing left out.
template <class T>
std::string fault_of(const results& r, const std::vector<T>& rows, const std::vector<T>& classes,
                     std::int64_t d, std::int64_t top, float temperature) {
  const auto n = static_cast<std::int64_t>(rows.size()) / d;
  const auto c = static_cast<std::int64_t>(classes.size()) / d;
  const auto element = [&](const std::vector<T>& v, std::int64_t i, std::int64_t k) -> long double {
    return kernels::math::to_float32(v[static_cast<std::size_t>(i * d + k)]);
  };
  for (std::int64_t i = 0; i < n; ++i) {
    std::vector<long double> truth;
    std::int64_t valid = 0;
    long double sum = 0;
    for (std::int64_t j = 0; j < c; ++j) {
      long double ab = 0, aa = 0, bb = 0;
      for (std::int64_t k = 0; k < d; ++k) {
        ab += element(rows, i, k) * element(classes, j, k);
        aa += element(rows, i, k) * element(rows, i, k);
        bb += element(classes, j, k) * element(classes, j, k);
      }
      const bool is = std::isfinite(aa) && std::isfinite(bb);
      truth.push_back(!is ? std::nanl("") : aa == 0 || bb == 0 ? 0 : ab / std::sqrt(aa * bb));
      if (is) ++valid, sum += std::exp(truth.back() / temperature);
    }
    for (std::int64_t k = 0; k < top; ++k) {
      const auto at = static_cast<std::size_t>(i * top + k);
      const std::int32_t j = r.classes[at];
      const float s = r.similarities[at], p = r.probabilities[at];
      const std::string where = "row " + std::to_string(i) + ", place " + std::to_string(k);
      if (k >= valid) {
        if (j != -1 || s != -kInfinite || p != 0) return where + ": should be empty";
        continue;
      }
      if (j < 0 || j >= c) return where + ": class " + std::to_string(j);
      const long double wanted = truth[static_cast<std::size_t>(j)];
      if (!(std::abs(s - wanted) <= 1e-6L)) return where + ": similarity";
      const long double share = std::exp(wanted / temperature) / sum;
      // an error of 1e-6 in a similarity is one of 1e-6/t in an exponent
      if (!(std::abs(p - share) <= share * (4e-6L / temperature) + 1e-7L)) {
        return where + ": probability";
      }
      if (k > 0) {
        const float before = r.similarities[at - 1];
        if (before < s || (before == s && r.classes[at - 1] >= j)) return where + ": order";
      }
      if (k + 1 == std::min(top, valid)) {  // nobody else is clearly better
        const auto first = r.classes.begin() + i * top;
        for (std::int64_t other = 0; other < c; ++other) {
          const bool listed = std::find(first, first + k + 1, other) != first + k + 1;
          if (!listed && truth[static_cast<std::size_t>(other)] > s + 2e-6L) {
            return where + ": a better class was left out";
          }
        }
      }
    }
  }
  return "";
}

template <class T, class Run>
void equals_definition(const Run& run, std::int64_t n, std::int64_t c, std::int64_t d,
                       std::int64_t top, float temperature) {
  CAPTURE(n);
  CAPTURE(c);
  CAPTURE(top);
  const auto rows = rows_of<T>(n, d, 1);
  const auto classes = rows_of<T>(c, d, 2);
  const results r = run_on<T>(run, rows, classes, d, top, {temperature});
  CHECK(fault_of<T>(r, rows, classes, d, top, temperature) == "");
}

template <class Run>
void ties_and_prefix(const Run& run) {
  // all classes alike: in their order, each equally likely
  const std::vector<float> row{1, 2, 3};
  std::vector<float> classes;
  for (int c = 0; c < 20; ++c) classes.insert(classes.end(), {3, 2, 1});
  const results r = run_on<float>(run, row, classes, 3, 20, {0.01F});
  bool right = true;
  for (std::size_t k = 0; k < 20; ++k) {
    right = right && r.classes[k] == static_cast<std::int32_t>(k) && r.probabilities[k] == 0.05F;
  }
  CHECK(right);
  // the best three are the first three of the best twenty
  const auto many = rows_of<float>(40, 3, 3);
  const results three = run_on<float>(run, row, many, 3, 3, {0.1F});
  const results twenty = run_on<float>(run, row, many, 3, 20, {0.1F});
  CHECK(std::equal(three.classes.begin(), three.classes.end(), twenty.classes.begin()));
  CHECK(std::equal(three.probabilities.begin(), three.probabilities.end(),
                   twenty.probabilities.begin()));
}

/// FNV-1a of the results of fixed numbers: the same on every backend.
template <class Run>
std::uint64_t known_hash(const Run& run) {
  std::vector<float> rows, classes;
  for (int k = 0; k < 17 * 50; ++k) rows.push_back(static_cast<float>(k * 7919 % 1013 - 506));
  for (int k = 0; k < 77 * 50; ++k) classes.push_back(static_cast<float>(k * 104729 % 997 - 498));
  const results r = run_on<float>(run, rows, classes, 50, 9, {0.05F});
  std::uint64_t value = 14695981039346656037ULL;
  const auto add = [&](const auto& v) {
    const auto* bytes = reinterpret_cast<const unsigned char*>(v.data());
    for (std::size_t k = 0; k < v.size() * sizeof(v[0]); ++k) {
      value = (value ^ bytes[k]) * 1099511628211ULL;
    }
  };
  add(r.classes);
  add(r.similarities);
  add(r.probabilities);
  return value;
}
constexpr std::uint64_t kKnownHash = 0x35d9861ef51fe118;

}  // namespace classify_cases
