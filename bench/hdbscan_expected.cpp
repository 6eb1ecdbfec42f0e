// hdbscan on the CPU for the GPU benchmark: see hdbscan_expected.hpp.
#include "hdbscan_expected.hpp"

#include "people.hpp"

#include <kernels/cluster.hpp>

namespace bench {

hdbscan_expected_result hdbscan_expected(const std::vector<float>& values) {
  const auto found = kernels::hdbscan(kernels::on_cpu(), rows_of(values));
  hdbscan_expected_result r{{found.labels.begin(), found.labels.end()}, {}};
  for (const auto& e : found.spanning_tree) r.weights.push_back(e.weight);
  return r;
}

}  // namespace bench
