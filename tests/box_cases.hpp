// The cases of box, written once for every backend. A runner has, for T float and double,
//   boxes<T> from(const std::vector<T>& numbers, box_format)     four numbers a box
//   std::vector<T> to(const boxes<T>&, box_format)
//   boxes<T> move(const boxes<T>&, const box_move&)
#pragma once

#include <kernels/core/view.hpp>
#include <kernels/math/box.hpp>

#include <doctest/doctest.h>

#include <cmath>
#include <limits>
#include <random>
#include <vector>

namespace box_cases {

using kernels::box_format;
template <class T>
using boxes = std::vector<kernels::box<T>>;

inline constexpr box_format kFormats[] = {box_format::xyxy, box_format::tlwh, box_format::cxcywh,
                                          box_format::xyah};

template <class T>
std::vector<double> corners(const kernels::box<T>& b) {
  return {double(b.left), double(b.top), double(b.right), double(b.bottom)};
}

inline double distance(const std::vector<double>& a, const std::vector<double>& b) {
  double most = 0;
  for (std::size_t k = 0; k < 4; ++k) most = std::fmax(most, std::abs(a[k] - b[k]));
  return most;
}

/// Four numbers by their definition, and back, in double.
template <class T, class Run>
void equals_definition(const Run& run, int count) {
  std::mt19937 random(static_cast<unsigned>(count));
  boxes<T> all;
  for (int k = 0; k < count; ++k) {
    const auto number = [&](int end) {
      return static_cast<T>(random() % static_cast<unsigned>(end)) / 7;
    };
    const T x = number(9000);
    const T y = number(7000);
    all.push_back({x, y, x + number(3000) - 30, y + number(2000) + T(0.25)});
  }
  const double tolerance = 6000 * static_cast<double>(std::numeric_limits<T>::epsilon());
  double worst = 0;
  for (const auto format : kFormats) {
    const std::vector<T> numbers = run.to(all, format);
    const boxes<T> back = run.from(numbers, format);
    REQUIRE(numbers.size() == 4 * all.size());
    REQUIRE(back.size() == all.size());
    for (std::size_t k = 0; k < all.size(); ++k) {
      const auto c = corners(all[k]);
      const double w = c[2] - c[0];
      const double h = c[3] - c[1];
      std::vector<double> wanted = c;
      if (format == box_format::tlwh) wanted = {c[0], c[1], w, h};
      if (format == box_format::cxcywh) wanted = {c[0] + w / 2, c[1] + h / 2, w, h};
      if (format == box_format::xyah) wanted = {c[0] + w / 2, c[1] + h / 2, w / h, h};
      const T* n = numbers.data() + 4 * k;
      worst = std::fmax(worst,
                        distance(wanted, {double(n[0]), double(n[1]), double(n[2]), double(n[3])}));
      worst = std::fmax(worst, distance(c, corners(back[k])));
    }
  }
  CHECK(worst <= tolerance);
  const kernels::box_move move{.scale_x = 1.5,
                               .scale_y = -0.75,
                               .shift_x = -100,
                               .shift_y = 600,
                               .clip_width = 640,
                               .clip_height = 480};
  for (const bool clip : {false, true}) {
    kernels::box_move m = move;
    if (!clip) m.clip_width = m.clip_height = 0;
    const boxes<T> moved = run.move(all, m);
    REQUIRE(moved.size() == all.size());
    worst = 0;
    for (std::size_t k = 0; k < all.size(); ++k) {
      auto c = corners(all[k]);
      for (std::size_t d = 0; d < 4; ++d) {
        c[d] = d % 2 == 0 ? 1.5 * c[d] - 100 : 600 - 0.75 * c[d];
        if (clip) c[d] = std::fmin(std::fmax(c[d], 0), d % 2 == 0 ? 640 : 480);
      }
      worst = std::fmax(worst, distance(c, corners(moved[k])));
    }
    CHECK(worst <= tolerance);
  }
}

/// NaN and infinities stay where they are; zero heights give the ratios of IEEE division.
template <class T, class Run>
void strange_numbers(const Run& run) {
  const T nan = std::numeric_limits<T>::quiet_NaN();
  const T infinite = std::numeric_limits<T>::infinity();
  const boxes<T> moved =
      run.move(boxes<T>{{nan, -infinite, infinite, 5}}, {.clip_width = 10, .clip_height = 10});
  CHECK(std::isnan(moved[0].left));
  CHECK(moved[0].top == 0);
  CHECK(moved[0].right == 10);
  CHECK(moved[0].bottom == 5);
  const std::vector<T> flat = run.to(boxes<T>{{0, 3, 4, 3}, {2, 3, 2, 3}}, box_format::xyah);
  CHECK(flat[2] == infinite);
  CHECK(std::isnan(flat[6]));
  const boxes<T> inside_out = run.from(std::vector<T>{5, 5, -2, 3}, box_format::tlwh);
  CHECK(inside_out[0] == kernels::box<T>{5, 5, 3, 8});
  CHECK(std::isnan(run.from(std::vector<T>{nan, 5, 2, 3}, box_format::cxcywh)[0].right));
}

template <class T, class Run>
void all_cases(const Run& run) {
  for (const int count : {0, 1, 31, 32, 33, 1025}) equals_definition<T>(run, count);
  strange_numbers<T>(run);
}

}  // namespace box_cases
