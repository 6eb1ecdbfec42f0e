#include "bench_data.hpp"

#include <common/parallel.hpp>
#include <common/stop.hpp>

#include <cmath>
#include <numbers>
#include <random>

namespace kernels::examples {
namespace {

constexpr float kCone = 1.5F;     // length of the common part, in standard deviations an element
constexpr float kChange = 0.35F;  // of a query, likewise

/// Gaussian numbers two at a time (Box, Muller), some times faster than the standard library's.
class gaussian {
 public:
  explicit gaussian(std::uint64_t seed) : random_(seed) {}

  void fill(float* out, std::int64_t count) {
    for (std::int64_t k = 0; k < count; k += 2) {
      const auto bits = random_();
      const float u = (static_cast<float>(bits >> 40) + 0.5F) * 0x1p-24F;
      const float angle =
          static_cast<float>(bits & 0xffffffU) * 0x1p-24F * 2 * std::numbers::pi_v<float>;
      const float radius = std::sqrt(-2 * std::log(u));
      out[k] = radius * std::cos(angle);
      if (k + 1 < count) out[k + 1] = radius * std::sin(angle);
    }
  }

 private:
  std::mt19937_64 random_;
};

}  // namespace

bench_data make_bench_data(std::int64_t rows, std::int64_t dimension, std::int64_t queries,
                           bool cone, std::uint64_t seed, int threads) {
  constexpr std::int64_t kBlock = 1024;
  bench_data data;
  data.gallery.resize(static_cast<std::size_t>(rows * dimension));
  data.queries.resize(static_cast<std::size_t>(queries * dimension));
  std::vector<float> common(static_cast<std::size_t>(dimension));
  if (cone) gaussian(seed).fill(common.data(), dimension);
  parallel_for(threads, (rows + kBlock - 1) / kBlock, [&](std::int64_t b) {
    throw_if_stopped();
    gaussian numbers(seed + 1 + static_cast<std::uint64_t>(b));
    for (std::int64_t r = b * kBlock; r < std::min(rows, (b + 1) * kBlock); ++r) {
      float* row = data.gallery.data() + r * dimension;
      numbers.fill(row, dimension);
      for (std::int64_t i = 0; i < dimension; ++i)
        row[i] += kCone * common[static_cast<std::size_t>(i)];
    }
  });
  gaussian numbers(~seed);
  for (std::int64_t q = 0; q < queries; ++q) {
    const std::int64_t of = static_cast<std::int64_t>(static_cast<std::uint64_t>(q) * 2654435761U %
                                                      static_cast<std::uint64_t>(rows));
    float* row = data.queries.data() + q * dimension;
    numbers.fill(row, dimension);
    for (std::int64_t i = 0; i < dimension; ++i) {
      row[i] = kChange * row[i] + data.gallery[static_cast<std::size_t>(of * dimension + i)];
    }
  }
  return data;
}

}  // namespace kernels::examples
