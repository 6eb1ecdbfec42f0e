// The cases of assignment, written once for every backend. A runner is a callable
//   std::vector<answer> operator()(const std::vector<problem>& problems, double limit, form f)
// that solves all problems in one call, in double.
#pragma once

#include <kernels/assignment_gpu.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <random>
#include <utility>
#include <vector>

namespace assignment_cases {

inline constexpr double kInfinity = std::numeric_limits<double>::infinity();
inline constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

enum class form { dense, lists, greedy, greedy_lists };

struct problem {
  int rows = 0, columns = 0;
  std::vector<double> cost;
  [[nodiscard]] double at(int i, int j) const {
    return cost[static_cast<std::size_t>(i) * static_cast<std::size_t>(columns) +
                static_cast<std::size_t>(j)];
  }
  [[nodiscard]] bool allowed(int i, int j, double limit) const {
    return at(i, j) <= limit && at(i, j) < kInfinity;
  }
};

struct answer {
  std::vector<std::int32_t> row_to_column, column_to_row;
  friend bool operator==(const answer&, const answer&) = default;
};

/// How good a matching is: pairs (counted only without a limit), and Σ cost + limit · unmatched.
struct merit {
  int pairs = 0;
  double cost = 0;
};

/// The merit of an answer; pairs = −1 if it is no matching of allowed pairs.
inline merit merit_of(const problem& p, const answer& a, double limit) {
  const bool limited = std::isfinite(limit);
  merit m;
  if (std::ssize(a.row_to_column) != p.rows || std::ssize(a.column_to_row) != p.columns) {
    return {-1, 0};
  }
  int matched = 0;
  for (int i = 0; i < p.rows; ++i) {
    const int j = a.row_to_column[static_cast<std::size_t>(i)];
    if (j == -1) {
      m.cost += limited ? limit : 0.0;
      continue;
    }
    if (j < 0 || j >= p.columns || a.column_to_row[static_cast<std::size_t>(j)] != i ||
        !p.allowed(i, j, limit)) {
      return {-1, 0};
    }
    m.cost += p.at(i, j);
    ++matched;
  }
  const auto owned = std::count_if(a.column_to_row.begin(), a.column_to_row.end(),
                                   [](std::int32_t i) { return i >= 0; });
  if (owned != matched) return {-1, 0};
  m.pairs = limited ? 0 : matched;
  return m;
}

/// The best merit, over all matchings of the rows from i on.
inline merit try_all(const problem& p, double limit, int i = 0, unsigned used = 0) {
  if (i == p.rows) return {};
  const bool limited = std::isfinite(limit);
  merit best = try_all(p, limit, i + 1, used);
  best.cost += limited ? limit : 0.0;
  for (int j = 0; j < p.columns; ++j) {
    if ((used >> j & 1U) != 0 || !p.allowed(i, j, limit)) continue;
    merit m = try_all(p, limit, i + 1, used | 1U << j);
    m.cost += p.at(i, j);
    m.pairs += limited ? 0 : 1;
    if (m.pairs > best.pairs || (m.pairs == best.pairs && m.cost < best.cost)) best = m;
  }
  return best;
}

/// The least Σ cost + limit · unmatched by the usual padding to a square of rows + columns: limit/2
/// beside the matrix, 0 in the corner. Textbook Hungarian method with 1-based arrays.
inline double padded_optimum(const problem& p, double limit) {
  const int n = p.rows + p.columns;
  const auto cost = [&](int i, int j) {
    if (i < p.rows && j < p.columns) return p.allowed(i, j, limit) ? p.at(i, j) : 1e6;
    return i >= p.rows && j >= p.columns ? 0.0 : limit / 2;
  };
  const auto size = static_cast<std::size_t>(n) + 1;
  std::vector<double> u(size), v(size);
  std::vector<std::size_t> match(size), way(size);
  for (std::size_t i = 1; i < size; ++i) {
    std::vector<double> least(size, kInfinity);
    std::vector<bool> used(size);
    std::size_t j0 = 0;
    match[0] = i;
    do {
      used[j0] = true;
      std::size_t next = 0;
      double delta = kInfinity;
      for (std::size_t j = 1; j < size; ++j) {
        if (used[j]) continue;
        const double c =
            cost(static_cast<int>(match[j0]) - 1, static_cast<int>(j) - 1) - u[match[j0]] - v[j];
        if (c < least[j]) {
          least[j] = c;
          way[j] = j0;
        }
        if (least[j] < delta) {
          delta = least[j];
          next = j;
        }
      }
      for (std::size_t j = 0; j < size; ++j) {
        if (used[j]) {
          u[match[j]] += delta;
          v[j] -= delta;
        } else {
          least[j] -= delta;
        }
      }
      j0 = next;
    } while (match[j0] != 0);
    for (; j0 != 0; j0 = way[j0]) match[j0] = match[way[j0]];
  }
  double sum = 0;
  for (std::size_t j = 1; j < size; ++j) {
    sum += cost(static_cast<int>(match[j]) - 1, static_cast<int>(j) - 1);
  }
  return sum - limit / 2 * (p.columns - p.rows);  // a column without a row costs nothing here
}

/// Greedy by its definition: look for the first cheapest free pair again and again.
inline answer greedy(const problem& p, double limit) {
  answer a{std::vector<std::int32_t>(static_cast<std::size_t>(p.rows), -1),
           std::vector<std::int32_t>(static_cast<std::size_t>(p.columns), -1)};
  for (;;) {
    double least = kInfinity;
    int row = -1;
    int column = -1;
    for (int i = 0; i < p.rows; ++i) {
      for (int j = 0; j < p.columns; ++j) {
        if (a.row_to_column[static_cast<std::size_t>(i)] >= 0 ||
            a.column_to_row[static_cast<std::size_t>(j)] >= 0 || !p.allowed(i, j, limit) ||
            p.at(i, j) >= least) {
          continue;
        }
        least = p.at(i, j);
        row = i;
        column = j;
      }
    }
    if (row < 0) return a;
    a.row_to_column[static_cast<std::size_t>(row)] = column;
    a.column_to_row[static_cast<std::size_t>(column)] = row;
  }
}

/// Problems as the arguments of one call.
struct batch {
  std::vector<std::int32_t> rows{0}, columns{0};  // offsets of problems
  std::vector<double> costs;                      // matrices, with gaps that must not be read
  std::vector<std::int64_t> offsets{0};
  std::vector<std::int32_t> list_offsets{0}, list_columns;
  std::vector<double> list_costs;
  std::vector<std::int32_t> row_to_column, column_to_row;  // results

  explicit batch(const std::vector<problem>& problems) {
    for (const auto& p : problems) {
      rows.push_back(rows.back() + p.rows);
      columns.push_back(columns.back() + p.columns);
      costs.insert(costs.end(), p.cost.begin(), p.cost.end());
      costs.insert(costs.end(), 3, -kInfinity);
      offsets.push_back(static_cast<std::int64_t>(costs.size()));
      for (int i = 0; i < p.rows; ++i) {
        for (int j = 0; j < p.columns; ++j) {
          if (std::isnan(p.at(i, j))) continue;
          list_columns.push_back(j);
          list_costs.push_back(p.at(i, j));
        }
        list_offsets.push_back(static_cast<std::int32_t>(list_columns.size()));
      }
    }
    row_to_column.assign(static_cast<std::size_t>(rows.back()), 7);
    column_to_row.assign(static_cast<std::size_t>(columns.back()), 7);
  }
  [[nodiscard]] std::vector<answer> answers() const {
    std::vector<answer> all;
    for (std::size_t g = 0; g + 1 < rows.size(); ++g) {
      all.push_back({{row_to_column.begin() + rows[g], row_to_column.begin() + rows[g + 1]},
                     {column_to_row.begin() + columns[g], column_to_row.begin() + columns[g + 1]}});
    }
    return all;
  }
};

/// Calls one of the four forms, found by their arguments; views are made by list(vector).
template <class Exec, class List, class... Workspace>
void assign_batch(Exec exec, batch& b, double limit, form f, List list, Workspace... workspace) {
  const kernels::ragged_costs cost{list(std::as_const(b.costs)), list(std::as_const(b.offsets))};
  const kernels::sparse_costs lists{list(std::as_const(b.list_offsets)),
                                    list(std::as_const(b.list_columns)),
                                    list(std::as_const(b.list_costs))};
  const kernels::assignment_problems problems{list(std::as_const(b.rows)),
                                              list(std::as_const(b.columns))};
  const auto x = list(b.row_to_column);
  const auto y = list(b.column_to_row);
  const kernels::assignment_parameters<double> parameters{limit};
  switch (f) {
    case form::dense:
      assign(exec, cost, problems, x, y, parameters, workspace...);
      break;
    case form::lists:
      assign(exec, lists, problems, x, y, parameters, workspace...);
      break;
    case form::greedy:
      assign_greedy(exec, cost, problems, x, y, parameters, workspace...);
      break;
    case form::greedy_lists:
      assign_greedy(exec, lists, problems, x, y, parameters, workspace...);
      break;
  }
}

enum class kind { whole_numbers, fractions, negative, sparse, boxes };

inline problem random_problem(std::mt19937& random, int rows, int columns, kind k) {
  problem p{rows, columns, {}};
  const auto below = [&](unsigned end) { return static_cast<double>(random() % end); };
  const auto unit = [&] { return static_cast<double>(random()) / 4294967296.0; };
  for (int i = 0; i < rows; ++i) {
    for (int j = 0; j < columns; ++j) {
      double c = 0;
      switch (k) {
        case kind::whole_numbers:
          c = below(5);
          break;
        case kind::fractions:
          c = unit();
          break;
        case kind::negative:
          c = below(10) - 5;
          break;
        case kind::sparse:
          c = random() % 3 != 0 ? kInfinity : below(100);
          break;
        case kind::boxes:  // near the diagonal, the rest beyond any limit
          c = std::abs(i - j) <= 2 ? unit() : 1.0;
          break;
      }
      p.cost.push_back(random() % 12 == 0 ? kNan : c);
    }
  }
  return p;
}

inline constexpr kind kKinds[] = {kind::whole_numbers, kind::fractions, kind::negative,
                                  kind::sparse, kind::boxes};

inline bool near(double a, double b) { return std::abs(a - b) <= 1e-9 * (1 + std::abs(b)); }

/// All forms: the merit of the best of all matchings; lists and matrix the same matching.
template <class Run>
void best_of_all_matchings(Run run, int problems) {
  std::mt19937 random(5);
  for (const kind k : kKinds) {
    for (const double limit : {kInfinity, 0.5, 3.0, -2.0, 0.0}) {
      std::vector<problem> batch;
      for (int g = 0; g < problems; ++g) {
        batch.push_back(random_problem(random, static_cast<int>(random() % 7),
                                       static_cast<int>(random() % 7), k));
      }
      const auto dense = run(batch, limit, form::dense);
      int wrong = 0;
      for (std::size_t g = 0; g < batch.size(); ++g) {
        const merit given = merit_of(batch[g], dense[g], limit);
        const merit best = try_all(batch[g], limit);
        wrong += given.pairs != best.pairs || !near(given.cost, best.cost) ? 1 : 0;
      }
      CAPTURE(static_cast<int>(k));
      CAPTURE(limit);
      CHECK(wrong == 0);
      CHECK(run(batch, limit, form::lists) == dense);
    }
  }
}

template <class Run>
void greedy_by_definition(Run run, int problems) {
  std::mt19937 random(6);
  for (const kind k : kKinds) {
    for (const double limit : {kInfinity, 0.5, 3.0}) {
      std::vector<problem> batch;
      std::vector<answer> expected;
      for (int g = 0; g < problems; ++g) {
        batch.push_back(random_problem(random, static_cast<int>(random() % 12),
                                       static_cast<int>(random() % 40), k));
        expected.push_back(greedy(batch.back(), limit));
      }
      CHECK(run(batch, limit, form::greedy) == expected);
      CHECK(run(batch, limit, form::greedy_lists) == expected);
    }
  }
}

struct shape {
  int rows, columns;
};

/// Against padding to a square; sizes around the widths of vectors and warps.
template <class Run>
void equals_padding(Run run, const std::vector<shape>& shapes) {
  std::mt19937 random(7);
  for (const shape& size : shapes) {
    const int rows = size.rows;
    const int columns = size.columns;
    for (const kind k : {kind::fractions, kind::whole_numbers, kind::boxes}) {
      const problem p = random_problem(random, rows, columns, k);
      const double limit = k == kind::whole_numbers ? 3.0 : 0.8;
      const auto dense = run({p}, limit, form::dense);
      CAPTURE(rows);
      CAPTURE(columns);
      const merit given = merit_of(p, dense[0], limit);
      CHECK(given.pairs == 0);
      CHECK(near(given.cost, padded_optimum(p, limit)));
      CHECK(run({p}, limit, form::lists) == dense);
      // without a limit: the same, where a limit is so high that everything is matched first
      const auto whole = run({p}, kInfinity, form::dense);
      CHECK(run({p}, kInfinity, form::lists) == whole);
      const merit most = merit_of(p, whole[0], kInfinity);
      const double high = padded_optimum(p, 1000.0) - 1000.0 * (rows - most.pairs);
      CHECK(std::abs(high - most.cost) < 1e-6);
    }
  }
}

/// The rule of ties, on matrices where every matching is as good as another.
template <class Run>
void ties(Run run) {
  const auto solve = [&](int rows, int columns, std::vector<double> cost, double limit) {
    return run({problem{rows, columns, std::move(cost)}}, limit, form::dense)[0].row_to_column;
  };
  using rows = std::vector<std::int32_t>;
  CHECK(solve(1, 1, {0.5}, 0.5) == rows{0});  // at the limit: matched
  CHECK(solve(1, 1, {std::nextafter(0.5, 1.0)}, 0.5) == rows{-1});
  CHECK(solve(2, 1, {0.5, 0.5}, 0.5) == rows{0, -1});
  CHECK(solve(2, 3, {1, 1, 1, 1, 1, 1}, 9) == rows{0, 1});
  CHECK(solve(3, 2, {1, 1, 1, 1, 1, 1}, 9) == rows{0, 1, -1});
  CHECK(solve(3, 2, {1, 1, 1, 1, 1, 1}, kInfinity) == rows{0, 1, -1});
  CHECK(solve(2, 2, {1, 2, 1, 2}, 9) == rows{0, 1});  // 1 + 2 either way
  CHECK(solve(2, 2, {0, 0, 0, 9}, 1) == rows{1, 0});  // the first row moves on
  CHECK(solve(1, 3, {-0.0, 0.0, -0.0}, 1) == rows{0});
  CHECK(solve(2, 2, {kNan, kInfinity, kNan, kNan}, kInfinity) == rows{-1, -1});
  CHECK(solve(2, 2, {1e300, 1, 1, kNan}, kInfinity) == rows{1, 0});
}

}  // namespace assignment_cases
