// assignment against lap.lapjv(cost_limit=…), step by step.
#include "data.hpp"

#include <kernels/assignment.hpp>

#include <doctest/doctest.h>

#include <nlohmann/json.hpp>

#include <cmath>
#include <fstream>
#include <utility>

namespace {

/// The cases that are not as good, or (in double) not the same pairs.
template <class T>
int wrong_cases(const nlohmann::json& cases, double tolerance) {
  int wrong = 0;
  for (const auto& c : cases) {
    const auto n = c["n"].get<std::int64_t>();
    const auto m = c["m"].get<std::int64_t>();
    std::vector<T> cost;
    for (const auto& row : c["cost"]) {
      for (const auto& x : row) cost.push_back(x.get<T>());
    }
    std::vector<std::int32_t> x(static_cast<std::size_t>(n)), y(static_cast<std::size_t>(m));
    kernels::assign(kernels::on_cpu(), kernels::packed(std::as_const(cost).data(), {n, m}),
                    kernels::packed(x.data(), {n}), kernels::packed(y.data(), {m}),
                    {.limit = c["limit"].get<T>()});
    double sum = 0;
    for (std::size_t i = 0; i < x.size(); ++i) {
      if (x[i] >= 0) sum += double{cost[i * y.size() + static_cast<std::size_t>(x[i])]};
    }
    const auto matched = c["matched_cost_sum"].get<double>();
    wrong += std::abs(sum - matched) <= tolerance * (1 + matched) ? 0 : 1;
    wrong += x == c["x"].get<std::vector<std::int32_t>>() ? 0 : 1;
    wrong += y == c["y"].get<std::vector<std::int32_t>>() ? 0 : 1;
  }
  return wrong;
}

}  // namespace

TEST_CASE("assignment: all cases of lapjv with a cost limit") {
  std::ifstream file(real_data::folder() / "mot/golden/kalman_lap_gmc.json");
  const auto cases = nlohmann::json::parse(file).at("lap");
  REQUIRE(cases.size() == 12);
  CHECK(wrong_cases<double>(cases, 1e-9) == 0);  // the costs in the file have nine digits
  CHECK(wrong_cases<float>(cases, 1e-6) == 0);
}
