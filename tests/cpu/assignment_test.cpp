// assignment on the CPU.
#include "../assignment_cases.hpp"

#include <kernels/assignment.hpp>

#include <utility>

namespace {

using assignment_cases::answer;
using assignment_cases::form;
using assignment_cases::kind;
using assignment_cases::kInfinity;
using assignment_cases::problem;
using kernels::instruction_set;

/// All problems in one call.
std::vector<answer> run_batch(kernels::on_cpu exec, const std::vector<problem>& problems,
                              double limit, form f) {
  assignment_cases::batch b(problems);
  assignment_cases::assign_batch(exec, b, limit, f, [](auto& v) {
    return kernels::packed(v.data(), {static_cast<std::int64_t>(v.size())});
  });
  return b.answers();
}

template <class T>
answer solve(kernels::assignment_solver<T>& solver, const problem& p, T limit) {
  const std::vector<T> cost(p.cost.begin(), p.cost.end());
  answer a{std::vector<std::int32_t>(static_cast<std::size_t>(p.rows)),
           std::vector<std::int32_t>(static_cast<std::size_t>(p.columns))};
  solver.solve(kernels::packed(cost.data(), {p.rows, p.columns}), limit, a.row_to_column,
               a.column_to_row);
  return a;
}

/// Rows of the matrix at every step, however few pairs are allowed.
template <class T>
answer solve_by_rows(instruction_set isa, const problem& p, T limit) {
  const std::vector<T> cost(p.cost.begin(), p.cost.end());
  answer a{std::vector<std::int32_t>(static_cast<std::size_t>(p.rows)),
           std::vector<std::int32_t>(static_cast<std::size_t>(p.columns))};
  kernels::cpu::assignment_state state;
  std::vector<double> open;
  state.reset(kernels::math::assignment_limit(limit), a.row_to_column, a.column_to_row);
  kernels::cpu::assignment_dense_rows<T> rows(state, kernels::cpu::assignment_loops_for<T>(isa),
                                              cost.data(), p.columns,
                                              kernels::math::assignment_ceiling(limit), open);
  for (int i = 0; i < p.rows; ++i) kernels::cpu::assignment_add_row(state, rows, i);
  return a;
}

template <class T>
int instruction_sets_that_differ() {
  std::mt19937 random(8);
  int wrong = 0;
  for (const auto& [rows, columns] : std::vector<assignment_cases::shape>{
           {1, 1}, {7, 8}, {8, 7}, {9, 31}, {33, 32}, {40, 65}, {70, 63}, {20, 130}, {129, 128}}) {
    for (const kind k : assignment_cases::kKinds) {
      const problem p = assignment_cases::random_problem(random, rows, columns, k);
      for (const T limit : {std::numeric_limits<T>::infinity(), T(0.5), T(2)}) {
        kernels::assignment_solver<T> twin(instruction_set::portable);
        const answer expected = solve(twin, p, limit);
        for (const auto isa :
             {instruction_set::portable, instruction_set::avx2, instruction_set::avx512}) {
          if (!kernels::cpu::supported(isa)) continue;
          kernels::assignment_solver<T> solver(isa);
          wrong += solve(solver, p, limit) == expected ? 0 : 1;
          wrong += solve_by_rows(isa, p, limit) == expected ? 0 : 1;
        }
      }
    }
  }
  return wrong;
}

}  // namespace

TEST_CASE("assignment cpu: the best of all matchings, with any number of threads") {
  for (const int threads : {1, 2, 7}) {
    const auto run = [&](const std::vector<problem>& problems, double limit, form f) {
      return run_batch({.threads = threads}, problems, limit, f);
    };
    assignment_cases::best_of_all_matchings(run, 60);
    assignment_cases::greedy_by_definition(run, 40);
  }
}

TEST_CASE("assignment cpu: as good as padding to a square") {
  const auto run = [&](const std::vector<problem>& problems, double limit, form f) {
    return run_batch({.threads = 1}, problems, limit, f);
  };
  assignment_cases::equals_padding(run,
                                   {{1, 33}, {31, 32}, {33, 31}, {32, 64}, {65, 20}, {100, 100}});
}

TEST_CASE("assignment cpu: ties") {
  assignment_cases::ties([&](const std::vector<problem>& problems, double limit, form f) {
    return run_batch({.threads = 1}, problems, limit, f);
  });
}

TEST_CASE("assignment cpu: matrix and lists, portable and vector code give one answer") {
  CHECK(instruction_sets_that_differ<float>() == 0);
  CHECK(instruction_sets_that_differ<double>() == 0);
}

TEST_CASE("assignment cpu: dense costs, by lists of the cheapest pairs and by whole rows") {
  std::mt19937 random(11);
  int wrong = 0;
  for (const auto& [rows, columns] :
       std::vector<assignment_cases::shape>{{256, 256}, {300, 290}, {60, 321}, {330, 260}}) {
    for (const kind k : {kind::fractions, kind::negative, kind::whole_numbers}) {
      problem p = assignment_cases::random_problem(random, rows, columns, k);
      for (int i = 20; rows == 60 && i < 25; ++i) {  // five rows for three columns
        for (int j = 3; j < columns; ++j)
          p.cost[static_cast<std::size_t>(i * columns + j)] = kInfinity;
      }
      for (const double limit : {kInfinity, 0.75}) {
        for (const auto isa : {instruction_set::portable, instruction_set::best}) {
          kernels::assignment_solver<double> solver(isa);
          wrong += solve(solver, p, limit) == solve_by_rows(isa, p, limit) ? 0 : 1;
        }
      }
    }
  }
  // lists that mislead: a few cheap columns, and rows that cost fifty times as much
  for (int round = 0; round < 8; ++round) {
    problem p = assignment_cases::random_problem(random, 60, 300, kind::fractions);
    for (int i = 0; i < 60; ++i) {
      for (int j = 0; j < 300; ++j) {
        auto& c = p.cost[static_cast<std::size_t>(i * 300 + j)];
        c *= (i % 2 == round % 2 ? 50 : 1) * (j % 16 == 0 ? 0.01 : 1);
      }
    }
    kernels::assignment_solver<double> solver;
    wrong +=
        solve(solver, p, kInfinity) == solve_by_rows(instruction_set::best, p, kInfinity) ? 0 : 1;
  }
  CHECK(wrong == 0);
}

TEST_CASE(
    "assignment cpu: the order of rows and columns does not matter where the best is unique") {
  std::mt19937 random(9);
  kernels::assignment_solver<float> solver;
  for (int round = 0; round < 50; ++round) {
    const problem p = assignment_cases::random_problem(random, 20, 25, kind::fractions);
    const answer first = solve(solver, p, 0.3F);
    std::vector<int> row_order(20), column_order(25);
    for (int i = 0; i < 20; ++i) row_order[static_cast<std::size_t>(i)] = i;
    for (int j = 0; j < 25; ++j) column_order[static_cast<std::size_t>(j)] = j;
    std::shuffle(row_order.begin(), row_order.end(), random);
    std::shuffle(column_order.begin(), column_order.end(), random);
    problem q{20, 25, {}};
    for (const int i : row_order) {
      for (const int j : column_order) q.cost.push_back(p.at(i, j));
    }
    const answer second = solve(solver, q, 0.3F);
    for (std::size_t i = 0; i < 20; ++i) {
      const int j = second.row_to_column[i];
      REQUIRE((j < 0 ? -1 : column_order[static_cast<std::size_t>(j)]) ==
              first.row_to_column[static_cast<std::size_t>(row_order[i])]);
    }
  }
}

TEST_CASE("assignment cpu: any strides, and a transposed view") {
  std::mt19937 random(10);
  const problem p = assignment_cases::random_problem(random, 9, 14, kind::fractions);
  std::vector<double> spread(static_cast<std::size_t>(14 * 40), -kInfinity);
  for (int i = 0; i < 9; ++i) {
    for (int j = 0; j < 14; ++j) spread[static_cast<std::size_t>(40 * j + 3 * i)] = p.at(i, j);
  }
  kernels::assignment_solver<double> solver;
  const answer expected = solve(solver, p, 0.7);
  answer a = expected;
  std::fill(a.row_to_column.begin(), a.row_to_column.end(), 5);
  solver.solve({spread.data(), {9, 14}, {3, 40}}, 0.7, a.row_to_column, a.column_to_row);
  CHECK(a == expected);
  const kernels::view<const double, 2> view{spread.data(), {9, 14}, {3, 40}};
  std::fill(a.row_to_column.begin(), a.row_to_column.end(), 5);
  kernels::assign(kernels::on_cpu(), view, kernels::packed(a.row_to_column.data(), {9}),
                  kernels::packed(a.column_to_row.data(), {14}), {.limit = 0.7});
  CHECK(a == expected);
  solver.solve_greedy(view, 0.7, a.row_to_column, a.column_to_row);
  CHECK(a == assignment_cases::greedy(p, 0.7));
}

TEST_CASE("assignment: refused arguments") {
  std::vector<std::int32_t> a(2, 7), b(3, 7);
  const std::vector<double> cost{1, 2, 3, 4, 5, -kInfinity};
  const auto matrix = kernels::packed(cost.data(), {2, 3});
  kernels::assignment_solver<double> solver;
  const auto refused = [&](const std::string& what, const auto& call) {
    std::string message;
    try {
      call();
    } catch (const kernels::error& e) {
      message = e.what();
    }
    CAPTURE(message);
    CHECK(message.find(what) != std::string::npos);
    CHECK(a == std::vector<std::int32_t>(2, 7));  // nothing has been written
    CHECK(b == std::vector<std::int32_t>(3, 7));
  };
  const auto to_column = kernels::packed(a.data(), {2});
  const auto to_row = kernels::packed(b.data(), {3});
  refused("above -infinity", [&] { solver.solve(matrix, 9.0, a, b); });
  refused("above -infinity", [&] { solver.solve_greedy(matrix, 9.0, a, b); });
  refused("above -infinity",
          [&] { kernels::assign(kernels::on_cpu(), matrix, to_column, to_row); });
  refused("limit", [&] { solver.solve(matrix, assignment_cases::kNan, a, b); });
  refused("row_to_column", [&] { solver.solve(matrix, 9.0, b, b); });
  refused("column_to_row", [&] { solver.solve(matrix, 9.0, a, a); });
  refused("null", [&] { solver.solve({nullptr, {2, 3}, {3, 1}}, 9.0, a, b); });
  refused("2^31", [&] { solver.solve({cost.data(), {2, -3}, {3, 1}}, 9.0, a, b); });
  // a dense matrix: every row is searched for it
  std::vector<double> big(static_cast<std::size_t>(40 * 40), 0.5);
  big.back() = -kInfinity;
  std::vector<std::int32_t> c(40), d(40);
  CHECK_THROWS_AS(solver.solve(kernels::packed(std::as_const(big).data(), {40, 40}), 1.0, c, d),
                  kernels::error);

  std::vector<std::int32_t> offsets{0, 2, 3}, columns{0, 2, 1};
  const std::vector<double> costs{1, 2, 3};
  const auto lists = [&] {
    return kernels::sparse_costs<double>{kernels::packed(std::as_const(offsets).data(), {3}),
                                         kernels::packed(std::as_const(columns).data(), {3}),
                                         kernels::packed(costs.data(), {3})};
  };
  const auto assign = [&] { kernels::assign(kernels::on_cpu(), lists(), to_column, to_row); };
  columns = {2, 0, 1};
  refused("cost.columns", assign);
  columns = {0, 3, 1};
  refused("cost.columns", assign);
  columns = {-1, 2, 1};
  refused("cost.columns", assign);
  columns = {0, 2, 1};
  offsets = {0, 3, 2};
  refused("cost.row_offsets", assign);
  offsets = {1, 2, 3};
  refused("cost.row_offsets", assign);
  offsets = {0, 2, 4};
  refused("cost.row_offsets", assign);
  const std::vector<std::int32_t> rows{0, 2}, three{0, 3};
  const std::vector<std::int64_t> room{0, 5};
  const std::vector<double> finite(6, 1.0);
  const kernels::assignment_problems<> problems{kernels::packed(rows.data(), {2}),
                                                kernels::packed(three.data(), {2})};
  const kernels::ragged_costs<double> ragged{kernels::packed(finite.data(), {6}),
                                             kernels::packed(room.data(), {2})};
  refused("room for 6",
          [&] { kernels::assign(kernels::on_cpu(), ragged, problems, to_column, to_row); });
}
