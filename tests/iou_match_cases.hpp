// The cases of iou_match, written once for every backend. A runner has, for T float and double,
//   std::vector<T> pairwise(a, b, options)                         the matrix
//   best<T> best_match(a, b, iou_match_options)
//   list<T> matches(a, b, iou_match_options, std::int64_t capacity)
#pragma once

#include "iou_cases.hpp"

namespace iou_match_cases {

using iou_cases::boxes;
using iou_cases::same_bits;
using kernels::iou_match_options;
using kernels::overlap;

template <class T>
struct best {
  std::vector<T> values;
  std::vector<std::int32_t> indices;
};

/// What is beyond the last match stays as the runner filled it: −7.
template <class T>
struct list {
  std::int64_t count;  ///< row_offsets[N]
  std::vector<std::int64_t> row_offsets;
  std::vector<std::int32_t> columns;
  std::vector<T> values;
};

template <class T, class Run>
void equals_search(const Run& run, const boxes<T>& a, const boxes<T>& b,
                   const iou_match_options& options) {
  const std::vector<T> matrix = run.pairwise(a, b, options.overlaps());
  const T threshold = static_cast<T>(options.threshold);
  best<T> expected;
  list<T> all{0, {0}, {}, {}};
  for (std::size_t i = 0; i < a.size(); ++i) {
    T most = kernels::math::overlap_least<T>(options.kind);
    std::int32_t at = -1;
    for (std::size_t j = 0; j < b.size(); ++j) {
      const T value = matrix[i * b.size() + j];
      if (j == 0 || value > most) {
        most = value;
        at = value > threshold ? static_cast<std::int32_t>(j) : -1;
      }
      if (value > threshold) {
        all.columns.push_back(static_cast<std::int32_t>(j));
        all.values.push_back(value);
      }
    }
    expected.values.push_back(most);
    expected.indices.push_back(at);
    all.row_offsets.push_back(static_cast<std::int64_t>(all.columns.size()));
  }
  all.count = all.row_offsets.back();
  CAPTURE(a.size());
  CAPTURE(b.size());
  CAPTURE(static_cast<int>(options.kind));
  const best<T> given = run.best_match(a, b, options);
  CHECK(same_bits(given.values, expected.values));
  CHECK(given.indices == expected.indices);
  for (const std::int64_t capacity : {all.count, all.count / 2, std::int64_t{0}, all.count + 5}) {
    const list<T> found = run.matches(a, b, options, capacity);
    list<T> wanted = all;
    wanted.columns.resize(static_cast<std::size_t>(capacity), -7);
    wanted.values.resize(static_cast<std::size_t>(capacity), T(-7));
    CHECK(found.count == all.count);
    CHECK(found.row_offsets == wanted.row_offsets);
    CHECK(found.columns == wanted.columns);
    CHECK(same_bits(found.values, wanted.values));
  }
}

template <class T, class Run>
void equals_search(const Run& run, int rows, int columns, const iou_match_options& options) {
  const auto a = iou_cases::random_boxes<T>(rows, 21, true);
  auto b = iou_cases::random_boxes<T>(columns, 22, true);
  for (std::size_t k = 1; k < b.size() && k < a.size(); k += 4) b[k] = a[k];
  equals_search<T>(run, a, b, options);
}

/// Ties everywhere: all boxes of b are one box, but for the first.
template <class T, class Run>
void ties(const Run& run) {
  const boxes<T> a{{0, 0, 3, 3}, {1, 1, 4, 4}, {9, 9, 12, 12}};
  boxes<T> b(140, {1, 1, 4, 4});
  b[0] = {2, 2, 4, 4};
  for (const double threshold : {-1.0, 0.0, 0.5}) {
    equals_search<T>(run, a, b, {.threshold = threshold});
    equals_search<T>(run, a, b, {.kind = overlap::giou, .threshold = threshold});
  }
}

/// Overlaps that are equal or 1 ulp apart, and in no order of columns: b differs from a box of a by
/// some ulps.
template <class T, class Run>
void near_ties(const Run& run, int rows, int columns) {
  std::mt19937 random(31);
  const auto corner = [&](int end) {
    return static_cast<T>(random() % static_cast<unsigned>(end));
  };
  boxes<T> a, b;
  for (int i = 0; i < rows; ++i) {
    const T x = corner(200), y = corner(90);
    a.push_back({x, y, x + 37, y + 53});
  }
  const T ulp = std::numeric_limits<T>::epsilon();
  for (int j = 0; j < columns; ++j) {
    kernels::box<T> box = a[random() % a.size()];
    const auto some = [&] { return (corner(9) - 4) * ulp; };
    box.left += 9 + 32 * some();
    box.right += 9 * (1 + some());
    box.bottom += 64 * some();
    b.push_back(box);
  }
  equals_search<T>(run, a, b, {});
  equals_search<T>(run, a, b, {.threshold = 0.4});
  equals_search<T>(run, a, b, {.kind = overlap::over_smaller, .threshold = 0.75});
}

/// Areas that overflow, are subnormal or vanish, beside others; sides that are infinite.
template <class T, class Run>
void extreme_sizes(const Run& run, int rows, int columns) {
  const T scales[] = {T(1), std::sqrt(std::numeric_limits<T>::max()) / 8,
                      std::sqrt(std::numeric_limits<T>::min()) / 8,
                      std::numeric_limits<T>::denorm_min(), std::numeric_limits<T>::max() / 64};
  const auto scaled = [&](boxes<T> all) {
    for (std::size_t k = 0; k < all.size(); ++k) {
      T* const corners[] = {&all[k].left, &all[k].top, &all[k].right, &all[k].bottom};
      for (T* corner : corners) *corner *= scales[k % 5];
    }
    return all;
  };
  const auto a = scaled(iou_cases::random_boxes<T>(rows, 41, true));
  auto b = scaled(iou_cases::random_boxes<T>(columns, 42, true));
  for (std::size_t k = 1; k < b.size(); k += 4) b[k] = a[k % a.size()];
  for (const auto kind : {overlap::iou, overlap::over_a, overlap::over_b, overlap::over_smaller}) {
    equals_search<T>(run, a, b, {.kind = kind});
    equals_search<T>(run, a, b, {.kind = kind, .threshold = 0.5});
  }
}

/// Narrow boxes side by side, in no order, which with inclusive pixels share area with neighbours.
template <class T, class Run>
void combs(const Run& run, int rows, int columns) {
  const auto comb = [](int count, T shift) {
    boxes<T> all;
    for (int k = 0; k < count; ++k) {
      const T x = static_cast<T>(k * 97 % count) / 2 + shift;
      all.push_back({x, 0, x + T(0.25), 1});
    }
    return all;
  };
  for (const auto convention : iou_cases::kConventions) {
    equals_search<T>(run, comb(rows, T(0.3)), comb(columns, 0), {.convention = convention});
  }
}

/// Enough boxes for a search that does not look at all of them.
template <class T, class Run>
void many(const Run& run, int rows, int columns) {
  for (const auto kind : iou_cases::kKinds) {
    for (const auto convention : iou_cases::kConventions) {
      equals_search<T>(run, rows, columns, {kind, convention, 0.1});
    }
  }
  equals_search<T>(run, rows, columns, {.threshold = -1});
  near_ties<T>(run, rows, columns);
  extreme_sizes<T>(run, rows, columns);
  combs<T>(run, rows, columns);
  equals_search<T>(run, boxes<T>(static_cast<std::size_t>(rows), {1, 1, 4, 4}),
                   boxes<T>(static_cast<std::size_t>(columns), {2, 1, 4, 5}), {});
}

template <class T, class Run>
void all_kinds(const Run& run, int rows, int columns) {
  for (const auto kind : iou_cases::kKinds) {
    for (const auto convention : iou_cases::kConventions) {
      const double threshold = kernels::math::overlap_has_distance(kind) ? -0.4 : 0.1;
      equals_search<T>(run, rows, columns, {kind, convention, threshold});
    }
  }
  ties<T>(run);
  equals_search<T>(run, rows, columns, {});
  equals_search<T>(run, rows, columns, {.threshold = 1});   // nothing
  equals_search<T>(run, rows, columns, {.threshold = -1});  // everything
}

}  // namespace iou_match_cases
