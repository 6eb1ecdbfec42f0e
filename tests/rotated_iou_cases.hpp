// The cases of rotated_iou, written once for every backend. A runner has, for T float and double,
//   std::vector<T> pairwise(const boxes<T>& a, const boxes<T>& b)
//   std::vector<T> elementwise(a, b)
#pragma once

#include <kernels/core/view.hpp>
#include <kernels/math/rotated_iou.hpp>

#include <doctest/doctest.h>

#include <cmath>
#include <cstring>
#include <limits>
#include <random>
#include <vector>

namespace rotated_iou_cases {

template <class T>
using boxes = std::vector<kernels::rotated_box<T>>;

struct point {
  long double x, y;
};
using polygon = std::vector<point>;

template <class T>
polygon corners(const kernels::rotated_box<T>& b) {
  const long double angle = b.angle * std::acos(-1.0L) / 180;
  const long double c = std::cos(angle);
  const long double s = std::sin(angle);
  polygon p;
  for (const point& q : {point{-1, -1}, {1, -1}, {1, 1}, {-1, 1}}) {
    const long double x = q.x * b.width / 2;
    const long double y = q.y * b.height / 2;
    p.push_back({b.cx + c * x - s * y, b.cy + s * x + c * y});
  }
  return p;
}

inline long double area(const polygon& p) {
  long double twice = 0;
  for (std::size_t k = 0; k < p.size(); ++k) {
    const point& q = p[(k + 1) % p.size()];
    twice += p[k].x * q.y - p[k].y * q.x;
  }
  return std::abs(twice) / 2;
}

/// Sutherland and Hodgman's clipping of one polygon by the sides of the other.
template <class T>
double reference(const kernels::rotated_box<T>& a, const kernels::rotated_box<T>& b) {
  polygon kept = corners(a);
  const polygon by = corners(b);
  for (std::size_t e = 0; e < 4; ++e) {
    const point from = by[e];
    const point to = by[(e + 1) % 4];
    const auto side = [&](const point& p) {
      return (to.x - from.x) * (p.y - from.y) - (to.y - from.y) * (p.x - from.x);
    };
    polygon next;
    for (std::size_t k = 0; k < kept.size(); ++k) {
      const point& p = kept[k];
      const point& q = kept[(k + 1) % kept.size()];
      const long double sp = side(p);
      const long double sq = side(q);
      if (sp >= 0) next.push_back(p);
      if ((sp > 0 && sq < 0) || (sp < 0 && sq > 0)) {
        const long double t = sp / (sp - sq);
        next.push_back({p.x + t * (q.x - p.x), p.y + t * (q.y - p.y)});
      }
    }
    kept = next;
  }
  const long double shared = kept.size() < 3 ? 0 : area(kept);
  const long double whole = area(corners(a)) + area(corners(b)) - shared;
  return static_cast<double>(shared / whole);
}

/// Boxes at any angle, many at multiples of 45°, some of them touching, equal or very thin.
template <class T>
boxes<T> random_boxes(int count, unsigned seed) {
  std::mt19937 random(seed);
  const auto number = [&](unsigned end) { return static_cast<T>(random() % end); };
  boxes<T> all;
  for (int k = 0; k < count; ++k) {
    kernels::rotated_box<T> b{number(300) / 7, number(300) / 7, number(200) / 11 + T(0.5),
                              number(200) / 11 + T(0.5), number(7200) / 9 - 400};
    if (random() % 3 == 0) {
      b = {number(12), number(12), number(9) + 1, number(9) + 1, 45 * number(16) - 360};
    }
    if (random() % 12 == 0) b.height = T(0.01);
    if (k > 0 && random() % 5 == 0) {
      b = all[random() % all.size()];
      if (random() % 2 == 0) b.angle += T(1e-3);
    }
    all.push_back(b);
  }
  return all;
}

template <class T>
bool same_bits(const std::vector<T>& a, const std::vector<T>& b) {
  return a.size() == b.size() &&
         (a.empty() || std::memcmp(a.data(), b.data(), a.size() * sizeof(T)) == 0);
}

template <class T, class Run>
void equals_clipping(const Run& run, int rows, int columns) {
  const auto a = random_boxes<T>(rows, 1);
  auto b = random_boxes<T>(columns, 2);
  for (std::size_t k = 0; k < b.size() && k < a.size(); k += 3) b[k] = a[k];
  const auto given = run.pairwise(a, b);
  const auto turned = run.pairwise(b, a);
  REQUIRE(given.size() == a.size() * b.size());
  const double tolerance = sizeof(T) == 4 ? 1e-7 : 1e-11;
  int wrong = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    for (std::size_t j = 0; j < b.size(); ++j) {
      const T value = given[i * b.size() + j];
      const bool good = value >= 0 && value <= 1 &&
                        std::memcmp(&value, &turned[j * a.size() + i], sizeof(T)) == 0 &&
                        (!(a[i] == b[j]) || value == 1) &&
                        std::abs(value - reference(a[i], b[j])) <= tolerance;
      wrong += !good;
    }
  }
  CHECK(wrong == 0);
  const std::size_t n = std::min(a.size(), b.size());
  const auto end = static_cast<std::ptrdiff_t>(n);
  std::vector<T> diagonal(n);
  for (std::size_t k = 0; k < n; ++k) diagonal[k] = given[k * b.size() + k];
  CHECK(same_bits(
      run.elementwise(boxes<T>(a.begin(), a.begin() + end), boxes<T>(b.begin(), b.begin() + end)),
      diagonal));
}

/// Not finite, empty, inside out: shares nothing. Far away and huge: still right.
template <class T, class Run>
void strange_boxes(const Run& run) {
  const T nan = std::numeric_limits<T>::quiet_NaN();
  const T infinite = std::numeric_limits<T>::infinity();
  const boxes<T> bad{{nan, 0, 1, 1, 0},      {0, infinite, 1, 1, 0}, {0, 0, nan, 1, 0},
                     {0, 0, infinite, 1, 0}, {0, 0, 1, 1, nan},      {0, 0, 1, 1, T(2e9)},
                     {0, 0, 0, 1, 0},        {0, 0, 1, -1, 0}};
  auto all = bad;
  all.push_back({0, 0, 1, 1, 0});
  for (const T value : run.pairwise(bad, all)) CHECK(value == 0);
  const boxes<T> pair{{0, 0, 4, 2, 0}, {0, 0, 4, 2, 90}, {T(1e6), 0, 4, 2, 30}};
  const auto values = run.pairwise(pair, pair);
  CHECK(values[0] == 1);
  CHECK(values[1] == T(4.0 / 12));
  CHECK(values[2] == 0);
  CHECK(values[8] == 1);
}

}  // namespace rotated_iou_cases
