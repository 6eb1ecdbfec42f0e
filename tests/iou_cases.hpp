// The cases of iou, written once for every backend. A runner has, for T float and double,
//   std::vector<T> pairwise(const boxes<T>& a, const boxes<T>& b, const iou_options&)
//   std::vector<T> ragged(a, a_offsets, b, b_offsets, out_size, out_offsets, options)
//   std::vector<T> elementwise(a, b, options)
#pragma once

#include <kernels/core/view.hpp>
#include <kernels/math/iou.hpp>

#include <doctest/doctest.h>

#include <cmath>
#include <cstring>
#include <limits>
#include <random>
#include <vector>

namespace iou_cases {

using kernels::iou_options;
using kernels::overlap;
using kernels::pixel_convention;

template <class T>
using boxes = std::vector<kernels::box<T>>;

inline constexpr overlap kKinds[] = {overlap::iou,         overlap::giou,   overlap::diou,
                                     overlap::ciou,        overlap::over_a, overlap::over_b,
                                     overlap::over_smaller};
inline constexpr pixel_convention kConventions[] = {pixel_convention::continuous,
                                                    pixel_convention::inclusive};

/// Boxes on a coarse grid, so that some are equal, touch or contain each other. Wild ones are also
/// empty, inside out, NaN or infinite.
template <class T>
boxes<T> random_boxes(int count, unsigned seed, bool wild) {
  std::mt19937 random(seed);
  const auto number = [&](int end) {
    return static_cast<T>(random() % static_cast<unsigned>(end));
  };
  constexpr T kInfinite = std::numeric_limits<T>::infinity();
  const T strange[] = {std::numeric_limits<T>::quiet_NaN(), kInfinite, -kInfinite, T(0)};
  boxes<T> all;
  for (int k = 0; k < count; ++k) {
    const T x = number(80) / T(3);
    const T y = number(60) / T(3);
    kernels::box<T> b{x, y, x + number(40) / T(3), y + number(30) / T(3)};
    if (!wild) b.right += T(1), b.bottom += T(1);
    if (wild && random() % 6 == 0) b.right = b.left - number(9);
    if (wild && random() % 4 == 0) {
      T* corners[] = {&b.left, &b.top, &b.right, &b.bottom};
      *corners[random() % 4] = strange[random() % 4];
    }
    if (k > 0 && random() % 8 == 0) b = all[random() % all.size()];
    all.push_back(b);
  }
  return all;
}

/// The definitions, in double, as the papers write them.
template <class T>
double reference(const kernels::box<T>& a, const kernels::box<T>& b, const iou_options& options) {
  const double one = options.convention == pixel_convention::inclusive ? 1 : 0;
  const double box_a[] = {double(a.left), double(a.top), double(a.right), double(a.bottom)};
  const double box_b[] = {double(b.left), double(b.top), double(b.right), double(b.bottom)};
  bool finite = true;
  bool number = true;
  for (int k = 0; k < 4; ++k) {
    finite = finite && std::isfinite(box_a[k]) && std::isfinite(box_b[k]);
    number = number && !std::isnan(box_a[k]) && !std::isnan(box_b[k]);
  }
  const auto side = [&](const double* box, int axis) {
    const double length = box[axis + 2] - box[axis] + one;
    return length > 0 ? length : 0.0;
  };
  const auto area = [&](const double* box) {
    return side(box, 0) > 0 && side(box, 1) > 0 ? side(box, 0) * side(box, 1) : 0.0;
  };
  const double area_a = number ? area(box_a) : 0;
  const double area_b = number ? area(box_b) : 0;
  double inner[4];
  double outer[4];
  for (int k = 0; k < 4; ++k) {
    const double low = std::fmin(box_a[k], box_b[k]);
    const double high = std::fmax(box_a[k], box_b[k]);
    inner[k] = k < 2 ? high : low;
    outer[k] = k < 2 ? low : high;
  }
  const double shared = area_a > 0 && area_b > 0 ? area(inner) : 0;
  const double joined = area_a + area_b - shared;
  const auto share = [&](double whole) {
    return shared > 0 && std::isfinite(whole) ? shared / whole : 0;
  };
  const double iou = share(joined);
  const double enclosing = area(outer);
  const double dx = (box_a[0] + box_a[2] - box_b[0] - box_b[2]) / 2;
  const double dy = (box_a[1] + box_a[3] - box_b[1] - box_b[3]) / 2;
  const double wide = outer[2] - outer[0] + one;
  const double tall = outer[3] - outer[1] + one;
  const double diagonal = wide * wide + tall * tall;
  const double diou = iou - (diagonal > 0 ? (dx * dx + dy * dy) / diagonal : 0);
  switch (options.kind) {
    case overlap::iou:
      return iou;
    case overlap::over_a:
      return share(area_a);
    case overlap::over_b:
      return share(area_b);
    case overlap::over_smaller:
      return share(std::fmin(area_a, area_b));
    case overlap::giou:
      if (!finite) return -1;
      return enclosing > 0 ? iou - std::fmax(enclosing - joined, 0) / enclosing : iou;
    case overlap::diou:
      return finite ? std::fmax(diou, -1) : -1;
    default:
      break;
  }
  if (!finite) return -1.5;
  const double pi = std::acos(-1.0);
  const double turned =
      std::atan2(side(box_a, 0), side(box_a, 1)) - std::atan2(side(box_b, 0), side(box_b, 1));
  const double v = 4 / (pi * pi) * turned * turned;
  const double alpha = v > 0 ? v / (1 - iou + v) : 0;
  return std::fmax(diou - alpha * v, -1.5);
}

template <class T>
bool same_bits(const std::vector<T>& a, const std::vector<T>& b) {
  return a.size() == b.size() &&
         (a.empty() || std::memcmp(a.data(), b.data(), a.size() * sizeof(T)) == 0);
}

/// Every pair against the definition, in range, symmetric where it should be, 1 for equal boxes.
template <class T, class Run>
void equals_definition(const Run& run, int rows, int columns, bool wild,
                       const iou_options& options) {
  const auto a = random_boxes<T>(rows, 5, wild);
  auto b = random_boxes<T>(columns, 6, wild);
  for (std::size_t k = 0; k < b.size() && k < a.size(); k += 3) b[k] = a[k];
  const std::vector<T> given = run.pairwise(a, b, options);
  const std::vector<T> turned = run.pairwise(b, a, options);
  const bool symmetric = options.kind != overlap::over_a && options.kind != overlap::over_b;
  const double tolerance = 40 * static_cast<double>(std::numeric_limits<T>::epsilon());
  const T least = kernels::math::overlap_least<T>(options.kind);
  int wrong = 0;
  REQUIRE(given.size() == a.size() * b.size());
  for (std::size_t i = 0; i < a.size(); ++i) {
    for (std::size_t j = 0; j < b.size(); ++j) {
      const T value = given[i * b.size() + j];
      bool good = std::abs(value - reference(a[i], b[j], options)) <= tolerance;
      good = good && value >= least && value <= T(1);
      if (symmetric) good = good && std::memcmp(&value, &turned[j * a.size() + i], sizeof(T)) == 0;
      if (a[i] == b[j] && kernels::math::box_is_finite(a[i]) &&
          kernels::math::box_area(a[i], options.convention) > 0) {
        good = good && value == T(1);
      }
      wrong += !good;
    }
  }
  CAPTURE(rows);
  CAPTURE(columns);
  CAPTURE(wild);
  CAPTURE(static_cast<int>(options.kind));
  CHECK(wrong == 0);
  // element by element: the diagonal
  const std::size_t n = std::min(a.size(), b.size());
  const std::vector<T> diagonal =
      run.elementwise(boxes<T>(a.begin(), a.begin() + static_cast<std::ptrdiff_t>(n)),
                      boxes<T>(b.begin(), b.begin() + static_cast<std::ptrdiff_t>(n)), options);
  std::vector<T> expected(n);
  for (std::size_t k = 0; k < n; ++k) expected[k] = given[k * b.size() + k];
  CHECK(same_bits(diagonal, expected));
}

template <class T, class Run>
void all_kinds(const Run& run, int rows, int columns) {
  for (const auto kind : kKinds) {
    for (const auto convention : kConventions) {
      for (const bool wild : {false, true}) {
        equals_definition<T>(run, rows, columns, wild, {kind, convention});
      }
    }
  }
}

/// Groups of all sizes, empty ones too, with gaps between the results.
template <class T, class Run>
void ragged_equals_groups(const Run& run, const std::vector<int>& rows,
                          const std::vector<int>& columns, const iou_options& options) {
  boxes<T> a, b;
  std::vector<std::int32_t> a_offsets{0}, b_offsets{0};
  std::vector<std::int64_t> out_offsets{0};
  std::vector<T> expected;
  constexpr T kUntouched = T(-7);
  for (std::size_t g = 0; g < rows.size(); ++g) {
    const auto group_a = random_boxes<T>(rows[g], static_cast<unsigned>(g), true);
    const auto group_b = random_boxes<T>(columns[g], static_cast<unsigned>(g + 50), true);
    const auto values = run.pairwise(group_a, group_b, options);
    a.insert(a.end(), group_a.begin(), group_a.end());
    b.insert(b.end(), group_b.begin(), group_b.end());
    expected.insert(expected.end(), values.begin(), values.end());
    expected.resize(expected.size() + g % 3, kUntouched);
    a_offsets.push_back(static_cast<std::int32_t>(a.size()));
    b_offsets.push_back(static_cast<std::int32_t>(b.size()));
    out_offsets.push_back(static_cast<std::int64_t>(expected.size()));
  }
  const std::vector<T> given =
      run.ragged(a, a_offsets, b, b_offsets, std::vector<T>(expected.size(), kUntouched),
                 out_offsets, options);
  CHECK(same_bits(given, expected));
}

}  // namespace iou_cases
