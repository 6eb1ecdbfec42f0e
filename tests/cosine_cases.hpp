// The cases of cosine, written once for every backend. A runner is an object with
//   template <class T> void pairwise(view<const T, 2> a, view<const T, 2> b, view<float, 2> out,
//                                    cosine_options)
//   template <class T> void ragged(view<const T, 2> a, view<const T, 2> b, cosine_groups<>,
//                                  view<float, 1> out, cosine_options)
//   void integers(int8_rows<> a, int8_rows<> b, view<float, 2> out, cosine_options)
#pragma once

#include <kernels/cosine_gpu.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>
#include <random>
#include <string>
#include <utility>
#include <vector>

namespace cosine_cases {

using kernels::cosine_groups;
using kernels::cosine_kind;
using kernels::cosine_options;
using kernels::packed;
using rows_of_floats = std::vector<std::vector<float>>;

/// Ordinary rows, and from the fourth on some that are near-duplicates, zero, huge, or not finite.
inline rows_of_floats random_rows(std::int64_t n, std::int64_t d, unsigned seed, bool odd) {
  std::mt19937 random(seed);
  std::normal_distribution<float> normal;
  rows_of_floats rows(static_cast<std::size_t>(n), std::vector<float>(static_cast<std::size_t>(d)));
  for (std::size_t i = 0; i < rows.size(); ++i) {
    for (float& x : rows[i]) x = normal(random) * (odd && i % 13 == 7 ? 1e37F : 1.0F);
    if (!odd || d == 0) continue;
    if (i % 13 == 5) rows[i].assign(rows[i].size(), 0.0F);
    if (i % 13 == 6) rows[i] = rows[0];
    if (i % 13 == 9) rows[i].back() = std::numeric_limits<float>::infinity();
    if (i % 13 == 11) rows[i].front() = std::nanf("");
  }
  return rows;
}

template <class T>
std::vector<T> flat(const rows_of_floats& rows) {
  std::vector<T> all;
  for (const auto& row : rows) {
    for (const float x : row) all.push_back(kernels::math::from_float32<T>(x));
  }
  return all;
}

/// The definition, by itself: double norms, float32 units, sixteen sums.
template <class T>
float defined(const T* a, const T* b, std::int64_t d, cosine_kind kind) {
  const auto unit_of = [d](const T* row, std::vector<float>& unit) {
    double sums[16] = {};
    for (std::int64_t k = 0; k < d; ++k) {
      const double x = kernels::math::to_float32(row[k]);
      sums[k % 16] = std::fma(x, x, sums[k % 16]);
    }
    for (int by = 8; by > 0; by /= 2) {
      for (int k = 0; k < by; ++k) sums[k] += sums[k + by];
    }
    for (std::int64_t k = 0; k < d; ++k) {
      const double x = kernels::math::to_float32(row[k]);
      unit.push_back(sums[0] == 0 ? 0.0F : static_cast<float>(x * (1.0 / std::sqrt(sums[0]))));
    }
    return std::isfinite(sums[0]);
  };
  std::vector<float> x, y;
  const bool x_finite = unit_of(a, x);
  const bool y_finite = unit_of(b, y);
  if (!x_finite || !y_finite) return std::nanf("");
  float sums[16] = {};
  for (std::int64_t k = 0; k < d; ++k) {
    const auto i = static_cast<std::size_t>(k);
    sums[k % 16] = std::fma(x[i], y[i], sums[k % 16]);
  }
  for (int by = 8; by > 0; by /= 2) {
    for (int k = 0; k < by; ++k) sums[k] += sums[k + by];
  }
  const float similarity = std::clamp(sums[0] + 0.0F, -1.0F, 1.0F);
  return kind == cosine_kind::distance ? 1.0F - similarity : similarity;
}

/// How far that may be from the true value.
template <class T>
bool near_truth(const T* a, const T* b, std::int64_t d, cosine_kind kind, float given) {
  long double ab = 0, aa = 0, bb = 0;
  for (std::int64_t k = 0; k < d; ++k) {
    const long double x = kernels::math::to_float32(a[k]), y = kernels::math::to_float32(b[k]);
    ab += x * y;
    aa += x * x;
    bb += y * y;
  }
  if (!std::isfinite(aa) || !std::isfinite(bb)) return std::isnan(given);
  const long double similarity = aa == 0 || bb == 0 ? 0 : ab / std::sqrt(aa * bb);
  const long double truth = kind == cosine_kind::distance ? 1 - similarity : similarity;
  return std::abs(given - truth) <= (static_cast<long double>(d) / 16 + 10) * 0x1p-24L;
}

inline bool same(float a, float b) {
  return std::isnan(a) ? std::isnan(b) && !std::signbit(b)
                       : std::bit_cast<std::uint32_t>(a) == std::bit_cast<std::uint32_t>(b);
}

/// What is wrong with the matrix of those rows; out transposed if asked for, guards around.
template <class T, class Run>
std::string fault_of(const Run& run, std::int64_t n, std::int64_t m, std::int64_t d,
                     cosine_kind kind, bool transposed) {
  const auto a = flat<T>(random_rows(n, d, 1, true));
  const auto b = flat<T>(random_rows(m, d, 2, true));
  const std::int64_t pitch = (transposed ? n : m) + 3;
  std::vector<float> out(static_cast<std::size_t>(pitch * (transposed ? m : n)), -7.0F);
  const std::int64_t down = transposed ? 1 : pitch;
  const std::int64_t across = transposed ? pitch : 1;
  run.template pairwise<T>(packed(a.data(), {n, d}), packed(b.data(), {m, d}),
                           {out.data(), {n, m}, {down, across}}, {kind});
  for (std::int64_t i = 0; i < n; ++i) {
    for (std::int64_t j = 0; j < m; ++j) {
      float& given = out[static_cast<std::size_t>(i * down + j * across)];
      const T* x = a.data() + i * d;
      const T* y = b.data() + j * d;
      const float wanted = defined(x, y, d, kind);
      if (!same(wanted, given) || !near_truth(x, y, d, kind, given)) {
        return "(" + std::to_string(i) + ", " + std::to_string(j) + "): " + std::to_string(given) +
               ", wanted " + std::to_string(wanted);
      }
      given = -7.0F;
    }
  }
  const bool guarded = std::all_of(out.begin(), out.end(), [](float x) { return x == -7.0F; });
  return guarded ? "" : "a guard is gone";
}

template <class Run>
void equals_definition(const Run& run, std::int64_t n, std::int64_t m, std::int64_t d) {
  CAPTURE(n);
  CAPTURE(m);
  CAPTURE(d);
  CHECK(fault_of<float>(run, n, m, d, cosine_kind::similarity, false) == "");
  CHECK(fault_of<float>(run, n, m, d, cosine_kind::distance, true) == "");
  CHECK(fault_of<kernels::half>(run, n, m, d, cosine_kind::similarity, false) == "");
  CHECK(fault_of<kernels::bfloat16>(run, n, m, d, cosine_kind::distance, false) == "");
}

/// Groups, also empty ones and with gaps between their outputs, have the values of single calls.
template <class Run>
void groups_equal_calls(const Run& run, const std::vector<int>& a_sizes,
                        const std::vector<int>& b_sizes, std::int64_t d) {
  std::vector<std::int32_t> a_offsets{0}, b_offsets{0};
  std::vector<std::int64_t> out_offsets{0};
  for (std::size_t g = 0; g < a_sizes.size(); ++g) {
    a_offsets.push_back(a_offsets.back() + a_sizes[g]);
    b_offsets.push_back(b_offsets.back() + b_sizes[g]);
    out_offsets.push_back(out_offsets.back() + a_sizes[g] * b_sizes[g] + (g % 2 == 0 ? 2 : 0));
  }
  const std::int64_t n = a_offsets.back(), m = b_offsets.back();
  const auto groups = static_cast<std::int64_t>(a_offsets.size());
  const auto a = flat<float>(random_rows(n, d, 3, true));
  const auto b = flat<float>(random_rows(m, d, 4, true));
  std::vector<float> out(static_cast<std::size_t>(out_offsets.back()), -7.0F);
  std::vector<float> wanted = out;
  for (std::size_t g = 0; g < a_sizes.size(); ++g) {
    run.template pairwise<float>(packed(a.data() + a_offsets[g] * d, {a_sizes[g], d}),
                                 packed(b.data() + b_offsets[g] * d, {b_sizes[g], d}),
                                 packed(wanted.data() + out_offsets[g], {a_sizes[g], b_sizes[g]}),
                                 {});
  }
  run.template ragged<float>(
      packed(a.data(), {n, d}), packed(b.data(), {m, d}),
      {packed(a_offsets.data(), {groups}), packed(b_offsets.data(), {groups}),
       packed(out_offsets.data(), {groups})},
      packed(out.data(), {out_offsets.back()}), {});
  const bool equal = std::equal(out.begin(), out.end(), wanted.begin(), same);
  CHECK(equal);
}

/// Rows of integers, against 128-bit floating point of exact sums.
template <class Run>
void integers_equal_definition(const Run& run, std::int64_t n, std::int64_t m, std::int64_t d,
                               std::int64_t step) {
  CAPTURE(n);
  CAPTURE(m);
  CAPTURE(d);
  std::mt19937 random(7);
  std::vector<std::int8_t> a(static_cast<std::size_t>(n * d * step)),
      b(static_cast<std::size_t>(m * d * step));
  for (auto* v : {&a, &b}) {
    for (auto& x : *v) x = static_cast<std::int8_t>(random() % 256 - 128);
  }
  if (n > 2) std::fill_n(a.begin() + d * step, d * step, std::int8_t{-128});
  if (n > 2) std::fill_n(a.begin() + 2 * d * step, d * step, std::int8_t{0});
  constexpr float kInfinite = std::numeric_limits<float>::infinity();
  const float kinds[] = {0.01F, 1e-30F, 3.0F, -2.0F, 0.0F, kInfinite, std::nanf("")};
  std::vector<float> a_scales, b_scales;
  for (std::int64_t i = 0; i < n; ++i) a_scales.push_back(kinds[i % 7]);
  for (std::int64_t j = 0; j < m; ++j) b_scales.push_back(kinds[j % 5]);
  std::vector<float> out(static_cast<std::size_t>(n * m));
  const kernels::view<const std::int8_t, 2> a_view{a.data(), {n, d}, {d * step, step}};
  const kernels::view<const std::int8_t, 2> b_view{b.data(), {m, d}, {d * step, step}};
  run.integers({a_view, packed(std::as_const(a_scales).data(), {n})},
               {b_view, packed(std::as_const(b_scales).data(), {m})}, packed(out.data(), {n, m}),
               {});
  bool right = true;
  for (std::int64_t i = 0; i < n; ++i) {
    for (std::int64_t j = 0; j < m; ++j) {
      std::int64_t ab = 0, aa = 0, bb = 0;
      for (std::int64_t k = 0; k < d; ++k) {
        const int x = a[static_cast<std::size_t>((i * d + k) * step)];
        const int y = b[static_cast<std::size_t>((j * d + k) * step)];
        ab += x * y;
        aa += x * x;
        bb += y * y;
      }
      const float given = out[static_cast<std::size_t>(i * m + j)];
      const float sa = a_scales[static_cast<std::size_t>(i)];
      const float sb = b_scales[static_cast<std::size_t>(j)];
      if (!std::isfinite(sa) || !std::isfinite(sb)) {
        right = right && std::isnan(given);
        continue;
      }
      if (sa == 0 || sb == 0) aa = 0;
      const long double sign = (sa < 0) != (sb < 0) ? -1 : 1;
      const long double truth =
          aa == 0 || bb == 0
              ? 0
              : sign * static_cast<long double>(ab) /
                    std::sqrt(static_cast<long double>(aa) * static_cast<long double>(bb));
      right = right && std::abs(given - truth) <= 0x1.001p-24L * std::abs(truth) &&
              (truth != 0 || !std::signbit(given));
    }
  }
  CHECK(right);
}

}  // namespace cosine_cases
