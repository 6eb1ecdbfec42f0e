// hdbscan, its prediction, and single linkage.
#include "same_bytes.hpp"

#include <kernels/cluster.hpp>

namespace {

using kernels::instruction_set;
using kernels::metric;
using kernels::on_cpu;

void add(same_bytes::hash& hash, const kernels::hdbscan_result& r) {
  hash.add(r.labels);
  hash.add(r.probabilities);
  hash.add(r.outlier_scores);
  hash.add(r.persistence);
  hash.add(r.core_distances);
  for (const auto& e : r.spanning_tree) hash.add(&e, sizeof e);
}

/// With one, two and all threads, the best loops and the plain ones: one value, or 0.
std::uint64_t of(metric compared, const std::vector<float>& values, std::int64_t dimension) {
  const auto n = static_cast<std::int64_t>(values.size()) / dimension;
  const auto points = kernels::packed(values.data(), {n, dimension});
  const auto some = kernels::packed(values.data(), {60, dimension});
  std::uint64_t first = 0;
  for (const on_cpu exec : {on_cpu{1}, on_cpu{2}, on_cpu{}, on_cpu{1, instruction_set::portable}}) {
    same_bytes::hash hash;
    const auto found = kernels::hdbscan(
        exec, points,
        {.min_cluster_size = 6, .min_samples = 3, .metric = compared, .alpha = 1.25F});
    add(hash, found);
    const auto predicted = kernels::hdbscan_predict(exec, points, found, some);
    hash.add(predicted.labels);
    hash.add(predicted.probabilities);
    hash.add(predicted.neighbours);
    for (const auto& m : kernels::single_linkage(exec, some, {.metric = compared})) {
      hash.add(&m.distance, sizeof m.distance);
    }
    if (first != 0 && first != hash.value()) return 0;
    first = hash.value();
  }
  return first;
}

void run() {
  same_bytes::random random;
  const std::int64_t dimension = 48;
  std::vector<float> centres, values;
  for (int k = 0; k < 9 * dimension; ++k)
    centres.push_back(static_cast<float>(random.unit()) - 0.5F);
  for (int i = 0; i < 500; ++i) {
    const auto centre = static_cast<std::size_t>(random.next() % 9) * 48;
    for (std::size_t k = 0; k < 48; ++k) {
      values.push_back(centres[centre + k] + static_cast<float>(0.5 * random.unit()));
    }
  }
  same_bytes::expect("hdbscan cosine", 0xab24056938e4621c, of(metric::cosine, values, dimension));
  same_bytes::expect("hdbscan euclidean", 0x2a930a7cac180876,
                     of(metric::euclidean, values, dimension));
}

const same_bytes::operation hdbscan("hdbscan", run);

}  // namespace
