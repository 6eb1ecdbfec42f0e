// The cases of normalize, written once for every backend. A runner is an object with
//   template <class In, class Out>
//   void operator()(view<const In, 2> rows, view<Out, 2> out, view<row_state, 1> states)
#pragma once

#include <kernels/core/view.hpp>
#include <kernels/math/normalize.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>
#include <random>
#include <string>
#include <vector>

namespace normalize_cases {

using kernels::bfloat16;
using kernels::half;
using kernels::row_state;

/// A matrix in memory of its own: element (i, j) at i·row + j·column, guards between.
template <class T>
struct matrix {
  std::int64_t rows, columns, row_step, column_step;
  std::vector<T> values;

  matrix(std::int64_t n, std::int64_t d, std::int64_t padding, std::int64_t step)
      : rows(n), columns(d), row_step(d * step + padding), column_step(step) {
    values.assign(static_cast<std::size_t>(n * row_step), guard());
  }
  static T guard() { return kernels::math::from_float32<T>(-77.0F); }
  T& at(std::int64_t i, std::int64_t j) {
    return values[static_cast<std::size_t>(i * row_step + j * column_step)];
  }
  kernels::view<T, 2> as_view() {
    return {values.data(), {rows, columns}, {row_step, column_step}};
  }
};

/// Rows of every kind: ordinary, huge, tiny, zero, with a NaN or an infinity.
template <class T>
void fill(matrix<T>& m, unsigned seed) {
  std::mt19937 random(seed);
  std::normal_distribution<float> normal;
  for (std::int64_t i = 0; i < m.rows; ++i) {
    const float scale = i % 7 == 1 ? 1e38F : i % 7 == 2 ? 1e-41F : 1.0F;
    const bool narrow = std::is_same_v<T, half>;
    for (std::int64_t j = 0; j < m.columns; ++j) {
      const float x = normal(random);
      m.at(i, j) = kernels::math::from_float32<T>(narrow ? x * (i % 7 == 2 ? 1e-7F : 1.0F)
                                                         : std::fmin(x, 3.0F) * scale);
    }
    if (i % 7 == 3) {
      for (std::int64_t j = 0; j < m.columns; ++j) {
        m.at(i, j) = kernels::math::from_float32<T>(j % 2 == 0 ? 0.0F : -0.0F);
      }
    }
    constexpr float kInfinite = std::numeric_limits<float>::infinity();
    if (m.columns == 0) continue;
    const std::int64_t at = (i * 5) % m.columns;
    if (i % 7 == 4) m.at(i, at) = kernels::math::from_float32<T>(std::nanf(""));
    if (i % 7 == 5) m.at(i, at) = kernels::math::from_float32<T>(-kInfinite);
  }
}

/// Every element against long double; states; guards. Empty text if all is well.
template <class In, class Out, class Run>
std::string fault_of(const Run& run, std::int64_t n, std::int64_t d, std::int64_t padding,
                     std::int64_t step) {
  matrix<In> in(n, d, padding, step);
  fill(in, static_cast<unsigned>(n * 31 + d));
  const auto before = in.values;
  matrix<Out> out(n, d, padding == 0 ? 0 : padding + 2, step);
  std::vector<row_state> states(static_cast<std::size_t>(n), static_cast<row_state>(9));
  run.template operator()<In, Out>(in.as_view(), out.as_view(),
                                   kernels::packed(states.data(), {n}));
  if (!before.empty() &&
      std::memcmp(before.data(), in.values.data(), before.size() * sizeof(In)) != 0) {
    return "rows were written";
  }
  std::int64_t written = 0;
  for (std::int64_t i = 0; i < n; ++i) {
    long double squares = 0;
    for (std::int64_t j = 0; j < d; ++j) {
      const long double x = kernels::math::to_float32(in.at(i, j));
      squares += x * x;
    }
    const row_state wanted = squares == 0             ? row_state::zero
                             : std::isfinite(squares) ? row_state::ok
                                                      : row_state::not_finite;
    if (states[static_cast<std::size_t>(i)] != wanted) return "state of row " + std::to_string(i);
    for (std::int64_t j = 0; j < d; ++j, ++written) {
      const float given = kernels::math::to_float32(out.at(i, j));
      const long double exact = kernels::math::to_float32(in.at(i, j)) / std::sqrt(squares);
      const long double step_of_type = std::is_same_v<Out, float>  ? 0x1p-24L
                                       : std::is_same_v<Out, half> ? 0x1p-11L
                                                                   : 0x1p-8L;
      const long double least = std::is_same_v<Out, half> ? 0x1p-25L : 0x1p-149L;
      const bool right =
          wanted == row_state::ok
              ? std::abs(given - exact) <= 1.001L * (step_of_type * std::abs(exact) + least)
          : wanted == row_state::zero ? given == 0.0F && !std::signbit(given)
                                      : std::isnan(given);
      if (!right) {
        return "row " + std::to_string(i) + ", element " + std::to_string(j) + ": " +
               std::to_string(given);
      }
    }
  }
  const auto guards = static_cast<std::int64_t>(
      std::count(out.values.begin(), out.values.end(), matrix<Out>::guard()));
  if (guards != static_cast<std::int64_t>(out.values.size()) - written) return "a guard is gone";
  return "";
}

template <class Run>
void equals_definition(const Run& run) {
  for (const auto& shape :
       {std::pair{0, 5}, {3, 0}, {1, 1}, {9, 15}, {8, 16}, {21, 31}, {7, 33}, {17, 100}}) {
    for (const auto& strides : {std::pair{0, 1}, {3, 1}, {1, 2}}) {
      const int n = shape.first, d = shape.second;  // CAPTURE takes no bindings with clang 14
      const int padding = strides.first, step = strides.second;
      CAPTURE(n);
      CAPTURE(d);
      CAPTURE(step);
      CHECK(fault_of<float, float>(run, n, d, padding, step) == "");
      CHECK(fault_of<half, half>(run, n, d, padding, step) == "");
      CHECK(fault_of<bfloat16, bfloat16>(run, n, d, padding, step) == "");
      CHECK(fault_of<float, half>(run, n, d, padding, step) == "");
      CHECK(fault_of<half, float>(run, n, d, padding, step) == "");
      CHECK(fault_of<bfloat16, float>(run, n, d, padding, step) == "");
      CHECK(fault_of<float, bfloat16>(run, n, d, padding, step) == "");
    }
  }
}

/// Normalised where they stand, rows have the bytes of those normalised elsewhere.
template <class T, class Run>
void in_place(const Run& run) {
  matrix<T> rows(19, 37, 5, 1), elsewhere(19, 37, 5, 1);
  fill(rows, 4);
  run.template operator()<T, T>(rows.as_view(), elsewhere.as_view(), kernels::view<row_state, 1>{});
  run.template operator()<T, T>(rows.as_view(), rows.as_view(), kernels::view<row_state, 1>{});
  const bool same =
      std::memcmp(rows.values.data(), elsewhere.values.data(), rows.values.size() * sizeof(T)) == 0;
  CHECK(same);
}

}  // namespace normalize_cases
