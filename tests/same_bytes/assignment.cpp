// assignment and conditioned_assignment.
#include "same_bytes.hpp"

#include <kernels/assignment.hpp>
#include <kernels/conditioned_assignment.hpp>

#include <cstdio>
#include <limits>
#include <utility>

namespace {

using kernels::instruction_set;

/// Costs with ties, gated ones and NaN.
template <class T>
std::vector<T> costs(same_bytes::random& random, std::size_t size, int kind) {
  std::vector<T> c(size);
  for (auto& x : c) {
    const double u = random.unit();
    x = static_cast<T>(kind == 0 ? u : static_cast<double>(static_cast<int>(8 * u)) / 8);
    if (kind == 2 && random.next() % 4 != 0) x = std::numeric_limits<T>::infinity();
    if (random.next() % 50 == 0) x = std::numeric_limits<T>::quiet_NaN();
  }
  return c;
}

template <class T>
void add_assignments(same_bytes::hash& hash, instruction_set isa) {
  kernels::assignment_solver<T> solver(isa);
  same_bytes::random random;
  for (const auto& [rows, columns] :
       {std::pair{1, 1}, {7, 9}, {12, 12}, {33, 70}, {90, 40}, {150, 200}}) {
    for (int kind = 0; kind < 3; ++kind) {
      const auto c = costs<T>(random, static_cast<std::size_t>(rows * columns), kind);
      for (const T limit : {T(0.25), T(0.75), std::numeric_limits<T>::infinity()}) {
        std::vector<std::int32_t> x(static_cast<std::size_t>(rows));
        std::vector<std::int32_t> y(static_cast<std::size_t>(columns));
        const auto matrix = kernels::packed(c.data(), {rows, columns});
        solver.solve(matrix, limit, x, y);
        hash.add(x);
        hash.add(y);
        solver.solve_greedy(matrix, limit, x, y);
        hash.add(x);
      }
    }
  }
}

void add_conditioned(same_bytes::hash& hash, instruction_set isa) {
  same_bytes::random random;
  kernels::conditioned_assignment_solver<float> solver(isa);
  std::vector<std::uint8_t> map(60 * 200);
  for (std::size_t k = 0; k < map.size(); ++k) {
    map[k] = static_cast<std::uint8_t>(k % 200 / 25 + 8 * (k / 200 / 30) + 1);
  }
  for (int round = 0; round < 20; ++round) {
    const auto c = costs<float>(random, 12 * 9, round % 2);
    std::vector<float> boxes;
    for (int j = 0; j < 9; ++j) {
      for (const double scale : {200.0, 60.0, 60.0, 60.0}) {
        boxes.push_back(static_cast<float>(scale * random.unit()));
      }
    }
    std::vector<std::int32_t> masks, x(12), y(9);
    std::vector<float> confidences;
    for (int i = 0; i < 12; ++i) {
      masks.push_back(static_cast<std::int32_t>(random.next() % 17));
      confidences.push_back(static_cast<float>(random.unit()) + 0.4F);
    }
    solver.solve(kernels::packed(c.data(), {12, 9}),
                 kernels::packed(std::as_const(boxes).data(), {9, 4}),
                 kernels::packed(std::as_const(map).data(), {60, 200}),
                 kernels::packed(std::as_const(masks).data(), {12}),
                 kernels::packed(std::as_const(confidences).data(), {12}),
                 {.limit = 0.7F, .least_cover = 0.5}, x, y);
    hash.add(x);
    hash.add(y);
    for (const double a : solver.adjusted()) {
      if (a == a) hash.add(&a, sizeof a);
    }
  }
}

void run() {
  for (const auto isa :
       {instruction_set::portable, instruction_set::avx2, instruction_set::avx512}) {
    if (!kernels::cpu::supported(isa)) {
      std::printf("assignment %-17s skipped: not on this processor\n", kernels::cpu::name(isa));
      continue;
    }
    same_bytes::hash assigned, conditioned;
    add_assignments<float>(assigned, isa);
    add_assignments<double>(assigned, isa);
    add_conditioned(conditioned, isa);
    char what[64];
    std::snprintf(what, sizeof what, "assignment %s", kernels::cpu::name(isa));
    same_bytes::expect(what, 0x4017936af74d5ae5, assigned.value());
    std::snprintf(what, sizeof what, "conditioned %s", kernels::cpu::name(isa));
    same_bytes::expect(what, 0x5e8a83606e0b9606, conditioned.value());
  }
}

const same_bytes::operation registered("assignment", run);

}  // namespace
