// The bound on bfloat16 products: whatever they say is sure, the exact value says too.
#include "../groups_cases.hpp"

#include <kernels/cpu/clustering_rows.hpp>
#include <kernels/cpu/pair_hits.hpp>

#include <doctest/doctest.h>

#if KERNELS_X86

namespace {

using groups_cases::points;
using kernels::metric;
using kernels::cpu::pair_filter;
namespace math = kernels::math;

struct verdict {
  std::int64_t wrong = 0, unsure = 0, all = 0;
};

/// All pairs against the limits of every block.
verdict judge(const points& p, metric compared, const math::pair_test& test) {
  const kernels::cpu::clustering_rows rows(kernels::on_cpu{1}, p.rows(), compared);
  const auto all = rows.points();
  const pair_filter filter(kernels::on_cpu{1}, all, test);
  verdict v;
  if (!filter.usable()) return v;
  constexpr std::int64_t kRows = 47;  // across panels
  for (std::int64_t row = 0; row < all.count; row += kRows) {
    const std::int64_t count = std::min(kRows, all.count - row);
    for (std::int64_t panel = 0; panel * 64 < all.count; ++panel) {
      float values[kRows * 64];
      pair_filter::limits limits[kRows];
      filter.values(row, count, panel, values);
      filter.row_limits(row, count, panel, limits);
      for (std::int64_t i = 0; i < count; ++i) {
        for (std::int64_t j = 0; j < std::min<std::int64_t>(64, all.count - panel * 64); ++j) {
          const float* a = all.row(row + i);
          const float* b = all.row(panel * 64 + j);
          const bool passes = test.passes(test.euclidean ? math::squared_distance(a, b, all.stride)
                                                         : math::dot(a, b, all.stride));
          const float value = values[i * 64 + j];
          v.wrong += passes ? !(value >= limits[i].never) : value >= limits[i].sure;
          v.unsure += value >= limits[i].never && !(value >= limits[i].sure);
          ++v.all;
        }
      }
    }
  }
  return v;
}

/// Elements of many sizes, far from the origin, alike, zero, tiny and large.
std::vector<points> hard_sets() {
  std::vector<points> sets;
  sets.push_back(groups_cases::scattered(150, 70, 5, 0.4F, 1));
  sets.push_back(groups_cases::scattered(130, 512, 5, 0.1F, 2));
  points cone = groups_cases::scattered(140, 100, 4, 0.05F, 3);
  for (float& v : cone.values) v = 3 + 0.2F * v;
  sets.push_back(cone);
  points sizes = groups_cases::scattered(128, 40, 6, 0.3F, 4);
  for (std::int64_t i = 0; i < sizes.count; ++i) {
    const float scale = std::ldexp(1.0F, static_cast<int>(i % 61) - 30);
    for (std::int64_t k = 0; k < 40; ++k) sizes.at(i, k) *= i % 7 == 0 ? 0 : scale;
  }
  sets.push_back(sizes);
  for (const int exponent : {-70, -30, 40, 70}) {
    points scaled = groups_cases::scattered(100, 33, 3, 0.5F, 5);
    for (float& v : scaled.values) v = std::ldexp(v, exponent);
    sets.push_back(scaled);
  }
  // residuals that all point the same way: halfway between two bfloat16
  points halfway{100, 64, {}};
  for (int k = 0; k < 6400; ++k) {
    halfway.values.push_back((k / 64 % 2 == 0 ? 1.0F : 1.5F) + 0x1p-8F +
                             (k % 5 == 0 ? 0x1p-9F : 0));
  }
  sets.push_back(halfway);
  return sets;
}

}  // namespace

TEST_CASE("dbscan cpu: what bfloat16 products are sure of is what exact values say") {
  if (!kernels::cpu::supported(kernels::instruction_set::avx512) || !kernels::cpu::has_bf16()) {
    return;
  }
  std::int64_t judged = 0;
  for (const points& p : hard_sets()) {
    const groups_cases::distances cosine(p, metric::cosine), euclidean(p, metric::euclidean);
    std::mt19937 random(7);
    verdict sum;
    for (int k = 0; k < 12; ++k) {  // limits at the distance of some pair: as near as can be
      const std::int64_t i = random() % p.count, j = random() % p.count;
      const auto c = static_cast<float>(std::clamp(cosine.at(i, j), 0.0, 2.0));
      const auto e = static_cast<float>(euclidean.at(i, j));
      for (const auto& v : {judge(p, metric::cosine, math::cosine_distance_within(c)),
                            judge(p, metric::cosine, math::similarity_at_least(1 - c)),
                            judge(p, metric::euclidean, math::euclidean_distance_within(e))}) {
        sum.wrong += v.wrong;
        judged += v.all;
      }
    }
    CHECK(sum.wrong == 0);
  }
  CHECK(judged > 1000000);
}

TEST_CASE("dbscan cpu: bfloat16 products decide nearly all pairs") {
  if (!kernels::cpu::supported(kernels::instruction_set::avx512) || !kernels::cpu::has_bf16()) {
    return;
  }
  const points p = groups_cases::scattered(400, 512, 8, 0.5F, 11);
  const auto v = judge(p, metric::cosine, math::cosine_distance_within(0.5F));
  CHECK((v.all == 160000 && v.wrong == 0 && v.unsure * 50 < v.all));
  const auto w = judge(p, metric::euclidean, math::euclidean_distance_within(24));
  CHECK((w.all == 160000 && w.wrong == 0 && w.unsure * 20 < w.all));
}

#endif
