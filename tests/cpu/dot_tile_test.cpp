// Tiles of dots and squared distances: the same bits from every instruction set and tile shape,
// near the exact sum; packed rows: unit length, padding, rows without a direction.
#include <kernels/cpu/dot_blocks.hpp>
#include <kernels/embedding/packed_rows.hpp>

#include <doctest/doctest.h>

#include <atomic>
#include <bit>
#include <cmath>
#include <limits>
#include <random>
#include <vector>

namespace {

using kernels::instruction_set;
using kernels::packed;
using kernels::packed_rows;

std::vector<float> random_rows(std::int64_t rows, std::int64_t dimension, unsigned seed) {
  std::mt19937 random(seed);
  std::normal_distribution<float> normal;
  std::vector<float> values(static_cast<std::size_t>(rows * dimension));
  for (float& v : values) v = normal(random);
  return values;
}

packed_rows pack(const std::vector<float>& values, std::int64_t dimension, bool unit) {
  const auto rows = static_cast<std::int64_t>(values.size()) / dimension;
  return {kernels::on_cpu{1}, packed(values.data(), {rows, dimension}), unit};
}

template <bool Distance>
bool tile_is_right(instruction_set isa, std::int64_t m, std::int64_t n, std::int64_t dimension) {
  const auto a = pack(random_rows(m, dimension, 1), dimension, false);
  const auto b = pack(random_rows(n, dimension, 2), dimension, false);
  std::vector<float> out(static_cast<std::size_t>(m * (n + 3)), -7.0F);
  kernels::cpu::dot_tile_for<Distance>(isa)(a.row(0), a.stride(), m, b.row(0), b.stride(), n,
                                            a.stride(), out.data(), n + 3);
  for (std::int64_t i = 0; i < m; ++i) {
    for (std::int64_t j = 0; j < n + 3; ++j) {
      const float got = out[static_cast<std::size_t>(i * (n + 3) + j)];
      if (j >= n) {
        if (got != -7.0F) return false;
        continue;
      }
      double sum = 0, size = 0;
      for (std::int64_t k = 0; k < dimension; ++k) {
        const double x = a.row(i)[k], y = b.row(j)[k];
        const double term = Distance ? (x - y) * (x - y) : x * y;
        sum += term;
        size += std::abs(term);
      }
      const float one = Distance ? kernels::math::squared_distance(a.row(i), b.row(j), dimension)
                                 : kernels::math::dot(a.row(i), b.row(j), dimension);
      if (std::bit_cast<std::uint32_t>(one) != std::bit_cast<std::uint32_t>(got)) return false;
      const double roundings = static_cast<double>(dimension) / 16 + 8;
      if (std::abs(got - sum) > roundings * 0x1p-24 * size) return false;
    }
  }
  return true;
}

}  // namespace

TEST_CASE("dot tile: every instruction set gives the bits of the definition") {
  for (const auto isa :
       {instruction_set::portable, instruction_set::avx2, instruction_set::avx512}) {
    if (!kernels::cpu::supported(isa)) continue;
    CAPTURE(kernels::cpu::name(isa));
    for (const std::int64_t dimension : {1, 15, 16, 17, 33, 512}) {
      for (const auto& shape :
           {std::pair{1, 1}, {4, 6}, {5, 7}, {9, 13}, {3, 31}, {16, 8}, {11, 17}}) {
        const std::int64_t m = shape.first, n = shape.second;
        CAPTURE(dimension);
        CAPTURE(m);
        CAPTURE(n);
        CHECK(tile_is_right<false>(isa, m, n, dimension));
        CHECK(tile_is_right<true>(isa, m, n, dimension));
      }
    }
  }
}

TEST_CASE(
    "dot blocks: every pair once, with the bits of the definition; upper leaves out the rest") {
  for (const auto& [m, n] : {std::pair{0, 5}, {3, 0}, {1, 1}, {197, 131}, {5, 1100}, {98, 65}}) {
    constexpr std::int64_t kDimension = 19;
    const auto a = pack(random_rows(m, kDimension, 3), kDimension, false);
    const auto b = pack(random_rows(n, kDimension, 4), kDimension, false);
    for (const int threads : {1, 3}) {
      for (const bool upper : {false, true}) {
        std::vector<int> met(static_cast<std::size_t>(m * n));
        std::atomic<int> wrong = 0;
        kernels::cpu::for_each_dot_block(
            {threads}, {a.row(0), a.stride(), m}, {b.row(0), b.stride(), n},
            [&](const kernels::cpu::dot_block& block) {
              for (std::int64_t i = 0; i < block.rows; ++i) {
                for (std::int64_t j = 0; j < block.columns; ++j) {
                  const std::int64_t r = block.row + i, c = block.column + j;
                  ++met[static_cast<std::size_t>(r * n + c)];
                  wrong += block.at(i, j) != kernels::math::dot(a.row(r), b.row(c), a.stride());
                }
              }
            },
            {.upper = upper});
        for (std::int64_t r = 0; r < m; ++r) {
          for (std::int64_t c = 0; c < n; ++c) {
            const int times = met[static_cast<std::size_t>(r * n + c)];
            wrong += upper && c < r ? times > 1 : times != 1;
          }
        }
        CHECK(wrong == 0);
      }
    }
  }
}

TEST_CASE("dot: no sum is minus zero") {
  const float tiny = 1e-30F, minus = -1e-30F;
  CHECK(!std::signbit(kernels::math::dot(&tiny, &minus, 1)));
}

TEST_CASE("packed rows: unit length, padding, strides, rows without a direction") {
  constexpr float kInfinite = std::numeric_limits<float>::infinity();
  const std::vector<float> values = {3, 4, 0, 0, 0, kInfinite, NAN, 1, 3e38F, -3e38F, 1e-44F, 0};
  const auto rows = pack(values, 2, true);
  using kernels::row_state;
  CHECK(rows.stride() == 16);
  CHECK(rows.row(0)[0] == 0.6F);
  CHECK(rows.row(0)[1] == 0.8F);
  CHECK(rows.row(0)[2] == 0.0F);
  CHECK(rows.state(0) == row_state::ok);
  CHECK(rows.state(1) == row_state::zero);
  CHECK(rows.state(2) == row_state::not_finite);
  CHECK(rows.row(2)[1] == 0.0F);
  CHECK(rows.state(3) == row_state::not_finite);
  CHECK(rows.row(4)[1] == doctest::Approx(-std::sqrt(0.5)).epsilon(1e-7));
  CHECK(rows.row(5)[0] == 1.0F);

  // every second element of a transposed matrix
  const kernels::view<const float, 2> transposed{values.data(), {2, 3}, {1, 4}};
  const packed_rows columns(kernels::on_cpu{1}, transposed, false);
  CHECK(columns.row(0)[1] == 0.0F);
  CHECK(columns.row(0)[2] == 3e38F);
  CHECK(columns.state(1) == row_state::not_finite);
}
