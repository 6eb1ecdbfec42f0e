// Lower bounds of distances from a bfloat16 copy: never above the exact distance, close to it, and
// refused where they could overflow. Where the processor has no products of bfloat16, none exist.
#include <kernels/cpu/distance_tile.hpp>
#include <kernels/embedding/packed_rows.hpp>

#include <doctest/doctest.h>

#include <random>

namespace {

using kernels::on_cpu;
using kernels::packed;
using kernels::packed_rows;
using kernels::cpu::kTileSide;

struct outcome {
  bool known = true;
  int above = 0;     ///< bounds above the distance
  double worst = 0;  ///< the largest distance less bound, in distances of the origin
};

outcome check(const std::vector<float>& values, std::int64_t dimension, bool cosine) {
  const auto n = static_cast<std::int64_t>(values.size()) / dimension;
  const packed_rows rows(on_cpu{1}, packed(values.data(), {n, dimension}), cosine);
  const kernels::cpu::point_rows points{rows.row(0), n, rows.stride(), cosine};
  const kernels::cpu::bfloat16_points compact(on_cpu{1}, points);
  std::vector<float> bounds(static_cast<std::size_t>(kTileSide * kTileSide));
  const auto isa = kernels::cpu::choose(kernels::instruction_set::best);
  kernels::cpu::distance_tile tile(isa);
  outcome result;
  for (std::int64_t a = 0; a < n; a += kTileSide) {
    for (std::int64_t b = a; b < n; b += kTileSide) {
      const std::int64_t a_count = std::min(kTileSide, n - a), b_count = std::min(kTileSide, n - b);
      if (!compact.lower_bounds(a, a_count, b, b_count, bounds.data())) {
        result.known = false;
        continue;
      }
      tile.fill(points, a, a_count, points, b, b_count);
      for (std::int64_t i = 0; i < a_count; ++i) {
        for (std::int64_t j = 0; j < tile.groups() * 16; ++j) {
          const float bound = bounds[static_cast<std::size_t>(i * kTileSide + j)];
          const float distance = tile.row(i)[j];
          result.above += bound <= distance ? 0 : 1;
          if (j < b_count) result.worst = std::max(result.worst, double{distance} - double{bound});
        }
      }
    }
  }
  return result;
}

std::vector<float> rows_of(std::int64_t n, std::int64_t dimension, float centre, float scale) {
  std::mt19937 random(7);
  std::normal_distribution<float> normal;
  std::vector<float> middle, values;
  for (std::int64_t k = 0; k < dimension; ++k) middle.push_back(centre * normal(random));
  for (std::int64_t i = 0; i < n; ++i) {
    for (const float m : middle) values.push_back(scale * (m + normal(random)));
  }
  return values;
}

}  // namespace

TEST_CASE("bfloat16 bounds: never above the distance, whatever the points") {
  const auto isa = kernels::cpu::choose(kernels::instruction_set::best);
  const bool usable = kernels::cpu::bfloat16_loops_for(isa).tile != nullptr;
  for (const std::int64_t dimension : {1, 16, 100, 512}) {
    for (const float centre : {0.0F, 5.0F, 1000.0F}) {
      for (const float scale : {1.0F, 1e-3F, 1e-22F, 1e-40F, 1e12F}) {
        std::vector<float> values = rows_of(150, dimension, centre, scale);
        std::copy_n(values.begin(), dimension, values.begin() + 20 * dimension);  // a duplicate
        std::fill_n(values.begin() + 30 * dimension, dimension, 0.0F);
        CAPTURE(dimension);
        CAPTURE(centre);
        CAPTURE(scale);
        for (const bool cosine : {true, false}) {
          const outcome o = check(values, dimension, cosine);
          CHECK(o.above == 0);
          if (scale < 1e11F) CHECK(o.known == usable);
        }
      }
    }
  }
  const outcome close = check(rows_of(150, 512, 0, 1), 512, true);
  const outcome cone = check(rows_of(150, 512, 5, 1), 512, true);
  CHECK(close.worst < 6e-3);
  CHECK(cone.worst < 1e-3);  // the mean is taken out
}

TEST_CASE("bfloat16 bounds: none where squares could overflow") {
  CHECK(!check(rows_of(10, 8, 0, 1e18F), 8, false).known);
  CHECK(!check(rows_of(10, 8, 0, 3e37F), 8, false).known);
}
