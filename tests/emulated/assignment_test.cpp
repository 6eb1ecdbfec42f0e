// assignment's CUDA kernels in the emulator, under several thread schedules.
#include "../assignment_cases.hpp"
#include "scratch.hpp"

#include <kernels/assignment.cuh>
#include <kernels/cpu/assignment.hpp>

namespace {

using assignment_cases::answer;
using assignment_cases::form;
using assignment_cases::kind;
using assignment_cases::kInfinity;
using assignment_cases::problem;

std::vector<answer> run(const std::vector<problem>& problems, double limit, form f) {
  assignment_cases::batch b(problems);
  const emulated::aligned_scratch scratch(kernels::assignment_workspace_bytes<double>(
      kernels::on_gpu(), b.rows.back(), b.columns.back()));
  assignment_cases::assign_batch(
      kernels::on_gpu(), b, limit, f,
      [](auto& v) {
        return kernels::packed<kernels::space::device>(v.data(),
                                                       {static_cast<std::int64_t>(v.size())});
      },
      scratch.as_view());
  return b.answers();
}

/// The CPU's answer.
answer expected(const problem& p, double limit) {
  answer a{std::vector<std::int32_t>(static_cast<std::size_t>(p.rows)),
           std::vector<std::int32_t>(static_cast<std::size_t>(p.columns))};
  kernels::cpu::assignment_scratch<double> solver(kernels::instruction_set::best);
  solver.solve(kernels::packed(p.cost.data(), {p.rows, p.columns}), limit, a.row_to_column,
               a.column_to_row);
  return a;
}

/// Problems of these shapes in one call, against the CPU.
int wrong_answers(const std::vector<assignment_cases::shape>& shapes) {
  int wrong = 0;
  std::mt19937 random(21);
  for (const kind k : {kind::fractions, kind::whole_numbers, kind::sparse}) {
    for (const double limit : {kInfinity, 0.6}) {
      std::vector<problem> problems;
      for (const auto& [rows, columns] : shapes) {
        problems.push_back(assignment_cases::random_problem(random, rows, columns, k));
      }
      const auto dense = run(problems, limit, form::dense);
      wrong += run(problems, limit, form::lists) == dense ? 0 : 1;
      const auto greedy = run(problems, limit, form::greedy);
      wrong += run(problems, limit, form::greedy_lists) == greedy ? 0 : 1;
      for (std::size_t g = 0; g < problems.size(); ++g) {
        wrong += greedy[g] == assignment_cases::greedy(problems[g], limit) ? 0 : 1;
        wrong += dense[g] == expected(problems[g], limit) ? 0 : 1;
      }
    }
  }
  return wrong;
}

}  // namespace

TEST_CASE("assignment emulated: small problems on every schedule") {
  for (const unsigned seed : {0U, 1U, 2U, 3U}) {
    const kernels::emulator::schedule schedule({.seed = seed});
    CHECK(wrong_answers({{3, 4}, {0, 5}, {5, 0}, {7, 5}, {9, 33}, {12, 31}}) == 0);
  }
  const kernels::emulator::schedule schedule({.seed = 4});
  assignment_cases::best_of_all_matchings(run, 6);
  assignment_cases::greedy_by_definition(run, 4);
  assignment_cases::ties(run);
}

TEST_CASE("assignment emulated: a block a problem, in shared memory and in the workspace") {
  for (const unsigned seed : {0U, 1U, 2U}) {
    const kernels::emulator::schedule schedule({.seed = seed});
    // columns a problem on average: 100, so blocks of 8 warps; 290 are too many for shared memory
    CHECK(wrong_answers({{5, 290}, {6, 5}, {4, 5}}) == 0);
  }
}

TEST_CASE("assignment emulated: one matrix with strides, float, and what the CPU refuses") {
  std::mt19937 random(22);
  const problem p = assignment_cases::random_problem(random, 6, 9, kind::fractions);
  std::vector<float> spread(static_cast<std::size_t>(9 * 20),
                            -std::numeric_limits<float>::infinity());
  problem rounded = p;
  for (int i = 0; i < 6; ++i) {
    for (int j = 0; j < 9; ++j) {
      const auto c = static_cast<float>(p.at(i, j));
      spread[static_cast<std::size_t>(20 * j + 2 * i)] = c;
      rounded.cost[static_cast<std::size_t>(9 * i + j)] = double{c};
    }
  }
  spread[20 * 3 + 2 * 1] = -std::numeric_limits<float>::infinity();
  rounded.cost[9 + 3] = assignment_cases::kNan;
  answer a{std::vector<std::int32_t>(6, 7), std::vector<std::int32_t>(9, 7)};
  const emulated::aligned_scratch scratch(
      kernels::assignment_workspace_bytes<float>(kernels::on_gpu(), 6, 9));
  const kernels::device_view<const float, 2> cost{spread.data(), {6, 9}, {2, 20}};
  const auto x = kernels::packed<kernels::space::device>(a.row_to_column.data(), {6});
  const auto y = kernels::packed<kernels::space::device>(a.column_to_row.data(), {9});
  kernels::assign(kernels::on_gpu(), cost, x, y, {.limit = 0.5F}, scratch.as_view());
  CHECK(a == expected(rounded, 0.5));
  kernels::assign_greedy(kernels::on_gpu(), cost, x, y, {.limit = 0.5F}, scratch.as_view());
  CHECK(a == assignment_cases::greedy(rounded, 0.5));
  const emulated::aligned_scratch small(256);
  CHECK_THROWS_WITH_AS(
      kernels::assign(kernels::on_gpu(), cost, x, y, {.limit = 0.5F}, small.as_view()),
      doctest::Contains("workspace"), kernels::error);
}
