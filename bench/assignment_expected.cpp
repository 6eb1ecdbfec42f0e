// assignment on the CPU for the GPU benchmark: see assignment_expected.hpp.
#include "assignment_expected.hpp"

#include <kernels/assignment.hpp>

namespace bench {

std::vector<std::int32_t> assignment_expected(const std::vector<float>& costs, std::int32_t n,
                                              float limit) {
  const std::int64_t size = std::int64_t{n} * n;
  const std::int64_t problems = static_cast<std::int64_t>(costs.size()) / size;
  std::vector<std::int32_t> rows(static_cast<std::size_t>(problems * n)), columns(rows);
  kernels::assignment_solver<float> solver;
  for (std::int64_t g = 0; g < problems; ++g) {
    const auto part = [&](std::vector<std::int32_t>& all) {
      return std::span(all).subspan(static_cast<std::size_t>(g * n), static_cast<std::size_t>(n));
    };
    solver.solve(kernels::packed(costs.data() + g * size, {n, n}), limit, part(rows),
                 part(columns));
  }
  return rows;
}

}  // namespace bench
