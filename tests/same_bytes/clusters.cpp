// dbscan, threshold_components, linkage and whispers.
#include "same_bytes.hpp"

#include <kernels/dbscan.hpp>
#include <kernels/linkage.hpp>
#include <kernels/whispers.hpp>

#include <cstdio>
#include <utility>

namespace {

using kernels::instruction_set;
using kernels::metric;

/// Points around a few centres; sums of multiples of 2^-24.
std::vector<float> points(std::int64_t count, std::int64_t dimension) {
  same_bytes::random random;
  std::vector<float> centres, values;
  for (std::int64_t k = 0; k < 7 * dimension; ++k) {
    centres.push_back(static_cast<float>(random.unit() - 0.5));
  }
  for (std::int64_t i = 0; i < count; ++i) {
    const auto first =
        static_cast<std::size_t>(random.next() % 7) * static_cast<std::size_t>(dimension);
    for (std::size_t k = 0; k < static_cast<std::size_t>(dimension); ++k) {
      values.push_back(centres[first + k] + static_cast<float>((random.unit() - 0.5) * 0.8));
    }
  }
  values[5] = std::numeric_limits<float>::quiet_NaN();
  return values;
}

void add_tree(same_bytes::hash& hash, const kernels::linkage_result& tree) {
  for (const auto& m : tree.merges) {
    hash.add(&m.left, sizeof m.left);
    hash.add(&m.right, sizeof m.right);
    hash.add(&m.distance, sizeof m.distance);
    hash.add(&m.size, sizeof m.size);
  }
}

const same_bytes::operation registered("clusters", [] {
  constexpr std::int64_t kPoints = 700, kDimension = 45;
  const auto values = points(kPoints, kDimension);
  const auto rows = kernels::packed(values.data(), {kPoints, kDimension});
  for (const auto isa :
       {instruction_set::portable, instruction_set::avx2, instruction_set::avx512}) {
    if (!kernels::cpu::supported(isa)) {
      std::printf("clusters %-24s skipped: not on this processor\n", kernels::cpu::name(isa));
      continue;
    }
    for (const int threads : {1, 3}) {
      const kernels::on_cpu exec{threads, isa};
      same_bytes::hash groups, trees;
      for (const float eps : {0.2F, 0.3F, 0.36F}) {
        const auto found = kernels::dbscan(exec, rows, {.eps = eps, .min_samples = 6});
        groups.add(found.labels);
        groups.add(found.core);
        groups.add(kernels::dbscan(exec, rows, {5 * eps, 5, metric::euclidean}).labels);
        groups.add(kernels::threshold_components(exec, rows, {.threshold = 1 - eps}).labels);
        groups.add(kernels::whispers(exec, rows, {.threshold = 1 - eps, .seed = 3}).labels);
      }
      for (const auto compared : {metric::cosine, metric::euclidean}) {
        for (const auto method :
             {kernels::linkage_method::average, kernels::linkage_method::complete}) {
          add_tree(trees, kernels::linkage(exec, rows, {method, compared}));
        }
      }
      char what[64];
      std::snprintf(what, sizeof what, "groups %s, %d threads", kernels::cpu::name(isa), threads);
      same_bytes::expect(what, 0xbe2c9ab08ab9c58b, groups.value());
      std::snprintf(what, sizeof what, "linkage %s, %d threads", kernels::cpu::name(isa), threads);
      same_bytes::expect(what, 0x3213424d124fbb25, trees.value());
    }
  }
});

}  // namespace
