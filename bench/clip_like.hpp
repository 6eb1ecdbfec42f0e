// Embeddings as CLIP makes them, as many as wanted: a Gaussian with the mean and the covariance of
// the unit rows of the test data's .npy files (KERNELS_TEST_DATA, or ../shared/data), or, where
// those are not at hand, a narrow cone with a falling spectrum.
#pragma once

#include "../tests/npy16.hpp"

#include <kernels/cpu/dot_tile.hpp>
#include <kernels/embedding/packed_rows.hpp>

#include <cmath>
#include <cstdlib>
#include <random>
#include <string>
#include <vector>

namespace bench {

struct clip_like {
  static constexpr std::int64_t kDimension = 512;
  std::string what;           ///< for the report
  kernels::packed_rows real;  ///< unit rows that are imitated
  std::vector<float> mean;

  clip_like() {
    npy16::matrix m;
    const char* given = std::getenv("KERNELS_TEST_DATA");
    const std::filesystem::path folder = given != nullptr ? given : "../shared/data";
    try {
      for (const char* name :
           {"coco_clip_a+cname.npy", "lvis_v1_clip_a+cname.npy", "oid_clip_a+cname.npy"}) {
        npy16::append(folder / "embeddings" / name, m);
      }
      what = "a Gaussian fitted to " + std::to_string(m.rows) + " CLIP embeddings";
    } catch (const std::runtime_error&) {
      m = cone();
      what = "a synthetic narrow cone (no test data here)";
    }
    const kernels::view<const float, 2> rows = kernels::packed<kernels::space::host>(
        static_cast<const float*>(m.values.data()), {m.rows, m.columns});
    real.assign(kernels::on_cpu(), rows, true);
    std::vector<double> sums(kDimension);
    for (std::int64_t r = 0; r < real.count(); ++r) {
      for (std::size_t k = 0; k < sums.size(); ++k) sums[k] += double{real.row(r)[k]};
    }
    for (const double s : sums) {
      mean.push_back(static_cast<float>(s / static_cast<double>(real.count())));
    }
  }

  /// count × kDimension values: mean + Σ zᵢ (xᵢ − mean) / √(n − 1) with normal zᵢ has just the
  /// sample's covariance.
  [[nodiscard]] std::vector<float> rows(std::int64_t count, unsigned seed) const {
    const std::int64_t n = real.count();
    std::vector<float> columns(static_cast<std::size_t>(n * kDimension));  // transposed
    for (std::int64_t r = 0; r < n; ++r) {
      for (std::int64_t k = 0; k < kDimension; ++k) {
        columns[static_cast<std::size_t>(k * n + r)] =
            (real.row(r)[k] - mean[static_cast<std::size_t>(k)]) /
            std::sqrt(static_cast<float>(n - 1));
      }
    }
    const kernels::packed_rows centred(
        kernels::on_cpu(),
        kernels::packed(static_cast<const float*>(columns.data()), {kDimension, n}), false);
    const auto tile =
        kernels::cpu::dot_tile_for<false>(kernels::cpu::choose(kernels::instruction_set::best));
    std::vector<float> out(static_cast<std::size_t>(count * kDimension));
    constexpr std::int64_t kChunk = 100;
    kernels::cpu::parallel_for(
        kernels::on_cpu(), (count + kChunk - 1) / kChunk, [&](std::int64_t c) {
          std::minstd_rand random(seed * 7919 + static_cast<unsigned>(c) + 1);
          std::vector<float> z(static_cast<std::size_t>(kChunk * centred.stride()));
          for (float& x : z) {  // nearly normal: the products sum over a thousand of them
            x = -6;
            for (int i = 0; i < 12; ++i) x += static_cast<float>(random()) * 0x1p-31F;
          }
          const std::int64_t first = c * kChunk, here = std::min(kChunk, count - first);
          float* to = out.data() + first * kDimension;
          tile(z.data(), centred.stride(), here, centred.row(0), centred.stride(), kDimension,
               centred.stride(), to, kDimension);
          for (std::int64_t i = 0; i < here * kDimension; ++i) {
            to[i] += mean[static_cast<std::size_t>(i % kDimension)];
          }
        });
    return out;
  }

 private:
  static npy16::matrix cone() {
    npy16::matrix m{1200, kDimension, {}};
    std::mt19937 random(1);
    std::normal_distribution<float> normal;
    std::vector<float> centre;
    for (std::int64_t k = 0; k < kDimension; ++k) centre.push_back(normal(random));
    for (std::int64_t r = 0; r < m.rows; ++r) {
      for (std::int64_t k = 0; k < kDimension; ++k) {
        const float width = 2.0F / std::sqrt(1.0F + static_cast<float>(k) / 16.0F);
        m.values.push_back(centre[static_cast<std::size_t>(k)] + width * normal(random));
      }
    }
    return m;
  }
};

}  // namespace bench
